"""Whose cases a list shows: one's own, the team's, everyone's; what a role may choose, and the people behind it."""

from typing import Any

from django.utils.translation import gettext_lazy

from qingshou.access.queries import list_active_users
from qingshou.features.cases.views.shown import Desk

WHOSE = {"mine": gettext_lazy("My cases"), "team": gettext_lazy("My team's"), "all": gettext_lazy("Everyone's")}
_DESK_ROLES = ("COLLECTOR", "TEAM_LEAD")


def allowed_scopes(role: str) -> tuple[str, ...]:
    """Return whose cases a role may list, its own first and the widest last."""
    if role == "AGENCY_USER":
        return ("mine",)
    return ("mine", "team") if role in _DESK_ROLES else ("mine", "all")


def first_scope(role: str) -> str:
    """Return whose cases a role is shown before it chooses: the widest, but for those who work their own queue."""
    return "mine" if role in ("COLLECTOR", "AGENCY_USER") else allowed_scopes(role)[-1]


def owners_of(whose: str, desk: Desk) -> tuple[Any, ...] | None:
    """Return the ids of those whose cases are listed; None for everyone's, which no filter narrows."""
    if whose == "all":
        return None
    if whose == "team":
        members = list_active_users(team_id=desk.user.team_id) if desk.user.team_id else []
        return tuple({desk.user.pk, *(member.pk for member in members)})
    return (desk.user.pk,)
