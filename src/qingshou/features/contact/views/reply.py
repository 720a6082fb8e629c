"""One reply: what was written and answered before, what it seems to be about, and the word of a person on it."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import Hidden, ensure, requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.phrases import NEXT_ACTIONS
from qingshou.features.cases.queries import search_cases
from qingshou.features.cases.views.shown import Desk, case_of, desk_of, facts_of, uuid_given
from qingshou.features.contact.errors import BadContactInput
from qingshou.features.contact.inbound.optout import is_cease
from qingshou.features.contact.operations.replies import assign_reply
from qingshou.features.contact.operations.reply_reasons import confirm_reason
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.inbound import EFFECTS
from qingshou.features.contact.phrases.messages import STATES as MESSAGE_STATES
from qingshou.features.contact.phrases.reasons import OF_REPLIES, REASONS
from qingshou.features.contact.queries import inbox as queries
from qingshou.features.contact.queries.threading import point_of_reply, sender_kind
from qingshou.features.contact.rules.reply_effects import offered
from qingshou.features.contact.views.inbox import filters_of, sees_unassigned, wanted_of
from qingshou.features.contact.views.refused import tell_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.law.contact.terms import Channel
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields


@require_GET
@requires("contact.view")
def reply(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Show a reply in its thread."""
    desk, found = desk_of(request), _reply_for(request, reply_id)
    user = cast(Any, request.user)
    may_work = found.case is not None and user.has_perm("contact.work", facts_of(found.case))
    words, who = _words_of(found, desk)
    following = queries.next_unconfirmed(filters=wanted_of(filters_of(request.GET, desk), desk), after=found)
    may_assign = found.case is None and user.has_perm("cases.assign")
    context = {
        "reply": found,
        "names": names_of_users(usernames=[found.confirmed_by]),
        "case": found.case,
        "who": who,
        "thread": words,
        "channels": CHANNELS,
        "reasons": REASONS,
        "actions": NEXT_ACTIONS,
        "share": round(float(found.suggested_share or 0) * 100),
        "choices": _choices(found) if may_work and found.confirmed_at is None else [],
        "may_assign": may_assign,
        "candidates": _candidates(found, desk) if may_assign else [],
        "next_href": reverse("contact:reply", args=[following.id]) if following else "",
        "seems_cease": any(line["is_this"] and is_cease(line["body"] or "") for line in words),
    }
    return render(request, "contact/reply.html", context)


@require_POST
@requires("contact.work")
def confirm(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Confirm the reason with the effects that were ticked."""
    desk, found = desk_of(request), _reply_for(request, reply_id)
    if found.case is not None:
        ensure(cast(Any, request.user), "contact.work", facts_of(found.case), name="reply")
    reason = request.POST.get("reason", "")
    effects = request.POST.getlist(f"effect-{reason}")
    try:
        confirm_reason(reply_id=reply_id, reason=reason, effects=effects, actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Confirmed: %(reason)s.") % {"reason": REASONS[reason]})
    return redirect("contact:reply", reply_id=reply_id)


@require_POST
@requires("cases.assign")
def assign(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Give a reply of nobody known to a case: one of those offered, or one found by number."""
    desk, found = desk_of(request), _reply_for(request, reply_id)
    try:
        case_id = uuid_given(request.POST.get("case", "")) or _found_by(request.POST.get("number", ""))
        case = case_of(request, case_id)
        assign_reply(reply_id=found.id, case_id=case_id, actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("The reply belongs to case %(number)s now.") % {"number": case.number})
    return redirect("contact:reply", reply_id=reply_id)


def _reply_for(request: HttpRequest, reply_id: UUID) -> Any:
    """Return the reply where this person may see it; else it does not exist."""
    found = queries.get_reply(reply_id=reply_id)
    if found.case is not None:
        ensure(cast(Any, request.user), "cases.view", facts_of(found.case), name="reply")
    elif not sees_unassigned(desk_of(request)):
        raise Hidden("There is no such reply. It may belong to someone else.", name="reply")
    return found


def _found_by(number: str) -> UUID:
    cases = [one for one in search_cases(text=number, with_people=False) if one.closed_on is None]
    if len(cases) != 1:
        raise BadContactInput(_("Give the number of one open case, or of one of its loans."))
    return cast(UUID, cases[0].id)


def _words_of(found: Any, desk: Desk) -> tuple[list[dict[str, Any]], dict[str, str | None]]:
    """Return the thread opened as far as the role sees it, and who wrote; each reading is logged."""
    lines = queries.thread_of_reply(reply=found)
    rows: dict[UUID, Any] = {}
    for line in lines:
        row = line.message or line.reply
        if row is not None:
            rows[row.pk] = sealed_fields(row, ["subject", "body"])
    rows.setdefault(found.pk, {}).update(
        sealed_fields(found, ["sender"], kinds={"sender": sender_kind(Channel(found.channel))})
    )
    opened = reveal_many(subject_kind="REPLY", rows=rows, reader=desk.actor, role=desk.role, purpose="REPLY_PAGE",
                         now=desk.now)  # fmt: skip
    who: dict[str, str | None] = {"sender": opened[found.pk].get("sender"), "name": ""}
    if found.borrower is not None:
        named = {found.borrower_id: sealed_fields(found.borrower, ["name"])}
        shown = reveal_many(subject_kind="BORROWER", rows=named, reader=desk.actor, role=desk.role,
                            purpose="REPLY_PAGE", now=desk.now)  # fmt: skip
        who["name"] = shown[found.borrower_id]["name"] or found.borrower.borrower_ref
    return [_line(line, opened, found) for line in lines], who


def _line(line: queries.ThreadLine, opened: dict[UUID, dict[str, str | None]], found: Any) -> dict[str, Any]:
    row: Any = line.message or line.reply
    return {
        "at": line.at,
        "is_ours": line.message is not None,
        "is_this": row.pk == found.pk,
        "channel": row.channel,
        "language": row.language,
        "state": MESSAGE_STATES.get(row.state, row.state) if line.message is not None else "",
        "reason": row.reason if line.reply is not None else "",
        "is_opt_out": line.reply is not None and row.is_opt_out,
        "href": "" if line.message is not None or row.pk == found.pk else reverse("contact:reply", args=[row.pk]),
        "subject": opened[row.pk]["subject"],
        "body": opened[row.pk]["body"],
    }


def _choices(found: Any) -> list[dict[str, Any]]:
    """Return the reasons with their keys and what each would set in motion."""
    has_point, is_live = point_of_reply(found) is not None, found.case.closed_on is None
    return [
        {
            "code": code,
            "words": REASONS[code],
            "key": number,
            "is_suggested": code == found.suggested,
            "effects": [
                {"code": one.code, "words": EFFECTS[one.code], "is_ticked": one.is_ticked}
                for one in offered(code, has_point=has_point, is_live=is_live)
            ],
        }
        for number, code in enumerate(OF_REPLIES, 1)
    ]


def _candidates(found: Any, desk: Desk) -> list[dict[str, Any]]:
    """Return the cases of those who share the sender's number, with the debtors' names as the role sees them."""
    cases = [one for one in queries.candidate_cases(reply=found) if desk.user.has_perm("cases.view", facts_of(one))]
    names = reveal_many(
        subject_kind="BORROWER", rows={one.borrower_id: sealed_fields(one.borrower, ["name"]) for one in cases},
        reader=desk.actor, role=desk.role, purpose="REPLY_PAGE", now=desk.now,
    )  # fmt: skip
    return [{"case": one, "name": names[one.borrower_id]["name"] or one.borrower.borrower_ref} for one in cases]
