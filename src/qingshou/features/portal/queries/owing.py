"""What a debtor owes and why, as their own page tells it: by loan, to the cent, with where the last payments went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.features.repayment.queries.owed import OwedOfLoan, owed_of_borrower
from qingshou.features.repayment.queries.receipts import Explained, explain_receipt, list_receipts
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

RECEIPTS_SHOWN = 5
ORDER = (PartKind.PRINCIPAL, PartKind.INTEREST, PartKind.PENALTY, PartKind.COSTS, PartKind.UNSPLIT)


@dataclass(frozen=True, slots=True)
class LoanOwing:
    """One loan. `due_now` None: the lender did not tell what of it is due; `total` None: nor what is owed in all."""

    id: UUID
    number: str
    product: str
    currency: str
    state: str
    as_of: date
    due_now: Decimal | None
    kinds: tuple[tuple[str, Decimal], ...]
    since: date | None
    next_due: date | None
    next_amount: Decimal
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Owing:
    """All loans, those with something due first; by currency what is due of those told, and what is owed in all."""

    loans: tuple[LoanOwing, ...]
    totals: tuple[tuple[str, Decimal], ...]
    in_all: tuple[tuple[str, Decimal], ...]

    @property
    def is_due_known(self) -> bool:
        """Whether what is due is told of every loan: a sum of some would tell a debtor less than is due."""
        return all(one.due_now is not None for one in self.loans)

    def of(self, loan_id: UUID) -> LoanOwing | None:
        """Return one of the loans, or None: it is not the debtor's."""
        return next((one for one in self.loans if one.id == loan_id), None)

    @property
    def ids(self) -> frozenset[UUID]:
        """Return the ids of the debtor's own loans."""
        return frozenset(one.id for one in self.loans)


def owing_of(*, borrower_id: UUID, on: date) -> Owing:
    """Return what a debtor owes on a day."""
    loans = [_loan(one, on) for one in owed_of_borrower(borrower_id=borrower_id)]
    loans.sort(key=lambda one: (-(one.due_now or ZERO), one.number))
    return Owing(
        tuple(loans),
        totals=_by_currency((one.currency, one.due_now) for one in loans),
        in_all=_by_currency((one.currency, one.total) for one in loans),
    )


def _by_currency(amounts: Iterable[tuple[str, Decimal | None]]) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        if amount is not None:
            sums[currency] = sums.get(currency, ZERO) + amount
    return tuple(sorted(sums.items()))


def _loan(owed: OwedOfLoan, on: date) -> LoanOwing:
    parts = owed.parts or {}
    due = {slot: amount for slot, amount in parts.items() if slot.due_date is not None and slot.due_date <= on}
    later = sorted({slot.due_date for slot in parts if slot.due_date is not None and slot.due_date > on})
    next_due = later[0] if later else None
    by_kind = owed.by_kind(due_on=on)
    return LoanOwing(
        id=owed.loan_id, number=owed.loan_ref, product=owed.product, currency=owed.currency, state=owed.state,
        as_of=owed.tape_as_of, due_now=sum(due.values(), ZERO) if owed.is_due_known else None,
        kinds=tuple((kind.value, by_kind[kind]) for kind in ORDER if by_kind.get(kind)),
        since=min((slot.due_date for slot in due if slot.due_date is not None), default=None), next_due=next_due,
        next_amount=sum((amount for slot, amount in parts.items() if slot.due_date == next_due and next_due), ZERO),
        total=None if owed.parts is None else owed.total,
    )  # fmt: skip


def last_payments(*, borrower_id: UUID, limit: int = RECEIPTS_SHOWN) -> Sequence[Explained]:
    """Return the last payments of a debtor with where each cent stands now, the latest first."""
    rows = list_receipts(borrower_id=borrower_id, limit=limit)
    return [explain_receipt(receipt_id=row.id) for row in rows]
