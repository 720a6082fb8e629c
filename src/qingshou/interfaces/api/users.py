"""Users: who works here, in which role, and whether they are at work. Passwords and tokens never pass through here."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.access import operations, queries
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Code, Page, Paging, Ref

router = Router(tags=["users"])


class UserOut(Schema):
    """A person who signs in."""

    id: UUID
    username: str = Field(examples=["chen.wei"])
    display_name: str
    role: str = Field(examples=["COLLECTOR"])
    team: str | None = Field(None, description="Name of the desk.")
    is_active: bool
    is_present: bool = Field(description="At work: who is away is dealt no cases.")
    capacity_cases: int
    skills: list[str]
    joined_at: datetime | None = None
    last_login_at: datetime | None = None


class UserFilters(Paging):
    """Filters of the list."""

    search: Ref | None = Field(None, description="Part of a sign-in, name or team.")
    role: Code | None = Field(None, examples=["COLLECTOR"])
    is_active: bool | None = None


class PresenceIn(Schema):
    """Whether the person is at work."""

    is_present: bool = Field(examples=[False])


class DeactivationIn(Schema):
    """Who takes over the work."""

    hand_over_to: UUID | None = Field(None, description="Needed while the person holds any work.")


class DeactivationOut(Schema):
    """What was handed on."""

    id: UUID
    is_active: bool
    handed_over: dict[str, int] = Field(description="How much of each kind of work.", examples=[{"cases": 12}])


_PLAIN = ("id", "username", "display_name", "role", "is_active", "is_present", "capacity_cases", "skills", "joined_at")


def _shown(user: Any) -> dict[str, Any]:
    return {
        **{name: getattr(user, name) for name in _PLAIN},
        "team": user.team.name if user.team else None,
        "last_login_at": user.last_login,
    }


@router.get("", response=Page[UserOut], summary="List users")
@permitted("users.view")
def list_users(request: HttpRequest, asked: Query[UserFilters]) -> dict[str, Any]:
    """By sign-in name."""
    filters = asked.filters()
    (offset,) = decode_cursor(listing="users", filters=filters, cursor=asked.cursor) or (0,)
    users, total = queries.list_users(
        search=asked.search or "", role=asked.role or "", active=asked.is_active, limit=asked.limit + 1, offset=offset
    )
    shown, following = page(
        users, limit=asked.limit, listing="users", filters=filters, position=lambda _: (offset + asked.limit,)
    )
    return {"items": [_shown(user) for user in shown], "next_cursor": following, "total": total}


@router.get("/{user_id}", response=UserOut, summary="Get a user")
@permitted("users.view")
def get_user(request: HttpRequest, user_id: UUID) -> dict[str, Any]:
    """One person of this lender."""
    return _shown(queries.get_user(user_id=user_id))


@router.post("/{user_id}/presence", response=UserOut, summary="Say whether a person is at work")
@permitted("users.presence")
def set_presence(request: HttpRequest, user_id: UUID, given: PresenceIn) -> dict[str, Any]:
    """Who is away is dealt no cases; cases held stay."""
    operations.set_presence(
        user_id=user_id, is_present=given.is_present, actor=principal_of(request).actor, now=request.now
    )  # fmt: skip
    return _shown(queries.get_user(user_id=user_id))


@router.post("/{user_id}/deactivation", response=DeactivationOut, summary="Shut a person out")
@permitted("users.manage")
def deactivate(request: HttpRequest, user_id: UUID, given: DeactivationIn) -> dict[str, Any]:
    """Sessions end at once; the person's work goes to somebody else in the same transaction."""
    handed = operations.deactivate_user(
        user_id=user_id, hand_over_to=given.hand_over_to, actor=principal_of(request).actor, now=request.now
    )
    return {"id": user_id, "is_active": False, "handed_over": handed}
