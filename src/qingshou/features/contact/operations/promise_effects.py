"""What must happen in the same transaction when a promise is taken on a call: whoever follows it takes it over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qingshou.audit.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseSaid:
    """A promise as it was said on a call; `id` is that of the words kept."""

    id: UUID
    case_id: UUID
    amount: Decimal
    currency: str
    due_on: date
    pay_by: str
    taken_by: str
    taken_at: datetime


# (the promise, the day it was taken on, who took it, when); the case is locked
Effect = Callable[[PromiseSaid, date, Actor, datetime], None]
_effects: list[Effect] = []


def on_promise(effect: Effect) -> Effect:
    """Make known what a promise taken on a call sets in motion; registered when the application starts."""
    if effect not in _effects:
        _effects.append(effect)
    return effect


def tell_promise_taken(said: PromiseSaid, *, on: date, actor: Actor, now: datetime) -> None:
    """Run every effect, in the caller's transaction."""
    for effect in _effects:
        effect(said, on, actor, now)
