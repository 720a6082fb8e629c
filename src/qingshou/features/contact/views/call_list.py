"""The calls of a person, or of a desk for its lead: those not written up first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.access.queries import list_active_users, names_of_users
from qingshou.features.cases.views.shown import Desk, desk_of
from qingshou.features.contact.phrases.calls import ENDED
from qingshou.features.contact.phrases.reasons import REASONS
from qingshou.features.contact.queries.calls import has_recording, list_calls
from qingshou.privacy.clearance import sees_clear
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields


@require_GET
@requires("contact.work")
def calls(request: HttpRequest) -> HttpResponse:
    """Show who was called, what came of it, and what waits to be written up."""
    desk = desk_of(request)
    found = list_calls(placed_by=_whose(desk))
    rows = {one.attempt.borrower_id: sealed_fields(one.attempt.borrower, ["name"]) for one in found}
    names = reveal_many(subject_kind="BORROWER", rows=rows, reader=desk.actor, role=desk.role, purpose="CALLS",
                        now=desk.now)  # fmt: skip
    lines = [
        {
            "call": one, "attempt": one.attempt, "case": one.attempt.case,
            "name": names[one.attempt.borrower_id]["name"], "ended": ENDED.get(one.attempt.outcome),
            "reason": REASONS.get(one.reason, ""), "has_recording": has_recording(one),
            "is_mine": one.attempt.placed_by == desk.actor.name[:60],
        }
        for one in found
    ]  # fmt: skip
    context = {
        "unsaved": [one for one in lines if one["call"].saved_at is None],
        "lines": [one for one in lines if one["call"].saved_at is not None],
        "may_hear": sees_clear(desk.role, PersonalKind.NOTE),
        "names": names_of_users(usernames=[one.attempt.placed_by for one in found]),
        "is_lead": desk.role == "TEAM_LEAD",
    }
    return render(request, "contact/calls.html", context)


def _whose(desk: Desk) -> list[str]:
    """Return whose calls a person sees: their own, a lead the team's."""
    user: Any = desk.user
    if desk.role == "TEAM_LEAD" and user.team_id is not None:
        return [str(one.username) for one in list_active_users(team_id=user.team_id)]
    return [desk.actor.name]
