"""Fineract's JSON as rows of text under our own column names; judging them is the intake's work."""

from collections.abc import Iterator
from datetime import date
from typing import Any

Row = dict[str, str | None]

# Fineract's loan status codes: 300 active, 600 closed, 601 written off, 602 rescheduled, 700 overpaid.
_CLOSED, _WRITTEN_OFF, _LIVE = frozenset({600, 602, 700}), 601, frozenset({300, 303, 304, 600, 601, 602, 700})
# Money coming in from the borrower; waivers, charges, accruals and disbursements are not payments.
_PAYMENT_FLAGS = (
    "repayment",
    "recoveryRepayment",
    "downPayment",
    "merchantIssuedRefund",
    "payoutRefund",
    "goodwillCredit",
)
_PAYMENT_CODES = frozenset({2, 8, 21, 22, 23, 24, 28})


def day(parts: Any) -> str | None:
    """Return [2026, 11, 23] as 2026-11-23; other forms as they are, for the intake to judge."""
    if isinstance(parts, list) and len(parts) >= 3 and all(isinstance(part, int) for part in parts[:3]):
        return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
    return None if parts is None else str(parts)


def text(value: Any) -> str | None:
    """Return a JSON scalar as text."""
    if value is None:
        return None
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _at(item: dict[str, Any], *path: str) -> Any:
    found: Any = item
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def is_of_the_book(loan: dict[str, Any]) -> bool:
    """Say whether money was ever lent: applications and rejected loans are not of the book."""
    return _at(loan, "status", "id") in _LIVE


def loan_row(loan: dict[str, Any], as_of: date) -> Row:
    """Return one loan; overdue days come from the oldest overdue date Fineract states."""
    status = _at(loan, "status", "id")
    overdue_since = day(_at(loan, "summary", "overdueSinceDate"))
    days = None
    if overdue_since is not None:
        days = str(max(0, (as_of - date.fromisoformat(overdue_since)).days))
    elif loan.get("summary"):
        days = "0"
    summary = loan.get("summary") or {}
    is_group = loan.get("clientId") is None
    return {
        "loan_id": text(loan.get("accountNo") or loan.get("id")),
        "borrower_id": text(loan.get("clientId")) if not is_group else f"G{loan.get('groupId')}",
        "borrower_kind": "RETAIL" if not is_group else "SMALL_BUSINESS",
        "product": text(loan.get("loanProductName")),
        "branch": text(loan.get("clientOfficeId")),
        "currency": text(_at(loan, "currency", "code") or _at(summary, "currency", "code")),
        "contract_rate": text(loan.get("annualInterestRate")),
        "originated_date": day(_at(loan, "timeline", "actualDisbursementDate")),
        "maturity_date": day(_at(loan, "timeline", "expectedMaturityDate")),
        "credit_limit": text(loan.get("approvedPrincipal")),
        "balance": text(summary.get("principalOutstanding")),
        "arrears": text(summary.get("totalOverdue")),
        "arrears_principal": text(summary.get("principalOverdue")),
        "arrears_interest": text(summary.get("interestOverdue")),
        "arrears_penalty": text(summary.get("penaltyChargesOverdue")),
        "arrears_fees": text(summary.get("feeChargesOverdue")),
        "oldest_due_date": overdue_since,
        "overdue_days": days,
        "is_written_off": text(status == _WRITTEN_OFF),
        "is_closed": text(status in _CLOSED),
    }


def instalment_rows(loan: dict[str, Any]) -> Iterator[Row]:
    """Give the instalments; the first period of a schedule is the disbursement and has no due amount."""
    for period in _at(loan, "repaymentSchedule", "periods") or []:
        if period.get("period") is None:
            continue
        yield {
            "loan_id": text(loan.get("accountNo") or loan.get("id")),
            "due_date": day(period.get("dueDate")),
            "amount": text(period.get("totalDueForPeriod")),
            "principal": text(period.get("principalDue")),
            "interest": text(period.get("interestDue")),
            "penalty": text(period.get("penaltyChargesDue")),
            "fees": text(period.get("feeChargesDue")),
        }


def _is_payment(transaction: dict[str, Any]) -> bool:
    kind = transaction.get("type") or {}
    return any(kind.get(flag) for flag in _PAYMENT_FLAGS) or kind.get("id") in _PAYMENT_CODES


def payment_rows(loan: dict[str, Any], as_of: date) -> Iterator[Row]:
    """Give payments up to the as-of date; one reversed by hand is followed by its reversal: both are seen."""
    for transaction in loan.get("transactions") or []:
        if not _is_payment(transaction):
            continue
        paid = day(transaction.get("date"))
        if paid is not None and paid > as_of.isoformat():
            continue
        number = text(transaction.get("id"))
        row = {
            "loan_id": text(loan.get("accountNo") or loan.get("id")),
            "paid_date": paid,
            "amount": text(transaction.get("amount")),
            "payment_id": number,
            "reverses": None,
        }
        yield row
        if transaction.get("manuallyReversed"):
            undone = day(transaction.get("reversedOnDate")) or paid
            if undone is not None and undone <= as_of.isoformat():
                yield {
                    **row,
                    "paid_date": undone,
                    "amount": f"-{row['amount']}",
                    "payment_id": f"{number}R",
                    "reverses": number,
                }


def person_row(client: dict[str, Any]) -> Row:
    """Return one client's personal data."""
    return {
        "borrower_id": text(client.get("id")),
        "name": text(client.get("displayName") or client.get("fullname")),
        "national_id": text(client.get("externalId")) or None,
        "phone": text(client.get("mobileNo")),
        "email": text(client.get("emailAddress")),
        "birth_date": day(client.get("dateOfBirth")),
    }
