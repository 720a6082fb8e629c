"""Paying by a provider: begun here, paid there, believed only when the provider has reported it, signed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from qingshou.features.cases.views.shown import uuid_given
from qingshou.features.portal.errors import NoSuchPage
from qingshou.features.portal.phrases.pages import PAYMENT_STATES, PROBLEMS
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.owing import owing_of
from qingshou.features.portal.views.forms import amount_given
from qingshou.features.portal.views.home import WORDS
from qingshou.features.portal.views.pay import pay_page, providers_for
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.errors import ProviderRefused
from qingshou.features.repayment.operations.intents import begin_payment, expire_payments, hand_over
from qingshou.features.repayment.operations.payment_references import give_reference
from qingshou.features.repayment.payment_providers.base import PaymentProvider
from qingshou.features.repayment.queries.intents import get_intent
from qingshou.features.repayment.queries.receipts import explain_receipt
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO


@require_POST
@inside
def begin(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin a payment and lead to its page."""
    post = request.POST
    provider = providers_for(visitor).get(post.get("provider", ""))
    owing = owing_of(borrower_id=visitor.borrower_id, on=visitor.today)
    loan_id = uuid_given(post.get("loan", "")) if post.get("loan") else None
    if provider is None or (post.get("loan") and loan_id not in owing.ids):
        raise NoSuchPage("There is no such way to pay, or no such loan of this debtor.")
    loan = owing.of(loan_id) if loan_id else None
    currency = loan.currency if loan else visitor.case.currency
    most = (loan.total or ZERO) if loan else dict(owing.in_all).get(currency, ZERO)
    amount = amount_given(post.get("amount", ""))
    problem = "NO_AMOUNT" if amount is None else "TOO_LITTLE" if amount <= 0 else "TOO_MUCH" if amount > most else ""
    if problem or amount is None:
        return pay_page(request, visitor, loan=loan, problem=problem or "NO_AMOUNT", typed=post.get("amount", ""))
    reference = give_reference(borrower_id=visitor.borrower_id, loan_id=loan_id, now=visitor.now)
    try:
        made = begin_payment(
            borrower_id=visitor.borrower_id, loan_id=loan_id, amount=amount, currency=currency, reference=reference,
            provider=provider.code, actor=DEBTOR, now=visitor.now,
        )  # fmt: skip
    except BadInput:
        return pay_page(request, visitor, loan=loan, problem="NO_AMOUNT", typed=post.get("amount", ""))
    _tell(request, visitor, made.id, provider)
    return redirect("portal:payment", lender=visitor.tenant.code, intent_id=made.id)


@require_safe
@inside
def payment(request: HttpRequest, visitor: Visitor, intent_id: UUID) -> HttpResponse:
    """Show where a payment stands; the debtor's coming back says nothing, only the provider's report does."""
    expire_payments(now=visitor.now, actor=DEBTOR, borrower_id=visitor.borrower_id)
    row = get_intent(intent_id=intent_id, borrower_id=visitor.borrower_id)
    provider = providers_for(visitor).get(row.adapter)
    if row.state == "MADE" and provider is not None:
        row = _tell(request, visitor, intent_id, provider)
    receipt = explain_receipt(receipt_id=row.receipt_id) if row.receipt_id else None
    return visitor.page(
        request, "payment_page", intent=row, state=PAYMENT_STATES.get(row.state, row.state), one=receipt,
        provider=provider.name if provider else row.adapter,
        problem=PROBLEMS["NO_PROVIDER"] if row.state == "MADE" else "", **WORDS,
    )  # fmt: skip


def _tell(request: HttpRequest, visitor: Visitor, intent_id: UUID, provider: PaymentProvider) -> Any:
    """Hand a payment over to its provider; gives it as it stands then."""
    path = reverse("portal:payment", args=[visitor.tenant.code, intent_id])
    address = visitor.policy.address + path if visitor.policy.address else request.build_absolute_uri(path)
    try:
        return hand_over(intent_id=intent_id, provider=provider, return_url=address, language=visitor.language,
                         actor=DEBTOR, now=visitor.now)  # fmt: skip
    except ProviderRefused:
        return get_intent(intent_id=intent_id, borrower_id=visitor.borrower_id)
