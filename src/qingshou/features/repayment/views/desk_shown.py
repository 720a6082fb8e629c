"""What the pages of the negotiation desk share: whose case, the tabs, refusals in words, amounts of a form."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qingshou.features.cases.views import shown
from qingshou.features.cases.views.shown import Desk, facts_of
from qingshou.features.contact.phrases.door import CONFIDENCES
from qingshou.features.contact.phrases.door import article_words as law_words
from qingshou.features.contact.queries.calls import calls_of_attempts, has_recording, last_attempts
from qingshou.features.repayment.phrases.agreements import REFUSALS
from qingshou.features.repayment.phrases.desk import POLICY_RULES, TABLES
from qingshou.kernel.errors import BadInput, QingshouError
from qingshou.kernel.money import parse_amount
from qingshou.kernel.verdict import Article, Confidence
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import sealed_fields

_TABS = ("budget", "offers", "negotiation")


def may_work(request: HttpRequest, case: Any) -> bool:
    """Tell whether this person negotiates with the debtor of a live case."""
    return case.closed_on is None and cast(Any, request.user).has_perm("repayment.work", facts_of(case))


def head_of(request: HttpRequest, case: Any, desk: Desk, here: str) -> dict[str, Any]:
    """Return what the top of each page of the desk shows: the debtor's name, and the pages beside this one."""
    fields = sealed_fields(case.borrower, ["name"])
    name = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=fields, reader=desk.actor,
                  role=desk.role, purpose="NEGOTIATION_DESK", now=desk.now)["name"]  # fmt: skip
    words = {
        "budget": _("Budget"),
        "offers": pgettext("plural", "Offers"),
        "negotiation": _("Negotiation"),
    }
    tabs = [
        {
            "href": reverse(f"repayment:{code}", args=[case.id]),
            "words": words[code],
            "is_here": code == here,
            "key": key,
        }
        for key, code in enumerate(_TABS, 1)
    ]
    return {"case": case, "name": name, "tabs": tabs, "may_work": may_work(request, case)}


def tell_refusal(request: HttpRequest, refusal: QingshouError) -> None:
    """Say why something was refused, each reason in words; what is not there or not one's own stops the page."""
    reasons: Any = refusal.fields.get("reasons") or ()
    if refusal.http_status in (403, 404) or not reasons:
        shown.tell_refusal(request, refusal)
        return
    for one in reasons:
        words = str(REFUSALS.get(one["code"], one["code"]))
        messages.error(request, f"{words} {one.get('article') or ''}".strip())


def amount_given(text: str) -> Decimal | None:
    """Read an amount of a form, thousands separators allowed; None where it is no amount."""
    try:
        return parse_amount(text.replace("，", ",").replace("\u00a0", "").strip(), grouped=True)
    except BadInput:
        return None


def whole_given(text: str, *, otherwise: int | None = None) -> int | None:
    """Read a whole number of a form."""
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 6 else otherwise


def article_words(article: Article | None) -> str:
    """Return an article as it is cited, with a mark where nobody read the text; our own tables by their names."""
    if article is None:
        return ""
    kind, _space, version = article.instrument.partition(" ")
    if kind not in TABLES:
        return law_words(article)
    place = _rule_words(article.article) if kind == "offer_policy" else article.article
    named = f"{TABLES[kind]} {version} · {place}"
    return named if article.confidence is Confidence.READ else f"{named} ({CONFIDENCES[article.confidence]})"


def _rule_words(name: str) -> str:
    if name in POLICY_RULES:
        return _("rule on %(what)s") % {"what": POLICY_RULES[name]}
    return _("rule %(name)s") % {"name": name}


def policy_words(text: str) -> tuple[str, str]:
    """Return which policy a search was held to: its name and version in words, and its hash apart."""
    named, _gap, digest = text.rpartition(" ")
    return f"{TABLES['offer_policy']} {named or digest}", digest if named else ""


def calls_to_choose(case: Any) -> list[dict[str, Any]]:
    """Return the last calls with the debtor, for who says in which one something was said."""
    attempts = [one for one in last_attempts(borrower_id=case.borrower_id, limit=20) if one.channel == "PHONE"]
    calls = calls_of_attempts(attempt_ids=[one.id for one in attempts])
    return [
        {"id": calls[one.id].id, "at": one.at, "has_recording": has_recording(calls[one.id])}
        for one in attempts
        if one.id in calls
    ]


def choices(words: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return codes with their words, for a list to choose from."""
    return list(words.items())
