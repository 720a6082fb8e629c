"""Teams: the desks people sit at."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from qingshou.access.errors import NameTaken, UnfitUser
from qingshou.access.models import Team
from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.kernel.errors import NotFound

SUBJECT = "TEAM"


def create_team(*, name: str, branch: str = "", actor: Actor, now: datetime) -> Team:
    """Make a team; stops with NameTaken or UnfitUser."""
    team = Team(id=uuid4(), name=_named(name), branch=branch)
    with transaction.atomic():
        _saved(team)
        _record(team, "TEAM_CREATED", actor, now)
    return team


def change_team(*, team_id: UUID, name: str, branch: str, actor: Actor, now: datetime) -> Team:
    """Rename a team or move it to another branch."""
    with transaction.atomic():
        team = Team.objects.select_for_update(no_key=True).filter(id=team_id).first()
        if team is None:
            raise NotFound("There is no such team.")
        team.name, team.branch = _named(name), branch
        _saved(team)
        _record(team, "TEAM_CHANGED", actor, now)
    return team


def _named(name: str) -> str:
    if not name.strip():
        raise UnfitUser("A team needs a name.")
    return name.strip()


def _saved(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise NameTaken(f"There is a team '{team.name}' already.", name=team.name) from None


def _record(team: Team, action: str, actor: Actor, now: datetime) -> None:
    record(subject_kind=SUBJECT, subject_id=team.id, action=action, actor=actor, now=now,
           facts={"name": team.name, "branch": team.branch})  # fmt: skip
