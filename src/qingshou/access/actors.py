"""Who acts, for the record: made from whoever is signed in."""

from typing import Protocol
from uuid import UUID

from qingshou.audit.actors import Actor, ActorKind


class SignedIn(Protocol):
    """A user or an API client."""

    @property
    def id(self) -> UUID: ...
    @property
    def actor_kind(self) -> str: ...
    def get_username(self) -> str: ...


def actor_of(user: SignedIn) -> Actor:
    """Return the actor for a user or an API client."""
    return Actor(ActorKind(user.actor_kind), user.get_username(), user.id)
