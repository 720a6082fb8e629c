"""Debtors with loans as a tape has them: what ledgers are tried on."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Borrower, Instalment, Loan, Payment
from qingshou.features.repayment.operations.receipts import Applied, apply_receipt, record_receipt
from qingshou.features.repayment.queries.invariants import count_broken_money
from qingshou.features.repayment.queries.owed import owed_of_loan

NOW = datetime.fromisoformat("2026-11-23T02:30:00+00:00")
DAY = date(2026, 11, 23)
OLDEST = DAY - timedelta(days=40)


def make_borrower(ref: str = "") -> Any:
    return Borrower.objects.create(borrower_ref=ref or f"B{uuid4().hex[:8]}")


def make_loan(borrower: Any = None, **changes: Any) -> Any:
    """Make a loan of 10,000 with arrears of 300: fees 10, penalty 20, interest 70, principal 200."""
    borrower = borrower or make_borrower()
    values: dict[str, Any] = {
        "loan_ref": f"L{uuid4().hex[:8]}", "borrower": borrower, "as_of": DAY, "product": "CONSUMER",
        "currency": "CNY", "contract_rate": Decimal("0.12"), "balance": Decimal(10_000), "arrears": Decimal(300),
        "arrears_principal": Decimal(200), "arrears_interest": Decimal(70), "arrears_penalty": Decimal(20),
        "arrears_fees": Decimal(10), "oldest_due_date": OLDEST, "overdue_days": 40, "days_basis": "GIVEN",
        "severity_base": "MODERATE", "severity": "MODERATE", "regulatory_class": "SPECIAL_MENTION",
    }  # fmt: skip
    return Loan.objects.create(**(values | changes))


def add_due(loan: Any, position: int, due_date: date, *, principal: str = "0", interest: str = "0", **more: str) -> Any:
    parts = {"principal": Decimal(principal), "interest": Decimal(interest)}
    parts |= {name: Decimal(text) for name, text in more.items()}
    return Instalment.objects.create(
        loan=loan, position=position, due_date=due_date, amount=sum(parts.values()), **parts
    )


def add_tape_payment(loan: Any, ref: str, amount: str, on: date) -> Any:
    return Payment.objects.create(loan=loan, payment_ref=ref, amount=Decimal(amount), paid_date=on)


def came_in(
    amount: str, *, on: date = DAY, ref: str = "", source: str = "API", currency: str = "CNY", **more: Any
) -> Any:
    """Record a receipt; gives its row."""
    return record_receipt(
        source=source, external_ref=ref or uuid4().hex, amount=Decimal(amount), currency=currency, value_date=on,
        actor=SYSTEM, now=NOW, **more,
    ).receipt  # fmt: skip


def pay(loan: Any, amount: str, *, on: date = DAY, **more: Any) -> Applied:
    """Record a receipt and put it on the loan's debtor."""
    receipt = came_in(amount, on=on, ref=more.pop("ref", ""))
    return apply_receipt(receipt_id=receipt.id, borrower_id=loan.borrower_id, actor=SYSTEM, now=NOW, **more)


def owed(loan: Any) -> dict[str, str]:
    """Return what is owed by kind, zero kinds left out."""
    kinds = owed_of_loan(loan_id=loan.id).by_kind()
    return {kind.value: f"{amount:.2f}" for kind, amount in sorted(kinds.items()) if amount}


def parts(loan: Any) -> dict[tuple[str, date | None], Decimal]:
    """Return what is owed by kind and due date."""
    found = owed_of_loan(loan_id=loan.id).parts or {}
    return {(slot.kind.value, slot.due_date): amount.normalize() for slot, amount in found.items()}


def broken(tenant_id: UUID) -> dict[str, int]:
    """Return the invariants that do not hold."""
    return {one.name: count for one, count in count_broken_money(tenant_id=tenant_id).items() if count}
