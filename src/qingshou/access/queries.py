"""Reading users, teams and clients."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from qingshou.access.models import ApiClient, Team, User
from qingshou.kernel.errors import NotFound

USER_SORTS = {
    "username": ("username",),
    "display_name": ("display_name", "username"),
    "role": ("role", "username"),
    "team": ("team__name", "username"),
    "capacity_cases": ("capacity_cases", "username"),
    "last_login": ("last_login", "username"),
}


def list_users(
    *, search: str = "", role: str = "", team_id: UUID | None = None, active: bool | None = None,
    sort: str = "username", descending: bool = False, limit: int = 50, offset: int = 0,
) -> tuple[list[User], int]:  # fmt: skip
    """Return one page of users with their teams, and how many there are."""
    rows = User.objects.select_related("team")
    if search:
        rows = rows.filter(
            Q(username__icontains=search) | Q(display_name__icontains=search) | Q(team__name__icontains=search)
        )
    if role:
        rows = rows.filter(role=role)
    if team_id:
        rows = rows.filter(team_id=team_id)
    if active is not None:
        rows = rows.filter(is_active=active)
    order = [f"-{name}" if descending else name for name in USER_SORTS.get(sort, USER_SORTS["username"])]
    return list(rows.order_by(*order)[offset : offset + limit]), rows.count()


def get_user(*, user_id: UUID) -> User:
    """Return a user of the lender in force; stops with NotFound."""
    user = User.objects.select_related("team").filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def get_user_by_name(*, username: str) -> User:
    """Return a user by sign-in name; stops with NotFound."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def names_of_users(*, usernames: Iterable[str]) -> dict[str, str]:
    """Return sign-in name -> the person's name, for whom there is an account with one; one query."""
    wanted = {one for one in usernames if one}
    if not wanted:
        return {}
    rows = User.objects.filter(username__in=wanted).values_list("username", "display_name")
    return {username: name for username, name in rows if name}


def list_active_users(*, roles: tuple[str, ...] = (), team_id: UUID | None = None) -> list[User]:
    """Return people to whom work may be given."""
    rows = User.objects.filter(is_active=True).select_related("team")
    if roles:
        rows = rows.filter(role__in=roles)
    if team_id:
        rows = rows.filter(team_id=team_id)
    return list(rows.order_by("username"))


def list_teams() -> list[Team]:
    """Return all teams by name."""
    return list(Team.objects.order_by("name"))


def get_team(*, team_id: UUID) -> Team:
    """Return a team; stops with NotFound."""
    team = Team.objects.filter(id=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    return team


def list_clients() -> list[ApiClient]:
    """Return all API clients, those in force first."""
    return list(ApiClient.objects.select_related("team").order_by("revoked_at", "name"))
