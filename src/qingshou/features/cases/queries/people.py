"""Who may own cases, with what they carry already."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from qingshou.features.cases.dealing import Person
from qingshou.features.cases.models import Case


def list_people(*, with_loads: bool = True, team_id: UUID | None = None) -> list[Person]:
    """Return the lender's active people with capacity and load, by sign-in name; agencies' people are not dealt to.

    Takes   team_id  one team's people only; a page asks so, since counting everybody's load reads every live case
    """
    users = get_user_model().objects.filter(~Q(role="AGENCY_USER"), is_active=True).select_related("team")
    if team_id is not None:
        users = users.filter(team=team_id)
    if with_loads:
        users = users.annotate(load_cases=_load())
    found = list(users.order_by("username"))
    named = Counter(user.display_name for user in found)
    return [
        Person(
            user_id=user.id,
            username=user.username,
            role=user.role,
            capacity_cases=user.capacity_cases,
            load_cases=user.load_cases if with_loads else 0,
            branch=user.team.branch if user.team else "",
            skills=frozenset(user.skills),
            is_present=user.is_present,
            display_name=_told_apart(user, named),
        )
        for user in found
    ]


def _told_apart(user: Any, named: Counter[str]) -> str:
    """Return a person's name, with the sign-in name behind it where two are called the same."""
    if named[user.display_name] < 2 or not user.display_name:
        return str(user.display_name)
    return f"{user.display_name} ({user.username})"


def _load() -> Coalesce:
    live = Case.objects.filter(owner=OuterRef("pk"), closed_on__isnull=True).exclude(next_action="ASSIGN").order_by()
    counted = live.values("owner").annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counted), 0)
