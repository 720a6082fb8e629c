"""Which case a caller of the interface may read or change, and whose cases the caller's lists are of."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from qingshou.access.predicates import CaseFacts
from qingshou.access.queries import list_active_users
from qingshou.features.cases.queries import get_case
from qingshou.rest.principal import Principal, principal_of

_DESK_ROLES = ("COLLECTOR", "TEAM_LEAD")


def case_for(request: HttpRequest, case_id: UUID, permission: str, *, name: str = "case") -> tuple[Any, Principal]:
    """Return the case where the caller may do this to it; else the thing of that name does not exist for the caller."""
    case, caller = get_case(case_id=case_id), principal_of(request)
    facts = CaseFacts(owner_id=case.owner_id, owner_team_id=case.owner.team_id if case.owner else None)
    caller.ensure(permission, facts, name=name)
    return case, caller


def owners_seen(caller: Principal) -> tuple[UUID, ...] | None:
    """Return whose cases the caller's lists are of, never more than the role may see; None for everyone's."""
    if caller.role == "AGENCY_USER":
        return (caller.caller.id,)
    if caller.role not in _DESK_ROLES:
        return None
    team_id = caller.caller.team_id
    members = list_active_users(team_id=team_id) if team_id else []
    return tuple({caller.caller.id, *(member.pk for member in members)})
