"""Users: made, changed, sent away, given a new password."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from qingshou.access.errors import LastAdministrator, NameTaken, NotOnYourself, UnfitUser, WorkLeft
from qingshou.access.handover import count_held, hand_over_all
from qingshou.access.models import Team, User
from qingshou.access.roles import Role
from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.kernel.errors import NotFound

SUBJECT = "USER"
TEMPORARY_PASSWORD_LIFE = timedelta(days=3)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}", re.ASCII)
# what may be changed by `change_user`
CHANGEABLE = frozenset({"display_name", "email", "role", "team_id", "language", "skills", "capacity_cases"})


def create_user(
    *,
    username: str,
    display_name: str,
    role: str,
    actor: Actor,
    now: datetime,
    email: str = "",
    team_id: UUID | None = None,
    language: str = "",
    skills: Sequence[str] = (),
    capacity_cases: int = 150,
) -> tuple[User, str]:
    """Make a user with a random first password, which must be changed at the first sign-in and dies in three days.

    Gives   (user, first password)  the password is shown once and kept only as a hash
    Stops   UnfitUser, NameTaken
    """
    if not _USERNAME.fullmatch(username):
        raise UnfitUser("A sign-in name has 2 to 60 letters a-z, digits, dots, hyphens or underscores.")
    user = User(id=uuid4(), username=username, joined_at=now)
    _apply(user, {"display_name": display_name, "role": role, "email": email, "team_id": team_id,
                  "language": language, "skills": list(skills), "capacity_cases": capacity_cases})  # fmt: skip
    password = _set_temporary_password(user, now)
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            raise NameTaken(f"The sign-in name '{username}' is taken: choose another.", name=username) from None
        _record(user, "USER_CREATED", actor, now, username=username, role=role, team=team_id)
    return user, password


def change_user(*, user_id: UUID, actor: Actor, now: datetime, **changes: Any) -> User:
    """Change what `changes` names (see CHANGEABLE); a changed role ends the user's sessions.

    Stops   UnfitUser, NotOnYourself (own role), LastAdministrator
    """
    unknown = changes.keys() - CHANGEABLE
    if unknown:
        raise UnfitUser(f"These cannot be changed here: {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        administrators = _administrators() if "role" in changes else set()
        user = _locked(user_id)
        before = {name: getattr(user, name) for name in changes}
        _apply(user, changes)
        changed = {name: value for name, value in before.items() if getattr(user, name) != value}
        if "role" in changed:
            _refuse_on_yourself(user, actor)
            _refuse_last_administrator(user, administrators)
            user.session_epoch += 1
        if changed:
            user.save()
            # names and addresses of colleagues stay out of the record: which was changed is enough
            open_facts = {"role", "team_id", "skills", "capacity_cases", "language"}
            _record(user, "USER_CHANGED", actor, now, changed=sorted(changed),
                    before={name: changed[name] for name in changed.keys() & open_facts},
                    after={name: getattr(user, name) for name in changed.keys() & open_facts})  # fmt: skip
    return user


def set_presence(*, user_id: UUID, is_present: bool, actor: Actor, now: datetime) -> User:
    """Say whether a person is at work: who is away is dealt no cases."""
    with transaction.atomic():
        user = _locked(user_id)
        if user.is_present != is_present:
            user.is_present = is_present
            user.save(update_fields=["is_present"])
            _record(user, "USER_PRESENT" if is_present else "USER_AWAY", actor, now)
    return user


def deactivate_user(*, user_id: UUID, actor: Actor, now: datetime, hand_over_to: UUID | None = None) -> dict[str, int]:
    """Shut a person out at once: sessions end, work goes to somebody else in the same transaction.

    Takes   hand_over_to  who takes over; needed while the person holds any work
    Gives   how much of each kind of work was handed on
    Stops   WorkLeft, NotOnYourself, LastAdministrator
    """
    with transaction.atomic():
        administrators = _administrators()
        user = _locked(user_id)
        _refuse_on_yourself(user, actor)
        _refuse_last_administrator(user, administrators)
        held = count_held(user_id)
        if held and hand_over_to is None:
            raise WorkLeft(
                f"{user.username} still holds {sum(held.values())} pieces of work: name who takes them over.", **held
            )
        handed: dict[str, int] = {}
        if hand_over_to is not None:
            successor = User.objects.filter(id=hand_over_to, is_active=True).exclude(id=user_id).first()
            if successor is None:
                raise UnfitUser("Who takes over must be another active user.")
            handed = hand_over_all(from_user_id=user_id, to_user_id=hand_over_to, actor=actor, now=now)
        user.is_active = user.is_present = False
        user.session_epoch += 1
        user.save()
        _record(user, "USER_DEACTIVATED", actor, now, handed_to=hand_over_to, handed=handed)
    return handed


def reactivate_user(*, user_id: UUID, actor: Actor, now: datetime) -> str:
    """Let a person in again, with a new first password."""
    with transaction.atomic():
        user = _locked(user_id)
        user.is_active = user.is_present = True
        password = _set_temporary_password(user, now)
        user.save()
        _record(user, "USER_REACTIVATED", actor, now)
    return password


def reset_password(*, user_id: UUID, actor: Actor, now: datetime) -> str:
    """Give a new random password that must be changed at once; ends all sessions. Nobody chooses it."""
    with transaction.atomic():
        user = _locked(user_id)
        password = _set_temporary_password(user, now)
        user.session_epoch += 1
        user.save()
        _record(user, "PASSWORD_RESET", actor, now)
    return password


def end_sessions(*, user_id: UUID, actor: Actor, now: datetime) -> User:
    """End all of a user's sessions on every machine."""
    with transaction.atomic():
        user = _locked(user_id)
        user.session_epoch += 1
        user.save(update_fields=["session_epoch"])
        _record(user, "SESSIONS_ENDED", actor, now)
    return user


def note_password_changed(*, user_id: UUID, actor: Actor, now: datetime) -> None:
    """Note that a user chose a password; called when the sign-in pages report it."""
    with transaction.atomic():
        user = _locked(user_id)
        user.must_change_password = False
        user.temporary_password_until = None
        user.save(update_fields=["must_change_password", "temporary_password_until"])
        _record(user, "PASSWORD_CHANGED", actor, now)


def _apply(user: User, changes: dict[str, Any]) -> None:
    """Put judged values on the user."""
    if "role" in changes and changes["role"] not in set(Role):
        raise UnfitUser(f"There is no role '{changes['role']}'.")
    if "display_name" in changes and not str(changes["display_name"]).strip():
        raise UnfitUser("A user needs a name to be shown by.")
    if "capacity_cases" in changes and not 0 <= int(changes["capacity_cases"]) <= 100_000:
        raise UnfitUser("The number of cases a person can carry lies between 0 and 100,000.")
    if changes.get("team_id") is not None and not Team.objects.filter(id=changes["team_id"]).exists():
        raise UnfitUser("There is no such team.")
    for name, value in changes.items():
        setattr(user, name, value)


def _set_temporary_password(user: User, now: datetime) -> str:
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.must_change_password = True
    user.temporary_password_until = now + TEMPORARY_PASSWORD_LIFE
    return password


def _locked(user_id: UUID) -> User:
    user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def _refuse_on_yourself(user: User, actor: Actor) -> None:
    if user.id == actor.user_id:
        raise NotOnYourself("You cannot do this to your own account: ask another administrator.")


def _administrators() -> set[UUID]:
    """Lock the active administrators in id order: of two who send each other away at once, one is refused."""
    rows = User.objects.select_for_update(no_key=True).filter(role=Role.ADMINISTRATOR, is_active=True).order_by("id")
    return set(rows.values_list("id", flat=True))


def _refuse_last_administrator(user: User, administrators: set[UUID]) -> None:
    if administrators == {user.id}:
        raise LastAdministrator("This is the last administrator: make another one first.")


def _record(user: User, action: str, actor: Actor, now: datetime, **facts: object) -> None:
    record(subject_kind=SUBJECT, subject_id=user.id, action=action, actor=actor, now=now, facts=facts)
