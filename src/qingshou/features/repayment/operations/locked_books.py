"""A debtor's ledgers, locked, and their books in memory. Every movement of a debtor's money begins here.

All ledgers of the debtor are locked, in id order: money of one receipt may reach each of them, and the order of steps
is one for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Sum

from qingshou.features.book.owing import security_of_loans
from qingshou.features.repayment.models import Posting
from qingshou.features.repayment.rules.books import CHARGED_OFF, RECOVERED, Books, Place, Slot, Unapplied
from qingshou.features.repayment.rules.loan_terms import LoanTerms, Policy, Terms, lender_policy
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import Future, PartKind
from qingshou.law.allocation.terms import Sequence as InTurn
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.models import Tenant

# read at every payment: made by hand, since making these statements anew each time would be most of their cost
_LEDGERS = """
SELECT l.id, l.borrower_id, l.currency, l.state, l.tape_as_of, l.sequence, l.order_kinds, b.product, b.contract_rate,
    b.loan_ref, l.order_sequence, l.order_future
FROM repayment_loanledger l JOIN book_loan b ON b.id = l.loan_id
WHERE l.borrower_id = ANY(%(borrowers)s::uuid[]) ORDER BY l.id
"""
_ACCOUNTS = """
SELECT id, ledger_id, receipt_id, kind, due_date, position, balance FROM repayment_account
WHERE ledger_id = ANY(%(ledgers)s::uuid[])
UNION ALL
SELECT id, ledger_id, receipt_id, kind, due_date, position, balance FROM repayment_account
WHERE receipt_id = ANY(%(receipts)s::uuid[])
UNION ALL
SELECT NULL, l.id, NULL, 'LATEST', e.effective_date, 0, NULL FROM unnest(%(ledgers)s::uuid[]) AS l(id)
CROSS JOIN LATERAL (
    SELECT effective_date FROM repayment_ledgerevent WHERE ledger_id = l.id AND NOT is_undone
    ORDER BY effective_date DESC, sequence DESC LIMIT 1) e
"""
_LATEST = "LATEST"


@dataclass(slots=True)
class LedgerRow:
    """One ledger as it was locked."""

    id: UUID
    borrower_id: UUID
    currency: str
    state: str
    tape_as_of: date
    sequence: int
    order_kinds: Sequence[str]
    product: str
    contract_rate: Decimal | None
    loan_ref: str
    order_sequence: str = ""
    order_future: str = ""


@dataclass(slots=True)
class LockedBooks:
    """A debtor's ledgers under lock, and their books. `accounts` names the account of each place known so far."""

    borrower_id: UUID
    lender: Tenant
    ledgers: dict[UUID, LedgerRow]
    terms: Terms
    books: Books
    accounts: dict[Place, UUID] = field(default_factory=dict)
    latest_on: date = date.min  # the last day on which a step took effect

    @property
    def policy(self) -> Policy:
        """The lender's order of allocation as its settings have it now."""
        return lender_policy(self.lender.settings)

    @property
    def orders(self) -> dict[str, Any]:
        """The contracts' own orders as they are now, by loan; loans without one are not in it."""
        return {
            str(loan): one.order_as_facts() for loan, one in sorted(self.terms.loans.items()) if one.has_contract_order
        }

    @property
    def next_sequence(self) -> int:
        """The place of the next step among those of its date: later than every step recorded so far."""
        return max((row.sequence for row in self.ledgers.values()), default=0) + 1

    def earliest_effect(self, on: date, loans: Iterable[UUID] | None = None) -> date:
        """Return the day from which something dated `on` can act: the tape speaks for all days up to its own."""
        reached = self.ledgers if loans is None else {loan: self.ledgers[loan] for loan in loans}
        return max((on, *(row.tape_as_of for row in reached.values())))


def lock_ledgers(borrower_ids: Sequence[UUID]) -> list[LedgerRow]:
    """Lock all ledgers of debtors, in id order, and return them."""
    return _ledgers(_LEDGERS + "FOR NO KEY UPDATE OF l", borrower_ids)


def read_ledgers(borrower_ids: Sequence[UUID]) -> list[LedgerRow]:
    """Return all ledgers of debtors without locking them: for reading, and for the negative control of the race."""
    return _ledgers(_LEDGERS, borrower_ids)


def _ledgers(statement: str, borrower_ids: Sequence[UUID]) -> list[LedgerRow]:
    return [LedgerRow(*row) for row in read_rows(statement, {"borrowers": list(borrower_ids)})]


def load_books(
    *, borrower_id: UUID, lender: Tenant, ledgers: Sequence[LedgerRow], receipts: Iterable[UUID] = ()
) -> LockedBooks:
    """Read the books of a debtor's ledgers that are locked (or only read, where nothing is written).

    Takes   receipts  whose unapplied money is wanted beside the debts
    """
    mine = [row for row in ledgers if row.borrower_id == borrower_id]
    locked = load_many(borrower_ids=[borrower_id], lender=lender, ledgers=mine, receipts=receipts)
    return locked[borrower_id]


def load_many(
    *,
    borrower_ids: Sequence[UUID],
    lender: Tenant,
    ledgers: Sequence[LedgerRow],
    receipts: Iterable[UUID] = (),
) -> dict[UUID, LockedBooks]:
    """Read the books of many debtors at once; `receipts` only where it is one debtor."""
    found: dict[UUID, LockedBooks] = {}
    for borrower in borrower_ids:
        own = {row.id: row for row in ledgers if row.borrower_id == borrower}
        found[borrower] = LockedBooks(
            borrower_id=borrower, lender=lender, ledgers=own, terms=Terms(lender.jurisdiction),
            books=Books(frozenset(own)),
        )  # fmt: skip
    several = [loan for one in found.values() if len(one.ledgers) > 1 for loan in one.ledgers]
    security = security_of_loans(loan_ids=several) if several else {}
    for one in found.values():
        one.terms = _terms(lender, one.ledgers, security)
    by_loan = {row.id: found[row.borrower_id] for row in ledgers}
    only = found[borrower_ids[0]] if len(borrower_ids) == 1 else None
    # a ledger on which no step was ever recorded has no accounts
    for row in _accounts([row.id for row in ledgers if row.sequence], receipts):
        owner = by_loan[row[1]] if row[1] is not None else only
        if owner is not None:
            _add_account(owner, row)
    _add_written_off(by_loan)
    return found


def _add_written_off(by_loan: Mapping[UUID, LockedBooks]) -> None:
    charged_off = [loan for loan, one in by_loan.items() if one.ledgers[loan].state == "CHARGED_OFF"]
    if not charged_off:
        return
    sums = (
        Posting.objects.filter(transaction__ledger_id__in=charged_off, account__kind__in=(CHARGED_OFF, RECOVERED))
        .values_list("transaction__ledger_id")
        .annotate(Sum("amount"))
    )
    for loan, left in sums:
        by_loan[loan].books.written_off[loan] = left


def load_receipts(locked: LockedBooks, receipts: Iterable[UUID]) -> None:
    """Read what is left of more receipts into the books."""
    missing = [one for one in receipts if one not in locked.books.unapplied]
    if missing:
        for row in _accounts([], missing):
            _add_account(locked, row)


def own_account(lender_id: UUID, kind: str, currency: str) -> UUID:
    """Return the id of one of the lender's own accounts: derived, so that it need not be looked up."""
    return uuid5(lender_id, f"ledger:{kind}:{currency}")


def unapplied_account(receipt: UUID) -> UUID:
    """Return the id of a receipt's account: derived, so that it need not be looked up."""
    return uuid5(receipt, "ledger:UNAPPLIED")


def add_receipt(locked: LockedBooks, receipt: UUID, amount: Decimal) -> None:
    """Put a receipt that was recorded in this transaction into the books: all of it is unapplied."""
    locked.accounts[Unapplied(receipt)] = unapplied_account(receipt)
    locked.books.unapplied[receipt] = amount


def _accounts(ledgers: Sequence[UUID], receipts: Iterable[UUID]) -> list[tuple[Any, ...]]:
    wanted = list(receipts)
    return read_rows(_ACCOUNTS, {"ledgers": list(ledgers), "receipts": wanted}) if ledgers or wanted else []


def _add_account(locked: LockedBooks, row: tuple[Any, ...]) -> None:
    account, ledger, receipt, kind, due_date, position, balance = row
    if kind == _LATEST:
        locked.latest_on = max(locked.latest_on, due_date)
    elif ledger is not None:
        slot = Slot(ledger, PartKind(kind), due_date, position)
        locked.accounts[slot], locked.books.parts[slot] = account, balance
    else:
        locked.accounts[Unapplied(receipt)] = account
        locked.books.unapplied[receipt] = -balance


def _terms(lender: Tenant, ledgers: Mapping[UUID, LedgerRow], security: Mapping[UUID, Decimal | None]) -> Terms:
    loans = {
        row.id: LoanTerms(
            currency=row.currency,
            product=row.product,
            kinds=tuple(PartKind(kind) for kind in row.order_kinds),
            sequence=InTurn(row.order_sequence) if row.order_sequence else None,
            future=Future(row.order_future) if row.order_future else None,
            security=security.get(row.id, ZERO),
            burden=row.contract_rate,
        )
        for row in ledgers.values()
    }
    return Terms(lender.jurisdiction, loans)
