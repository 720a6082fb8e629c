"""Paying: the reference, the account and a code to scan; or by a provider, where the lender has one."""

import base64
import io
from collections.abc import Mapping
from decimal import Decimal

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qingshou.features.cases.views.shown import uuid_given
from qingshou.features.portal.errors import NoSuchPage
from qingshou.features.portal.phrases.pages import PROBLEMS
from qingshou.features.portal.queries.owing import LoanOwing, Owing, owing_of
from qingshou.features.portal.rules.qr import transfer_text
from qingshou.features.portal.views.forms import Field
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.operations.payment_references import give_reference
from qingshou.features.repayment.payment_providers.base import PaymentProvider
from qingshou.features.repayment.payment_providers.chosen import providers_of
from qingshou.features.repayment.rules.references import shown

_LEVEL = "m"  # EPC069-12 asks for it


@require_safe
@inside
def pay(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show how to pay: everything, or one loan."""
    owing = owing_of(borrower_id=visitor.borrower_id, on=visitor.today)
    chosen = request.GET.get("loan", "")
    loan = None
    if chosen:
        loan_id = uuid_given(chosen)
        loan = owing.of(loan_id) if loan_id else None
        if loan is None:
            raise NoSuchPage("There is no such loan of this debtor.")
    return pay_page(request, visitor, loan=loan)


def pay_page(
    request: HttpRequest, visitor: Visitor, *, loan: LoanOwing | None, problem: str = "", typed: str = ""
) -> HttpResponse:
    """Return the page of paying; with a problem, what was typed as the amount stays."""
    owing = owing_of(borrower_id=visitor.borrower_id, on=visitor.today)
    currency, amount = _sum(loan, owing, visitor)
    reference = give_reference(borrower_id=visitor.borrower_id, loan_id=loan.id if loan else None, now=visitor.now)
    bank = visitor.policy.bank
    labels = (_("Payee"), _("Account"), _("Amount"), _("Reference"))
    text = bank and transfer_text(bank=bank, currency=currency, amount=amount, reference=reference, labels=labels)
    wanted = Field("amount", _("How much do you want to pay?"), "money", unit=currency,
                   value=typed or (f"{amount:.2f}" if amount else ""), problem=PROBLEMS.get(problem, ""))  # fmt: skip
    return visitor.page(
        request, "pay", status=422 if problem else 200, owing=owing, loan=loan, amount=amount, currency=currency,
        reference=shown(reference), bank=bank, qr=_picture(text) if text else "",
        providers=providers_for(visitor).values(), wanted=wanted, problems=[wanted] if problem else [],
    )  # fmt: skip


def providers_for(visitor: Visitor) -> Mapping[str, PaymentProvider]:
    """Return the providers a lender's debtors can pay by."""
    return providers_of(settings.QINGSHOU_PAYMENTS.get(visitor.tenant.code, {}))


def _sum(loan: LoanOwing | None, owing: Owing, visitor: Visitor) -> tuple[str, Decimal | None]:
    """Return the currency and what is to be paid now; None: not known, nothing due, or due in two currencies."""
    if loan is not None:
        return loan.currency, loan.due_now or None
    if len(owing.in_all) == 1:
        currency = owing.in_all[0][0]
        return currency, (dict(owing.totals).get(currency) or None) if owing.is_due_known else None
    return visitor.tenant.currency, None


def _picture(text: str) -> str:
    """Return the code as a picture that stands in the page itself."""
    out = io.BytesIO()
    segno.make(text, error=_LEVEL, micro=False, encoding="utf-8").save(out, kind="svg", scale=5, border=4)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
