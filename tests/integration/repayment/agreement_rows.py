"""A debtor with a case and a ledger, money that came, offers: what promises and plans are tried on."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import LoanLedger, Offer, Receipt
from qingshou.features.repayment.operations.following import follow
from qingshou.features.repayment.operations.ledger_opening import open_ledger

__all__ = ["DAY", "NOW", "actions", "add_receipt", "at", "ledger_of", "look", "make_debtor", "make_offer", "take_back"]


def at(day: date) -> datetime:
    """Return half past ten in Shanghai on a day."""
    return NOW + timedelta(days=(day - DAY).days)


def ledger_of(case: Any, *, product: str = "") -> LoanLedger:
    """Return the ledger of a debtor's one loan, made where it is not there."""
    loan = Loan.objects.get(borrower=case.borrower_id)
    if product and loan.product != product:
        loan.product = product
        loan.save(update_fields=["product"])
    return open_ledger(loan_id=loan.id, actor=SYSTEM, now=NOW)


def add_receipt(case: Any, amount: str, on: date) -> Receipt:
    """Let money come that stands on the debtor's debts."""
    return Receipt.objects.create(
        id=uuid4(), source="API", external_ref=uuid4().hex, body_hash="0" * 64, amount=Decimal(amount),
        currency="CNY", value_date=on, received_at=at(on), borrower_id=case.borrower_id, state="APPLIED",
    )  # fmt: skip


def take_back(receipt: Receipt, on: date) -> None:
    """Let the bank take money back."""
    receipt.state, receipt.reversed_on = "REVERSED", on
    receipt.save(update_fields=["state", "reversed_on"])


def look(case: Any, on: date) -> Any:
    """Judge the debtor's promises and plans on a day."""
    return follow(borrower_ids=[case.borrower_id], on=on, actor=SYSTEM, now=at(on))


def make_offer(
    case: Any, dues: list[tuple[date, str]], *, waivers: dict[str, str] | None = None, needs_role: str = "",
    kind: str = "PLAN", product: str = "", interest: str = "0", apr: str | None = None,
) -> Offer:  # fmt: skip
    """Make an offer over the debtor's one loan."""
    ledger = ledger_of(case, product=product)
    total = sum((Decimal(amount) for _day, amount in dues), Decimal(0))
    return Offer.objects.create(
        id=uuid4(), case_id=case.id, label="BEST_VALUE", kind=kind, currency="CNY",
        terms={"loans": [{"ledger": str(ledger.id), "owed": str(total), "waivers": waivers or {}}]},
        schedule=[{"due_on": day.isoformat(), "amount": amount, "new_interest": interest} for day, amount in dues],
        total=total, total_cost=Decimal(0), apr=apr and Decimal(apr), ends_on=dues[-1][0], needs_role=needs_role,
        made_by="test", made_at=NOW,
    )  # fmt: skip


def actions(case_id: UUID, *, prefix: tuple[str, ...] = ("PROMISE_", "PLAN_", "INSTALMENT_")) -> list[str]:
    """Return what was recorded of promises and plans in a case's chain, oldest first."""
    events = list_events(subject_kind="CASE", subject_id=case_id, limit=500)
    return [one.action for one in reversed(events) if one.action.startswith(prefix)]
