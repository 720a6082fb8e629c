"""What each role may do, asked of the predicates themselves, so that the page cannot say anything else."""

from uuid import UUID

from qingshou.access.models import User
from qingshou.access.permissions import PERMISSIONS
from qingshou.access.predicates import CaseFacts
from qingshou.access.roles import Role

YES, OWN, TEAM, NO = "YES", "OWN", "TEAM", "NO"
_SELF, _OTHER = UUID(int=1), UUID(int=2)
_TEAM, _ELSEWHERE = UUID(int=3), UUID(int=4)


def role_table() -> list[tuple[str, list[str]]]:
    """Return permission -> one answer a role: YES, only one's OWN, only one's TEAM's, or NO."""
    return [(name, [_answer(name, role) for role in Role]) for name in PERMISSIONS]


def _answer(permission: str, role: Role) -> str:
    user = User(id=_SELF, role=role.value, team_id=_TEAM, is_active=True)
    if not user.has_perm(permission):
        return NO
    if user.has_perm(permission, CaseFacts(_OTHER, _ELSEWHERE)):
        return YES
    return TEAM if user.has_perm(permission, CaseFacts(_OTHER, _TEAM)) else OWN
