"""Who acts: a value, so that this package need not know users."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What acts."""

    USER = "USER"
    CLIENT = "CLIENT"  # another system, by its token
    SYSTEM = "SYSTEM"  # the day run, the worker, a command


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `name` is the sign-in or client name, never a debtor's."""

    kind: str
    name: str
    user_id: UUID | None = None


SYSTEM = Actor(ActorKind.SYSTEM, "system")
