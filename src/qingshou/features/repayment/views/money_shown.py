"""What the pages of money share: debtors by name as the role may see them, amounts and ids of forms, refusals."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from qingshou.features.cases.views.shown import Desk, uuid_given
from qingshou.features.repayment.phrases.money_refusals import money_refusal_words
from qingshou.kernel.errors import BadInput, QingshouError
from qingshou.kernel.money import parse_amount
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields


class NotFilledIn(BadInput):
    """A form lacks something, or holds what cannot be read; the message is in the reader's language."""

    code = "NOT_FILLED_IN"


PAYER_FIELDS = ("payer_name", "payer_account", "remittance")


def debtor_names(borrowers: Iterable[Any], desk: Desk, *, purpose: str) -> dict[UUID, str]:
    """Return debtor -> name as the role may see it, the lender's number where there is none; one logged reading."""
    rows = {one.id: one for one in borrowers if one is not None}
    fields = {key: sealed_fields(one, ["name"]) for key, one in rows.items()}
    shown = reveal_many(
        subject_kind="BORROWER", rows=fields, reader=desk.actor, role=desk.role, purpose=purpose, now=desk.now
    )
    return {key: shown[key]["name"] or rows[key].borrower_ref for key in rows}


def payers(receipts: Iterable[Any], desk: Desk, *, purpose: str) -> Mapping[UUID, Mapping[str, str | None]]:
    """Return receipt -> who paid, from where, with which words, as the role may see it; one logged reading."""
    fields = {one.id: sealed_fields(one, PAYER_FIELDS) for one in receipts}
    return reveal_many(
        subject_kind="RECEIPT", rows=fields, reader=desk.actor, role=desk.role, purpose=purpose, now=desk.now
    )


def amount_given(text: str) -> Decimal:
    """Read an amount of a form; thousands may be grouped."""
    try:
        return parse_amount(text.replace("，", ","), grouped=True)
    except BadInput:
        raise NotFilledIn(_("Write the amount as a number, for example 1,234.50.")) from None


def amount_or_none(text: str) -> Decimal | None:
    """Read an amount of a filter; nonsense counts as not given."""
    try:
        return parse_amount(text, grouped=True) if text else None
    except BadInput:
        return None


def loans_given(request: HttpRequest, name: str = "loan") -> list[UUID]:
    """Read the loans chosen in a form, in its order."""
    given = request.POST.getlist(name) if request.method == "POST" else request.GET.getlist(name)
    return [loan for text in given if (loan := uuid_given(text)) is not None]


def tell_money_refusal(request: HttpRequest, refusal: QingshouError) -> None:
    """Say on the page why something was refused; what is not there or not one's own stops the page instead."""
    if refusal.http_status in (403, 404) and refusal.code != "NO_SUCH_LOAN":
        raise refusal
    messages.error(request, money_refusal_words(refusal))
