"""Who may own cases, with what they carry already."""

from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from qingshou.features.cases.dealing import Person
from qingshou.features.cases.models import Case


def list_people() -> list[Person]:
    """Return the lender's active people with capacity and load, by sign-in name."""
    loads = dict(
        Case.objects.filter(closed_on__isnull=True)
        .exclude(next_action="ASSIGN")
        .values_list("owner_id")
        .annotate(count=Count("id"))
    )
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
