"""Paying: the reference, the account and a code to scan; or by a provider, where the lender has one."""

import base64
import io
from decimal import Decimal

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qingshou.features.cases.views.shown import uuid_given
from qingshou.features.portal.errors import NoSuchPage
from qingshou.features.portal.phrases.pages import PRODUCTS
from qingshou.features.portal.queries.owing import LoanOwing, owing_of
from qingshou.features.portal.rules.qr import transfer_text
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.operations.payment_references import give_reference
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
    currency, amount = _sum(loan, owing.totals, visitor)
    reference = give_reference(borrower_id=visitor.borrower_id, loan_id=loan.id if loan else None, now=visitor.now)
    bank = visitor.policy.bank
    text = bank and transfer_text(bank=bank, currency=currency, amount=amount, reference=reference, labels=(
        _("Payee"), _("Account"), _("Amount"), _("Reference")))  # fmt: skip
    return visitor.page(
        request, "pay", owing=owing, loan=loan, amount=amount, currency=currency, reference=shown(reference),
        bank=bank, qr=_picture(text) if text else "", product_words=PRODUCTS,
    )  # fmt: skip


def _sum(
    loan: LoanOwing | None, totals: tuple[tuple[str, Decimal], ...], visitor: Visitor
) -> tuple[str, Decimal | None]:
    """Return the currency and what is to be paid now; None: not known, nothing due, or due in two currencies."""
    if loan is not None:
        return loan.currency, loan.due_now or None
    if len(totals) == 1:
        return totals[0][0], totals[0][1] or None
    return visitor.tenant.currency, None


def _picture(text: str) -> str:
    """Return the code as a picture that stands in the page itself."""
    out = io.BytesIO()
    segno.make(text, error=_LEVEL, micro=False, encoding="utf-8").save(out, kind="svg", scale=5, border=4)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
