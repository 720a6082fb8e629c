"""Which case a caller of the interface may read or change, and whose cases the caller's lists are of."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from qingshou.access.predicates import CaseFacts
from qingshou.access.queries import list_active_users
from qingshou.features.cases.errors import NoSuchCase
from qingshou.features.cases.queries import get_case
from qingshou.kernel.errors import NotFound
from qingshou.rest.principal import Principal, missing, principal_of

_DESK_ROLES = ("COLLECTOR", "TEAM_LEAD")


def case_for(request: HttpRequest, case_id: UUID, permission: str, *, name: str = "case") -> tuple[Any, Principal]:
    """Return the case where the caller may do this to it; else the thing of that name does not exist for the caller."""
    caller = principal_of(request)
    try:
        case = get_case(case_id=case_id)
    except NoSuchCase:
        raise missing(name) from None  # word for word as another's
    facts = CaseFacts(owner_id=case.owner_id, owner_team_id=case.owner.team_id if case.owner else None)
    caller.ensure(permission, facts, name=name)
    return case, caller


def case_behind(
    request: HttpRequest, find: Callable[[], UUID | None], permission: str, *, name: str
) -> tuple[Any, Principal]:  # fmt: skip
    """Return the case a thing stands in, as `case_for`; a thing that is not there answers word for word as another's.

    Takes   find  gives the thing's case; None, or any NotFound, where there is no such thing
    """
    try:
        case_id = find()
    except NotFound:
        case_id = None
    if case_id is None:
        raise missing(name)
    return case_for(request, case_id, permission, name=name)


def owners_seen(caller: Principal) -> tuple[UUID, ...] | None:
    """Return whose cases the caller's lists are of, never more than the role may see; None for everyone's."""
    if caller.role == "AGENCY_USER":
        return (caller.caller.id,)
    if caller.role not in _DESK_ROLES:
        return None
    team_id = caller.caller.team_id
    members = list_active_users(team_id=team_id) if team_id else []
    return tuple({caller.caller.id, *(member.pk for member in members)})
