"""What the tape says of loans' money, for whoever keeps a ledger beside it: figures, schedules, payments, security."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from qingshou.features.book.models import Loan, LoanCollateral, Payment
from qingshou.tenancy.arrays import uuid_array
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.reading import Reading, read, read_together


@dataclass(frozen=True, slots=True)
class DueOnTape:
    """One due date of a loan's schedule, near the day of the tape."""

    due_date: date
    position: int
    amount: Decimal | None
    principal: Decimal | None
    interest: Decimal | None
    penalty: Decimal | None
    fees: Decimal | None


@dataclass(frozen=True, slots=True)
class LoanOnTape:
    """A loan of the working set as its tape has it."""

    id: UUID
    loan_ref: str
    borrower_id: UUID
    as_of: date
    product: str
    currency: str
    contract_rate: Decimal | None
    is_secured: bool | None
    is_written_off: bool
    is_closed: bool
    balance: Decimal | None
    arrears: Decimal | None
    arrears_principal: Decimal | None
    arrears_interest: Decimal | None
    arrears_penalty: Decimal | None
    arrears_fees: Decimal | None
    oldest_due_date: date | None
    overdue_days: int | None
    originated_date: date | None = None
    schedule: Sequence[DueOnTape] = ()


_LOAN = (
    "id", "loan_ref", "borrower_id", "as_of", "product", "currency", "contract_rate", "is_secured", "is_written_off",
    "is_closed", "balance", "arrears", "arrears_principal", "arrears_interest", "arrears_penalty", "arrears_fees",
    "oldest_due_date", "overdue_days", "originated_date",
)  # fmt: skip
_DUE = ("due_date", "position", "amount", "principal", "interest", "penalty", "fees")
# asked at every payment that opens a ledger
_LOANS = f"SELECT {', '.join(_LOAN)} FROM book_loan WHERE {{column}} = ANY(%(ids)s::uuid[]) ORDER BY id"  # noqa: S608  our names
_DUES = f"""
SELECT loan_id, {", ".join(_DUE)} FROM book_instalment
WHERE loan_id IN (SELECT id FROM book_loan WHERE {{column}} = ANY(%(ids)s::uuid[])) ORDER BY due_date, position
"""  # noqa: S608  our names
# asked whenever money of a debtor with a promise or plan moves; by debtor, so that their loans need no question first
_PAYMENTS = """
SELECT l.borrower_id, p.loan_id, l.currency, p.payment_ref, p.paid_date, p.amount, p.reverses_ref
FROM book_payment p JOIN book_loan l ON l.id = p.loan_id
WHERE l.borrower_id = ANY(%(ids)s::uuid[]) AND p.amount IS NOT NULL ORDER BY p.paid_date, p.payment_ref, p.loan_id
"""
_OWNER = "SELECT id, borrower_id FROM book_loan WHERE tenant_id = %(tenant)s AND loan_ref = %(loan_ref)s"


def list_loans_on_tape(
    *, borrower_ids: Iterable[UUID] = (), loan_ids: Iterable[UUID] = (), with_schedule: bool = True
) -> list[LoanOnTape]:
    """Return loans by borrower or by id, in the order of their ids, with the schedules at hand.

    Takes   with_schedule  False saves a statement where only figures are wanted
    """
    borrowers, loans = list(borrower_ids), list(loan_ids)
    column, ids = ("borrower_id", borrowers) if borrowers else ("id", loans)
    if not ids:
        return []
    given = {"ids": uuid_array(ids)}
    asked = [Reading(_LOANS.format(column=column), given, list)]
    if with_schedule:
        asked.append(Reading(_DUES.format(column=column), given, list))
    rows, *dues = read_together(*asked)
    schedules: dict[UUID, list[DueOnTape]] = defaultdict(list)
    for loan_id, *values in dues[0] if dues else ():
        schedules[loan_id].append(DueOnTape(*values))
    return [replace(_loan(row), schedule=tuple(schedules.get(row[0], ()))) for row in rows]


def loan_on_tape_reading(*, loan_id: UUID) -> Reading[LoanOnTape | None]:
    """Ask for one loan without its schedule, together with other questions; None: there is none."""
    given = {"ids": uuid_array([loan_id])}
    return Reading(_LOANS.format(column="id"), given, lambda rows: _loan(rows[0]) if rows else None)


def with_schedule(loan: LoanOnTape) -> LoanOnTape:
    """Return a loan with its schedule read to it."""
    asked = Reading(_DUES.format(column="id"), {"ids": uuid_array([loan.id])}, list)
    return replace(loan, schedule=tuple(DueOnTape(*values) for _, *values in read(asked)))


def borrowers_of_loans(*, loan_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return loan -> borrower for the loans there are."""
    return dict(Loan.objects.filter(id__in=list(loan_ids)).values_list("id", "borrower_id"))


def class_of_loans(*, loan_ids: Iterable[UUID]) -> dict[UUID, tuple[str, bool]]:
    """Return loan -> (regulatory class, is it non-performing) as the day's classing has it."""
    rows = Loan.objects.filter(id__in=list(loan_ids)).values_list("id", "regulatory_class", "is_non_performing")
    return {loan: (code, bool(bad)) for loan, code, bad in rows}


def security_of_loans(*, loan_ids: Iterable[UUID]) -> dict[UUID, Decimal | None]:
    """Return the value of the collateral held for each loan; None where it is secured and nobody knows the value."""
    links = LoanCollateral.objects.filter(loan_id__in=list(loan_ids))
    rows = links.values_list("loan_id").annotate(Sum("collateral__value")).order_by()
    return dict(rows)


def payments_with_refs(*, loan_ids: Iterable[UUID], refs: Iterable[str]) -> list[tuple[UUID, str, Decimal]]:
    """Return (loan, reference, amount) of the tape's payments that bear one of the references."""
    rows = Payment.objects.filter(loan_id__in=list(loan_ids), payment_ref__in=[ref for ref in refs if ref])
    return [(loan, ref, amount) for loan, ref, amount in rows.values_list("loan_id", "payment_ref", "amount") if amount]


@dataclass(frozen=True, slots=True)
class PaidOnTape:
    """A payment as the tape lists it."""

    loan_id: UUID
    payment_ref: str
    paid_date: date
    amount: Decimal


def list_paid_on_tape(
    *, loan_ids: Iterable[UUID], after: date | None = None, until: date | None = None
) -> list[PaidOnTape]:
    """Return the tape's payments on loans, the oldest first; what a row takes back and the row itself left out.

    Takes   after, until  paid later than the one day and not later than the other; None: whenever
    """
    of_loans = Payment.objects.filter(loan_id__in=list(loan_ids))
    taken_back = set(of_loans.exclude(reverses_ref="").values_list("loan_id", "reverses_ref"))
    rows = of_loans.filter(reverses_ref="", amount__gt=0)
    if after is not None:
        rows = rows.filter(paid_date__gt=after)
    if until is not None:
        rows = rows.filter(paid_date__lte=until)
    found = rows.order_by("paid_date", "payment_ref", "loan_id")
    return [
        PaidOnTape(*row)
        for row in found.values_list("loan_id", "payment_ref", "paid_date", "amount")
        if (row[0], row[1]) not in taken_back
    ]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A row of a tape's payments as it stands there; below zero, or naming what it reverses, it takes money back."""

    borrower_id: UUID
    loan_id: UUID
    currency: str
    payment_ref: str
    paid_date: date
    amount: Decimal
    reverses_ref: str


def list_payment_rows(*, borrower_ids: Iterable[UUID]) -> list[PaymentRow]:
    """Return every row of the tape's payments on debtors' loans, the oldest first; one statement."""
    ids = list(borrower_ids)
    if not ids:
        return []
    asked = Reading(_PAYMENTS, {"ids": uuid_array(ids)}, lambda rows: [PaymentRow(*row) for row in rows])
    return read(asked)


def paid_dates_on_tape(*, borrower_ids: Iterable[UUID], since: date) -> dict[UUID, list[date]]:
    """Return debtor -> the days from one on of which the tape lists a payment of theirs, the oldest first."""
    rows = Payment.objects.filter(loan__borrower__in=list(borrower_ids), paid_date__gte=since, amount__gt=0)
    found: dict[UUID, list[date]] = {}
    for borrower, day in rows.order_by("paid_date").values_list("loan__borrower_id", "paid_date").distinct():
        found.setdefault(borrower, []).append(day)
    return found


def lists_payments() -> bool:
    """Tell whether the lender's tapes list payments at all: without them nothing can be missing from them."""
    return Payment.objects.exists()


def loan_owner_reading(*, loan_ref: str) -> Reading[tuple[UUID, UUID] | None]:
    """Ask for (loan, borrower) of the lender's own number, together with other questions; None: there is none."""
    given = {"tenant": current_tenant_id(), "loan_ref": loan_ref}
    return Reading(_OWNER, given, lambda rows: rows[0] if rows else None)


def _loan(row: Sequence[Any]) -> LoanOnTape:
    return LoanOnTape(**dict(zip(_LOAN, row, strict=True)))
