"""Who may own cases, with what they carry already."""

from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from qingshou.features.cases.dealing import Person
from qingshou.features.cases.models import Case


def list_people(*, with_loads: bool = True) -> list[Person]:
    """Return the lender's active people with capacity and load, by sign-in name; agencies' people are not dealt to."""
    loads = _loads() if with_loads else {}
    users = get_user_model().objects.filter(~Q(role="AGENCY_USER"), is_active=True).select_related("team")
    return [
        Person(
            user_id=user.id,
            username=user.username,
            role=user.role,
            capacity_cases=user.capacity_cases,
            load_cases=loads.get(user.id, 0),
            branch=user.team.branch if user.team else "",
            skills=frozenset(user.skills),
            is_present=user.is_present,
        )
        for user in users.order_by("username")
    ]


def _loads() -> dict[UUID, int]:
    rows = Case.objects.filter(closed_on__isnull=True).exclude(next_action="ASSIGN").values_list("owner_id")
    return dict(rows.annotate(count=Count("id")).order_by())
