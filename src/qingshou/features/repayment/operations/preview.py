"""Where a sum would go if it came in now: the ledger's own allocation on books that are only read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from qingshou.features.book.owing import list_loans_on_tape
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.ledger_errors import NothingToPayOn
from qingshou.features.repayment.operations.ledger_opening import new_row
from qingshou.features.repayment.operations.locked_books import LockedBooks
from qingshou.features.repayment.operations.receipt_rows import check_amount
from qingshou.features.repayment.operations.receipts import ChosenBy
from qingshou.features.repayment.queries.on_tape import may_open, parts_on_tape
from qingshou.features.repayment.rules.allocating import allocation
from qingshou.features.repayment.rules.books import Move, Slot
from qingshou.kernel.money import ZERO
from qingshou.tenancy.queries import current_tenant


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """Where some cents would go. `account` is a kind of part, or RECOVERED."""

    loan_id: UUID
    account: str
    due_date: date | None
    amount: Decimal
    before: Decimal | None
    reasons: tuple[str, ...]
    law: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole sum: the lines and what would stay unapplied add up to it."""

    lines: tuple[PreviewLine, ...]
    unapplied: Decimal


def preview_receipt(
    *, borrower_id: UUID, amount: Decimal, currency: str, on: date, loan_ids: Sequence[UUID] = (),
    chosen_by: ChosenBy = ChosenBy.DEBTOR,
) -> Preview:  # fmt: skip
    """Return where a sum of today would go; nothing is locked or written, and nothing is promised for later.

    Stops   UnfitAmount, NothingToPayOn
            NotCovered  the law of the place gives no order, and the lender's settings neither
    """
    check_amount(amount, currency)
    found = _books(borrower_id)
    mine = [row.id for row in found.ledgers.values() if row.currency == currency]
    named = [loan for loan in loan_ids if loan in mine]
    if not mine or (loan_ids and not named):
        raise NothingToPayOn(f"The debtor has no loan in {currency} that this could be put on.")
    facts: dict[str, Any] = {
        "on": on.isoformat(), "currency": currency, "amount": str(amount), "chosen": [str(loan) for loan in named],
        "policy": found.policy.as_facts(),
    }  # fmt: skip
    if named and chosen_by is ChosenBy.LENDER:
        facts["scope"] = [str(loan) for loan in named]
    receipt = uuid4()
    found.books.unapplied[receipt] = amount
    done = allocation(receipt=receipt, facts=facts, books=found.books, terms=found.terms)
    lines = tuple(_line(loan, move, found) for loan, moves in done.items() for move in moves if move.amount < 0)
    return Preview(lines, amount - sum((line.amount for line in lines), ZERO))


def _line(loan: UUID, move: Move, found: LockedBooks) -> PreviewLine:
    reasons = tuple(code for code in move.reason.split("/") if code)
    if isinstance(move.place, Slot):
        place = move.place
        return PreviewLine(loan, place.kind.value, place.due_date, -move.amount, found.books.parts.get(place), reasons,
                           move.law)  # fmt: skip
    return PreviewLine(loan, str(move.place), None, -move.amount, None, reasons, move.law)


def _books(borrower_id: UUID) -> LockedBooks:
    """Read the debtor's books as `lock_books` would have them: from the ledgers, or the tape where none is open."""
    lender = current_tenant()
    ledgers = locked_books.read_ledgers([borrower_id])
    if ledgers:
        return locked_books.load_books(borrower_id=borrower_id, lender=lender, ledgers=ledgers)
    told = [one for one in list_loans_on_tape(borrower_ids=[borrower_id]) if may_open(one)]
    rows = [new_row(one) for one in told]
    found = locked_books.load_books(borrower_id=borrower_id, lender=lender, ledgers=rows)
    for one in told:
        found.books.parts.update(parts_on_tape(one))
    return found
