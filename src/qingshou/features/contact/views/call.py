"""The call page: may I call, who is it, what do I say, what was agreed. Nothing of the debt before identity passes."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.phrases import NEXT_ACTIONS
from qingshou.features.cases.views.shown import Desk, case_of, day_given, desk_of, uuid_given
from qingshou.features.contact.channels.ari import AriExchange
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.operations import calls as operations
from qingshou.features.contact.phrases.call_problems import PROBLEMS
from qingshou.features.contact.phrases.calls import TONES
from qingshou.features.contact.queries.calls import open_call
from qingshou.features.contact.scripts.reading import offer_policy
from qingshou.features.contact.views import call_shown as shown
from qingshou.features.contact.views.refused import tell_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.law.contact.terms import Party, Purpose

_NO_ACTIONS = ("ASSIGN",)


@require_GET
@requires("contact.work")
def call(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the page of calling this case's debtor."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    return render(request, "contact/call.html", _page(request, case, desk))


def _page(request: HttpRequest, case: Any, desk: Desk, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return all the page shows; the debt is read only where the open call's identity check has passed."""
    mine = open_call(placed_by=desk.actor.name)
    here = mine if mine is not None and mine.attempt.case_id == case.id else None
    lines = shown.number_lines(case=case, desk=desk)
    name = shown.name_of(case, desk)
    is_checked = here is not None and here.identity_checked_at is not None
    today = desk.day_of(case)
    context: dict[str, Any] = {
        # no more of the case than its number: a template cannot show what it was not given
        "head": {"id": case.id, "number": case.number, "is_closed": case.closed_on is not None},
        "name": name,
        "numbers": lines,
        "light": _light(case, lines, here, desk),
        "call": here,
        "elsewhere": mine.attempt.case if mine is not None and here is None else None,
        "is_checked": is_checked,
        "can_begin": mine is None and any(one.clearance.is_allowed for one in lines),
        "tones": list(TONES.items()),
        "timers": offer_policy().timers,
        "today": today,
        "given": given or {},
    }
    if here is None:
        return context
    language = request.GET.get("language", "")
    context |= shown.script_context(here, case, name, desk, language=language)
    context |= {
        "dial": shown.dialled(case, here, desk),
        "outcomes": shown.outcome_lines(is_checked=is_checked),
        "next_actions": [(code, words) for code, words in NEXT_ACTIONS.items() if code not in _NO_ACTIONS],
    }
    context |= shown.debt_context(case, here, desk) if is_checked else shown.identity_context(here)
    return context


def _light(case: Any, lines: list[shown.NumberLine], here: Any, desk: Desk) -> shown.Light:
    """Return the light: of the number in use while a call is open, else of the best number."""
    used = [one for one in lines if here is not None and one.point.id == here.attempt.contact_point_id]
    return used[0].light if used else shown.overall_light(case, lines, desk)


@require_GET
@requires("contact.work")
def light(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return the strip with the light anew: asked for every half minute while the page is open."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    mine = open_call(placed_by=desk.actor.name)
    here = mine if mine is not None and mine.attempt.case_id == case.id else None
    lines = shown.number_lines(case=case, desk=desk)
    context = {
        "head": {"id": case.id, "number": case.number}, "light": _light(case, lines, here, desk), "call": here,
        "timers": offer_policy().timers,
    }  # fmt: skip
    return render(request, "contact/call_strip.html", context)


@require_POST
@requires("contact.work")
def begin(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Begin a call: the door reserves it, or says why not."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    point_id = uuid_given(request.POST.get("contact_point", ""))
    lines = [one for one in shown.number_lines(case=case, desk=desk) if one.point.id == point_id]
    if not lines:
        messages.error(request, _("Choose one of the numbers."))
        return redirect("contact:call", case_id=case_id)
    line, telephone = lines[0], shown.telephone_of_lender()
    if telephone is None:
        messages.error(request, _("Calls are switched off in the settings."))
        return redirect("contact:call", case_id=case_id)
    try:
        begun = operations.begin_call(
            case_id=case_id, contact_point_id=line.point.id, purpose=Purpose(line.purpose), party=Party(line.party),
            actor=desk.actor, now=desk.now, tone=request.POST.get("tone", "NEUTRAL"),
            adapter=telephone if isinstance(telephone, AriExchange) else None,
        )  # fmt: skip
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        if begun.is_uncertain:
            messages.warning(request, _("The exchange did not answer: it may be ringing. Wait a moment."))
    return redirect("contact:call", case_id=case_id)


def _mine(case_id: UUID, desk: Desk) -> Any:
    """Return this person's open call of the case; stops where there is none."""
    mine = open_call(placed_by=desk.actor.name)
    if mine is None or mine.attempt.case_id != case_id:
        raise NotNow("There is no open call on this case: begin one.")
    return mine


@require_POST
@requires("contact.work")
def abandon(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take back a call that was never made."""
    case_of(request, case_id, "contact.work")
    desk = desk_of(request)
    try:
        operations.abandon_call(call_id=_mine(case_id, desk).id, actor=desk.actor, now=desk.now)
    except NotNow as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Taken back: the call does not count."))
    return redirect("contact:call", case_id=case_id)


@require_POST
@requires("contact.work")
def identity(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Judge the identity check; what was typed is compared and forgotten."""
    case_of(request, case_id, "contact.work")
    desk = desk_of(request)
    said = {name.removeprefix("said_"): str(value)[:200] for name, value in request.POST.items()
            if name.startswith("said_")}  # fmt: skip
    try:
        answer = operations.pass_identity(
            call_id=_mine(case_id, desk).id, heard=request.POST.getlist("heard"), said=said, actor=desk.actor,
            now=desk.now,
        )  # fmt: skip
    except NotNow as refusal:
        tell_refusal(request, refusal)
    else:
        if answer.is_passed:
            messages.success(request, _("Identity passed."))
        else:
            messages.error(
                request,
                _("That is not enough: the answers do not fit what is on file.") + " "
                + ngettext("%(left)s try left.", "%(left)s tries left.", answer.tries_left)
                % {"left": answer.tries_left},
            )  # fmt: skip
    return redirect("contact:call", case_id=case_id)


@require_POST
@requires("contact.work")
def step(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Follow a branch of the script; answers the script alone where the page asks for it alone."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    try:
        operations.take_step(
            call_id=_mine(case_id, desk).id, branch=request.POST.get("branch", ""), actor=desk.actor, now=desk.now
        )
    except (NotNow, BadContactInput) as refusal:
        tell_refusal(request, refusal)
    if request.headers.get("HX-Request") != "true":
        return redirect("contact:call", case_id=case_id)
    mine = _mine(case_id, desk)
    context = shown.script_context(
        mine, case, shown.name_of(case, desk), desk, language=request.POST.get("language", "")
    )
    return render(request, "contact/call_script.html", {"head": {"id": case.id}, "call": mine, **context})


@require_POST
@requires("contact.work")
def save(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write the call up, or show the page again with what is missing named at its place."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    post = request.POST
    given: dict[str, Any] = {name: post.get(name, "") for name in (
        "outcome", "reason", "note", "next_action", "next_action_on", "promise_amount", "promise_due_on",
        "promise_pay_by",
    )} | {"options": post.getlist("options")}  # fmt: skip
    try:
        saved = operations.save_call(
            call_id=_mine(case_id, desk).id, outcome=given["outcome"], reason=given["reason"], note=given["note"],
            options=given["options"], next_action=given["next_action"], next_action_on=_day(given["next_action_on"]),
            promise=_promise(given), actor=desk.actor, now=desk.now,
        )  # fmt: skip
    except BadContactInput as refusal:
        problems: Any = refusal.fields.get("problems", {})
        given["problems"] = {field: PROBLEMS.get(code, code) for field, code in problems.items()}
        messages.error(request, _("The call is not saved yet: look at the fields marked."))
        return render(request, "contact/call.html", _page(request, case, desk, given), status=422)
    except NotNow as refusal:
        tell_refusal(request, refusal)
        return redirect("contact:call", case_id=case_id)
    messages.success(
        request,
        _("Call saved. Next: %(action)s, %(day)s.")
        % {"action": NEXT_ACTIONS.get(saved.next_action, saved.next_action), "day": saved.next_action_on},
    )
    return redirect("cases:case", case_id=case_id)


def _day(text: str) -> date | None:
    return day_given(text) if text else None


def _promise(given: Mapping[str, Any]) -> operations.PromiseGiven | None:
    """Read the promise; None where the outcome is none and nothing was typed."""
    if given["outcome"] != "PROMISE":
        return None
    try:
        amount = Decimal(given["promise_amount"].replace(",", "").replace("\u00a0", "").strip())
    except InvalidOperation:
        raise BadContactInput(
            "Give the amount as a number.", problems={"promise_amount": "AMOUNT_UNREADABLE"}
        ) from None
    due_on = _day(given["promise_due_on"])
    if due_on is None:
        raise BadContactInput("Give the date promised.", problems={"promise_due_on": "DATE_MISSING"})
    return operations.PromiseGiven(amount, due_on, given["promise_pay_by"])
