"""A negotiation on file: who said what, when, by which channel, about which offer; a step added, words opened."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import Desk, case_of, desk_of, uuid_given
from qingshou.features.contact.queries.calls import calls_of, has_recording
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPlan
from qingshou.features.repayment.operations.negotiation import note_step
from qingshou.features.repayment.phrases import negotiation as words
from qingshou.features.repayment.queries import negotiation as queries
from qingshou.features.repayment.queries.offers import latest_search, list_proposed
from qingshou.features.repayment.views.desk_shown import calls_to_choose, head_of, tell_refusal
from qingshou.features.repayment.views.offer_shown import card_of
from qingshou.kernel.errors import QingshouError
from qingshou.privacy.clearance import sees_clear
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.queries import current_tenant


@require_http_methods(["GET", "POST"])
@requires("repayment.view")
def negotiation(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the negotiation, the newest step first, or add a step to it."""
    case, desk = case_of(request, case_id), desk_of(request)
    given: Any = {}
    if request.method == "POST":
        case_of(request, case_id, "repayment.work")
        given = request.POST
        try:
            _note(case_id, given, desk)
            messages.success(request, _("On file in the negotiation."))
            return redirect("repayment:negotiation", case_id=case_id)
        except QingshouError as refusal:
            tell_refusal(request, refusal)
    steps = queries.list_steps(case_id=case_id)
    calls = calls_of(call_ids=[one.call_id for one in steps if one.call_id is not None])
    search = latest_search(case_id=case_id)
    offers = [*list_proposed(case_id=case_id, limit=10), *(search.offers if search else ())]
    context = {
        **head_of(request, case, desk, "negotiation"),
        "lines": [_line(one, calls, desk) for one in steps],
        "people": names_of_users(usernames=[one.made_by for one in steps]),
        "may_hear": sees_clear(desk.role, PersonalKind.NOTE) and cast(Any, request.user).has_perm("contact.work"),
        "offers": [card_of(one, role=desk.role) for one in offers],
        "parties": list(words.PARTIES.items()),
        "kinds": list(words.STEPS.items()),
        "reasons_to_say": list(words.REASONS.items()),
        "channels": list(words.CHANNELS.items()),
        "calls": calls_to_choose(case),
        "given": given,
    }
    return render(request, "repayment/negotiation.html", context, status=422 if given else 200)


def _note(case_id: UUID, post: Any, desk: Desk) -> None:
    note_step(
        case_id=case_id, party=post.get("party", ""), kind=post.get("kind", ""),
        offer_id=uuid_given(post.get("offer", "")), reason=post.get("reason", ""), said=post.get("said", ""),
        channel=post.get("channel", ""), call_id=uuid_given(post.get("call", "")), at=_at(post.get("at", "")),
        actor=desk.actor, now=desk.now,
    )  # fmt: skip


def _at(text: str) -> datetime | None:
    """Read a local time of the form; nothing given is now."""
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(current_tenant().time_zone))
    except ValueError:
        raise BadAgreementInput(_("Give the time it was said as a date and a time.")) from None
    return local.astimezone(UTC)


def _line(step: queries.StepLine, calls: Any, desk: Desk) -> dict[str, Any]:
    call = calls.get(step.call_id)
    return {
        "step": step, "party": words.PARTIES[step.party], "kind": words.STEPS[step.kind],
        "reason": words.REASONS.get(step.reason, ""), "channel": words.CHANNELS.get(step.channel, ""),
        "card": card_of(step.offer, role=desk.role) if step.offer else None, "is_lender": step.party == "LENDER",
        "recording": call.id if call is not None and has_recording(call) else None,
    }  # fmt: skip


@require_POST
@requires("repayment.view")
def words_of(request: HttpRequest, case_id: UUID, step_id: UUID) -> HttpResponse:
    """Open what was said in a step of this case; the reading is logged."""
    case_of(request, case_id)
    desk = desk_of(request)
    if queries.case_of_step(step_id=step_id) != case_id:
        raise NoSuchPlan("There is no such step in this negotiation.")
    said = queries.open_words(step_id=step_id, reader=desk.actor, role=desk.role, now=desk.now)
    return HttpResponse(f'<p class="sent-words">{escape(said) or escape(_("Not for your role."))}</p>')
