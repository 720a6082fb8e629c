"""Debtors and loans in the working set, made directly: what the book would have brought."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from qingshou.features.book.identity import borrower_id, loan_id
from qingshou.features.book.models import Borrower, Loan
from qingshou.tenancy.context import current_tenant_id

NOW = datetime.fromisoformat("2026-11-23T01:30:00+00:00")
DAY = date(2026, 11, 2)


def severity_of(overdue_days: int | None) -> str:
    if overdue_days is None:
        return "UNKNOWN"
    limits = ((0, "NONE"), (30, "MILD"), (90, "MODERATE"))
    return next((code for limit, code in limits if overdue_days <= limit), "SEVERE")


def owe(ref: str, *, overdue_days: int | None, as_of: date = DAY, loan_ref: str = "", **more: Any) -> UUID:
    """Bring a debtor's loan to a state on a day; gives the borrower's id."""
    tenant_id = current_tenant_id()
    debtor, _ = Borrower.objects.get_or_create(id=borrower_id(tenant_id, ref), borrower_ref=ref)
    name = loan_ref or f"L{ref}"
    severity = more.pop("severity", severity_of(overdue_days))
    values: dict[str, Any] = {
        "borrower": debtor, "loan_ref": name, "as_of": as_of, "product": "CARD", "currency": "CNY", "balance": 1000,
        "arrears": 100 if overdue_days else 0, "overdue_days": overdue_days, "days_basis": "GIVEN",
        "severity": severity, "severity_base": severity, "regulatory_class": "NORMAL", "payments_made": 5,
    }  # fmt: skip
    Loan.objects.update_or_create(id=loan_id(tenant_id, name), defaults=values | more)
    return debtor.id
