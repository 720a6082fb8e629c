"""What of a ledger needs a second person: asked for here, done when somebody else has agreed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from qingshou.approvals import operations as approvals
from qingshou.approvals.kinds import Decided, register_kind
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.actors import Actor
from qingshou.features.book.owing import list_loans_on_tape
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.ledger_errors import (
    NoSuchLoan,
    NoSuchReceipt,
    NothingUnapplied,
    PartOfReceipt,
    ReceiptEnded,
)
from qingshou.features.repayment.operations.loan_acts import charge_off, waive
from qingshou.features.repayment.operations.receipt_parts import reverse_whole
from qingshou.features.repayment.operations.receipt_returns import refund_unapplied
from qingshou.features.repayment.operations.receipt_rows import check_amount
from qingshou.features.repayment.phrases.ledger_acts import APPROVALS
from qingshou.features.repayment.phrases.money import amounts_words
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.queries.receipt_list import get_receipt_row
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

REVERSAL, REFUND, WAIVER, CHARGE_OFF = "RECEIPT_REVERSAL", "RECEIPT_REFUND", "LOAN_WAIVER", "LOAN_CHARGE_OFF"


def ask_reversal(*, receipt_id: UUID, reason: str, actor: Actor, now: datetime) -> ApprovalRequest:
    """Ask for a receipt to be reversed; stops with NoSuchReceipt, ReceiptEnded, AlreadyAsked, NoReason,
    PartOfReceipt."""
    receipt = _standing(receipt_id)
    if receipt.whole_id is not None:
        raise PartOfReceipt("This is a part of a receipt split over several debtors: ask for the whole of it.")
    return approvals.request(
        kind=REVERSAL, subject_kind="RECEIPT", subject_id=receipt.id, subject_label=receipt.external_ref[:60],
        amount=receipt.amount, currency=receipt.currency, actor=actor, reason=reason, now=now,
    )  # fmt: skip


def ask_refund(*, receipt_id: UUID, amount: Decimal, reason: str, actor: Actor, now: datetime) -> ApprovalRequest:
    """Ask for what is left of a receipt to be given back; stops like ask_reversal, and with UnfitAmount and
    NothingUnapplied: nobody should decide on what cannot be done."""
    receipt = _standing(receipt_id)
    check_amount(amount, receipt.currency)
    if amount > get_receipt_row(receipt_id=receipt_id).unapplied:
        raise NothingUnapplied("Less than that is left of this receipt: what stands on debts must be taken off first.")
    return approvals.request(
        kind=REFUND, subject_kind="RECEIPT", subject_id=receipt.id, subject_label=receipt.external_ref[:60],
        amount=amount, currency=receipt.currency, actor=actor, reason=reason, now=now,
        payload={"amount": str(amount)},
    )  # fmt: skip


def ask_waiver(
    *, loan_id: UUID, amounts: Mapping[PartKind, Decimal], reason: str, actor: Actor, now: datetime
) -> ApprovalRequest:
    """Ask for a waiver above what one person may give up alone; stops with NoSuchLoan, AlreadyAsked, NoReason."""
    total = sum(amounts.values(), ZERO)
    payload = {"amounts": {kind.value: str(amount) for kind, amount in amounts.items()}}
    return _ask_of_loan(WAIVER, loan_id, total, payload, reason, actor, now)


def ask_charge_off(*, loan_id: UUID, reason: str, actor: Actor, now: datetime) -> ApprovalRequest:
    """Ask for a loan to be charged off, over all that is owed now; stops like ask_waiver."""
    return _ask_of_loan(CHARGE_OFF, loan_id, owed_of_loan(loan_id=loan_id).total, {}, reason, actor, now)


def register_ledger_kinds() -> None:
    """Make these requests known to the queue of approvals; called when the application starts."""
    for code, permission, effect, href, terms in (
        (REVERSAL, "receipts.reverse", _reverse, _receipt_page, None),
        (REFUND, "receipts.reverse", _refund, _receipt_page, None),
        (WAIVER, "approvals.decide", _waive, _account_page, amounts_words),
        (CHARGE_OFF, "approvals.decide", _charge_off, _account_page, None),
    ):
        register_kind(code, permission=permission, on_approved=effect, phrase=APPROVALS[code], href=href, terms=terms)


def _receipt_page(receipt_id: UUID) -> str:
    return reverse("repayment:receipt", args=[receipt_id])


def _account_page(loan_id: UUID) -> str:
    return reverse("repayment:statement", args=[loan_id])


def _reverse(asked: Decided, actor: Actor, now: datetime) -> None:
    reverse_whole(
        receipt_id=asked.subject_id, reversal_ref=f"approval:{asked.id}", reason="AGREED", actor=actor, now=now
    )  # fmt: skip


def _refund(asked: Decided, actor: Actor, now: datetime) -> None:
    refund_unapplied(
        receipt_id=asked.subject_id, amount=Decimal(asked.payload["amount"]), reason="AGREED", actor=actor, now=now
    )  # fmt: skip


def _waive(asked: Decided, actor: Actor, now: datetime) -> None:
    amounts = {PartKind(kind): Decimal(text) for kind, text in asked.payload["amounts"].items()}
    waive(
        loan_id=asked.subject_id, amounts=amounts, reason="AGREED", actor=actor, now=now, under=f"approval:{asked.id}"
    )  # fmt: skip


def _charge_off(asked: Decided, actor: Actor, now: datetime) -> None:
    charge_off(loan_id=asked.subject_id, reason="AGREED", actor=actor, now=now, under=f"approval:{asked.id}")


def _standing(receipt_id: UUID) -> Receipt:
    receipt = Receipt.objects.filter(id=receipt_id).first()
    if receipt is None:
        raise NoSuchReceipt("There is no such receipt, or it is not for you.")
    if receipt.state in ("REVERSED", "REFUNDED"):
        raise ReceiptEnded("This receipt was reversed or given back already.")
    return receipt


def _ask_of_loan(
    kind: str, loan_id: UUID, amount: Decimal, payload: Mapping[str, Any], reason: str, actor: Actor, now: datetime
) -> ApprovalRequest:
    found = list_loans_on_tape(loan_ids=[loan_id], with_schedule=False)
    if not found:
        raise NoSuchLoan("There is no such loan in the working set, or it is not for you.")
    return approvals.request(
        kind=kind, subject_kind="LOAN", subject_id=loan_id, subject_label=found[0].loan_ref[:60], amount=amount,
        currency=found[0].currency, actor=actor, reason=reason, now=now, payload=payload,
    )  # fmt: skip
