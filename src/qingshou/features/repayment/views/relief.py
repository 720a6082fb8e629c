"""Programmes of relief: those there are, asking for one, ending one."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import is_allowed, requires
from qingshou.features.cases.views.shown import day_given, desk_of, tell_refusal
from qingshou.features.repayment.operations.relief import ask_relief, end_relief
from qingshou.features.repayment.phrases.hardship import PROGRAMME_STATES
from qingshou.features.repayment.queries.hardship import list_programmes
from qingshou.features.repayment.rules.hardship import HardshipUnfit
from qingshou.kernel.errors import QingshouError

_TONES = {"AWAITING_APPROVAL": "note", "IN_FORCE": "good"}


@require_GET
@requires("receipts.view")
def programmes(request: HttpRequest) -> HttpResponse:
    """Show every programme, and the form that asks for one."""
    desk = desk_of(request)
    spoken = (get_language() or "en").lower()
    lines = [
        {"row": one, "name": one.names.get(spoken) or one.names.get("en", one.code),
         "state": PROGRAMME_STATES[one.state], "tone": _TONES.get(one.state, ""),
         "products": [desk.product_words.get(code, code) for code in one.products]}
        for one in list_programmes()
    ]  # fmt: skip
    context = {
        "lines": lines, "languages": settings.LANGUAGES, "may_ask": request.user.has_perm("receipts.reverse"),
        "may_see_queue": is_allowed(request, "repayment.view"),
    }  # fmt: skip
    return render(request, "repayment/relief.html", context)


@require_POST
@requires("receipts.reverse")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a programme."""
    desk, post, languages = desk_of(request), request.POST, [code for code, _name in settings.LANGUAGES]
    from_on, until_on = day_given(post.get("from_on", "")), day_given(post.get("until_on", ""))
    try:
        if from_on is None or until_on is None:
            raise HardshipUnfit(_("Give the first and the last day."), field="from_on")
        ask_relief(
            code=post.get("code", "").strip().lower(), names={code: post.get(f"name-{code}", "") for code in languages},
            from_on=from_on, until_on=until_on, regions=_codes(post.get("regions", "")),
            products=_codes(post.get("products", "")), pauses_contact=post.get("pauses_contact") == "yes",
            freezes_charges=post.get("freezes_charges") == "yes", law=post.get("law", ""),
            reason=post.get("reason", ""), actor=desk.actor, now=desk.now,
        )  # fmt: skip
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Asked: it is in force once a second person agrees."))
    return redirect("repayment:relief")


@require_POST
@requires("receipts.reverse")
def end(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """End a programme in force; every debtor it reached is let go."""
    desk = desk_of(request)
    try:
        count = end_relief(programme_id=programme_id, actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("The programme is ended; %(count)s debtors were let go.") % {"count": count})
    return redirect("repayment:relief")


def _codes(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]
