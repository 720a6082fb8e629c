"""What is owed on loans: by the ledger where one is open, else by the tape."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.features.book.owing import LoanOnTape, list_loans_on_tape, loan_on_tape_reading, with_schedule
from qingshou.features.repayment.queries.on_tape import may_open, parts_on_tape
from qingshou.features.repayment.rules.books import Slot
from qingshou.kernel.errors import NotFound
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.arrays import uuid_array
from qingshou.tenancy.reading import Reading, Rows, read_together

# every page that shows money asks these
_LEDGERS = """
SELECT id, tape_as_of, state, order_kinds, order_sequence, order_future FROM repayment_loanledger
WHERE id = ANY(%(ids)s::uuid[])
"""
_PARTS = """
SELECT ledger_id, kind, due_date, position, balance FROM repayment_account
WHERE ledger_id = ANY(%(ids)s::uuid[]) AND balance > 0 ORDER BY due_date, position, kind
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A debt on a day: due on or before it, due before it, due later or on no day yet."""

    owed_now: Decimal
    overdue: Decimal
    not_yet_due: Decimal

    def __add__(self, other: "Standing") -> "Standing":
        return Standing(
            self.owed_now + other.owed_now, self.overdue + other.overdue, self.not_yet_due + other.not_yet_due
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwedOfLoan:
    """What is owed on one loan, in parts. `parts` None: nobody knows (the tape does not tell the balance)."""

    loan_id: UUID
    loan_ref: str
    borrower_id: UUID
    product: str
    currency: str
    tape_as_of: date
    has_ledger: bool
    state: str  # OPEN, SETTLED, CHARGED_OFF; UNKNOWN without ledger and balance
    parts: Mapping[Slot, Decimal] | None
    order: Mapping[str, str] = field(default_factory=dict)  # of the contract: kinds, sequence, future; empty: none

    @property
    def total(self) -> Decimal:
        """All of it; zero where unknown."""
        return sum((self.parts or {}).values(), ZERO)

    @property
    def is_due_known(self) -> bool:
        """Whether it is known what of it is due: not where the tape tells a balance and no arrears."""
        return self.parts is not None and not any(
            slot.kind is PartKind.UNSPLIT and slot.due_date is None for slot in self.parts
        )

    def by_kind(self, *, due_on: date | None = None) -> dict[PartKind, Decimal]:
        """Return amounts by kind; with a day only what is due on it."""
        found: dict[PartKind, Decimal] = {}
        for slot, amount in (self.parts or {}).items():
            if due_on is None or (slot.due_date is not None and slot.due_date <= due_on):
                found[slot.kind] = found.get(slot.kind, ZERO) + amount
        return found

    def standing(self, *, on: date) -> Standing:
        """Return how it stands on a day; what is due on the day itself is owed and not overdue."""
        parts = (self.parts or {}).items()
        now = sum((amount for slot, amount in parts if slot.due_date and slot.due_date <= on), ZERO)
        late = sum((amount for slot, amount in parts if slot.due_date and slot.due_date < on), ZERO)
        return Standing(now, late, self.total - now)


def owed_of_loan(*, loan_id: UUID) -> OwedOfLoan:
    """Return what is owed on one loan; stops with NotFound."""
    return owed_of_loan_with(loan_id=loan_id)[0]


def owed_of_loan_with(*also: Reading[Any], loan_id: UUID) -> tuple[OwedOfLoan, tuple[Any, ...]]:
    """Return what is owed on one loan, and the answers to other questions, all asked in one exchange.

    A loan without a ledger takes a second, for the schedule its tape tells. Stops with NotFound.
    """
    given = {"ids": uuid_array([loan_id])}
    told, ledgers, parts, *answers = read_together(
        loan_on_tape_reading(loan_id=loan_id), Reading(_LEDGERS, given, _ledgers),
        Reading(_PARTS, given, _open_parts), *also,
    )  # fmt: skip
    ledger = ledgers.get(loan_id)
    if told is None or (told.is_closed and ledger is None):
        raise NotFound("There is no such loan, or it is not for you.", name="loan")
    return _owed(with_schedule(told) if ledger is None else told, ledger, parts), tuple(answers)


def owed_of_borrower(*, borrower_id: UUID) -> list[OwedOfLoan]:
    """Return what is owed on each loan of a debtor that is not closed, by loan id."""
    return list_owed(borrower_ids=[borrower_id])


def list_owed(*, borrower_ids: Iterable[UUID] = (), loan_ids: Iterable[UUID] = ()) -> list[OwedOfLoan]:
    """Return what is owed on many loans, by loan id; closed loans are left out unless they have a ledger."""
    told = list_loans_on_tape(borrower_ids=borrower_ids, loan_ids=loan_ids)
    if not told:
        return []
    given = {"ids": uuid_array([one.id for one in told])}
    ledgers, parts = read_together(Reading(_LEDGERS, given, _ledgers), Reading(_PARTS, given, _open_parts))
    return [_owed(one, ledgers.get(one.id), parts) for one in told if one.id in ledgers or not one.is_closed]


def _ledgers(rows: Rows) -> dict[UUID, tuple[date, str, Mapping[str, str]]]:
    return {
        ledger: (as_of, state, {"kinds": " ".join(kinds), "sequence": sequence, "future": future})
        for ledger, as_of, state, kinds, sequence, future in rows
    }


def _open_parts(rows: Rows) -> dict[UUID, dict[Slot, Decimal]]:
    found: dict[UUID, dict[Slot, Decimal]] = defaultdict(dict)
    for ledger, kind, due_date, position, balance in rows:
        found[ledger][Slot(ledger, PartKind(kind), due_date, position)] = balance
    return found


def _owed(
    one: LoanOnTape,
    ledger: tuple[date, str, Mapping[str, str]] | None,
    parts: Mapping[UUID, Mapping[Slot, Decimal]],
) -> OwedOfLoan:
    if ledger is not None:
        as_of, state, order = ledger
        return OwedOfLoan(
            one.id, one.loan_ref, one.borrower_id, one.product, one.currency, as_of, True, state,
            dict(parts.get(one.id, {})), order,
        )  # fmt: skip
    known = parts_on_tape(one) if may_open(one) else None
    state = "UNKNOWN" if known is None else "OPEN" if known else "SETTLED"
    return OwedOfLoan(
        one.id, one.loan_ref, one.borrower_id, one.product, one.currency, one.as_of, False, state, known
    )  # fmt: skip
