"""Work that a person still holds, asked of the features above without knowing them: each registers what it keeps."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from qingshou.audit.actors import Actor


class HandOver(Protocol):
    """Moves all that one person holds to another and returns how much it was; runs in the caller's transaction."""

    def __call__(self, *, from_user_id: UUID, to_user_id: UUID, actor: Actor, now: datetime) -> int: ...


_holders: dict[str, tuple[Callable[[UUID], int], HandOver]] = {}


def register_holder(kind: str, *, count: Callable[[UUID], int], hand_over: HandOver) -> None:
    """Make a kind of held work known, such as CASES: how much a person holds, and how it is handed on."""
    _holders[kind] = (count, hand_over)


def count_held(user_id: UUID) -> dict[str, int]:
    """Return how much of each kind of work a person holds; kinds with none are left out."""
    return {kind: held for kind, (count, _) in _holders.items() if (held := count(user_id))}


def hand_over_all(*, from_user_id: UUID, to_user_id: UUID, actor: Actor, now: datetime) -> dict[str, int]:
    """Hand everything on; returns how much of each kind."""
    return {
        kind: hand_over(from_user_id=from_user_id, to_user_id=to_user_id, actor=actor, now=now)
        for kind, (_, hand_over) in _holders.items()
    }
