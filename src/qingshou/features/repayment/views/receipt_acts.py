"""What is done with a receipt: put on a debtor's loans, moved, taken off, given back; each a form, then the receipt."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.edges.figures import money
from qingshou.features.cases.views.shown import Desk, desk_of, uuid_given
from qingshou.features.repayment.operations.ledger_approvals import ask_refund, ask_reversal
from qingshou.features.repayment.operations.receipt_returns import move_receipt, unapply_receipt
from qingshou.features.repayment.operations.receipt_splitting import split_receipt
from qingshou.features.repayment.operations.receipts import Applied, ChosenBy, apply_receipt
from qingshou.features.repayment.queries.receipt_list import get_receipt_row, next_in_queue
from qingshou.features.repayment.views.money_shown import NotFilledIn, amount_given, loans_given, tell_money_refusal
from qingshou.kernel.errors import QingshouError


def _acting(view: Callable[[HttpRequest, UUID, Desk], str]) -> Callable[..., HttpResponse]:
    """Turn a function that says what was done into a view: back to the receipt with a message, or with the refusal."""

    @wraps(view)
    def acting(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
        get_receipt_row(receipt_id=receipt_id)
        try:
            done = view(request, receipt_id, desk_of(request))
        except QingshouError as refusal:
            tell_money_refusal(request, refusal)
        else:
            messages.success(request, done)
            following = next_in_queue(after=receipt_id) if request.POST.get("then") == "next" else None
            if following:
                return redirect("repayment:receipt", receipt_id=following)
        return redirect("repayment:receipt", receipt_id=receipt_id)

    return acting


@require_POST
@requires("receipts.take")
@_acting
def apply(request: HttpRequest, receipt_id: UUID, desk: Desk) -> str:
    """Put a receipt on the loans of the debtor chosen: by law, on those named, or each its amount."""
    borrower = _borrower(request)
    loans, shares = loans_given(request), _shares(request)
    if shares:
        if not set(loans) <= set(shares):
            raise NotFilledIn(_("Write a share beside every loan that is ticked, or beside none."))
        done = split_receipt(receipt_id=receipt_id, borrower_id=borrower, shares=shares, actor=desk.actor, now=desk.now)
    else:
        done = apply_receipt(
            receipt_id=receipt_id, borrower_id=borrower, loan_ids=loans or None, chosen_by=ChosenBy.LENDER,
            matched_by=desk.actor.name, actor=desk.actor, now=desk.now,
        )  # fmt: skip
    return _said(done)


@require_POST
@requires("receipts.take")
@_acting
def move(request: HttpRequest, receipt_id: UUID, desk: Desk) -> str:
    """Move a receipt to another debtor."""
    done = move_receipt(
        receipt_id=receipt_id, borrower_id=_borrower(request), loan_ids=loans_given(request) or None,
        reason=reason_given(request), actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return _said(done)


@require_POST
@requires("receipts.take")
@_acting
def take_off(request: HttpRequest, receipt_id: UUID, desk: Desk) -> str:
    """Take a receipt off the debts: it waits in the queue again."""
    unapply_receipt(receipt_id=receipt_id, reason=reason_given(request), actor=desk.actor, now=desk.now)
    return _("Taken off the debts. It waits in the queue again.")


@require_POST
@requires("receipts.reverse")
@_acting
def reverse(request: HttpRequest, receipt_id: UUID, desk: Desk) -> str:
    """Ask a second person to reverse a receipt."""
    ask_reversal(receipt_id=receipt_id, reason=reason_given(request), actor=desk.actor, now=desk.now)
    return _("Asked: a second person decides.")


@require_POST
@requires("receipts.reverse")
@_acting
def refund(request: HttpRequest, receipt_id: UUID, desk: Desk) -> str:
    """Ask a second person to give back what is on no debt."""
    ask_refund(
        receipt_id=receipt_id, amount=amount_given(request.POST.get("amount", "")), reason=reason_given(request),
        actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return _("Asked: a second person decides.")


def _shares(request: HttpRequest) -> dict[UUID, Decimal]:
    """Read the shares written beside loans; one written counts whether or not the loan is ticked."""
    written = {
        name.removeprefix("share-"): text.strip() for name, text in request.POST.items() if name.startswith("share-")
    }
    return {loan: amount_given(text) for key, text in written.items() if text and (loan := uuid_given(key))}


def _borrower(request: HttpRequest) -> UUID:
    borrower = uuid_given(request.POST.get("borrower", ""))
    if borrower is None:
        raise NotFilledIn(_("Choose a debtor."))
    return borrower


def reason_given(request: HttpRequest) -> str:
    """Read why something is done; stops with NotFilledIn."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise NotFilledIn(_("Give the reason: it is kept with the receipt."))
    return reason


def _said(done: Applied) -> str:
    receipt: Any = done.receipt
    shown = {"applied": money(done.applied, receipt.currency), "left": money(done.unapplied, receipt.currency),
             "currency": receipt.currency}  # fmt: skip
    if done.unapplied:
        return _("%(applied)s %(currency)s put on debts; %(left)s is left over.") % shown
    return _("%(applied)s %(currency)s put on debts.") % shown
