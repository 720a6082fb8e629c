"""Who calls: a person by session or a client by token, with one question to both: may it?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest

from qingshou.audit.actors import Actor
from qingshou.kernel.errors import NotFound
from qingshou.rest.errors import NotSignedIn, ScopeMissing

View = TypeVar("View", bound=Callable[..., Any])

WHO = (
    "Nobody is signed in, or the token is not known: send `Authorization: Bearer <token>`, "
    "or sign in and send the session."
)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request."""

    tenant_id: UUID
    actor: Actor
    caller: Any  # a user or an API client: both answer `has_perm`, `role`, `id`, `team_id`
    scopes: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """A stable name of the caller, for idempotency keys."""
        return f"{self.actor.kind}:{self.caller.id}"

    @property
    def role(self) -> str:
        """The role that decides what is masked."""
        return str(self.caller.role)

    def may(self, permission: str, thing: object = None) -> bool:
        """Return whether the caller's role (and a client's scopes) allow it."""
        return bool(self.caller.has_perm(permission, thing))

    def ensure(self, permission: str, thing: object, *, name: str) -> None:
        """Stop as if the thing did not exist unless the caller may do this to it."""
        if not self.may(permission, thing):
            raise missing(name)


def missing(name: str) -> NotFound:
    """Return what is answered for a thing that is not there: the same words as for one that is somebody else's."""
    return NotFound(f"There is no such {name}, or it is not for you.", name=name)


def principal_of(request: HttpRequest) -> Principal:
    """Return the caller; stops with NotSignedIn where there is none."""
    caller = getattr(request, "principal", None)
    if caller is None:
        raise NotSignedIn(WHO)
    return caller


def permitted(permission: str) -> Callable[[View], View]:
    """Allow the endpoint to callers who hold the permission (or the scope of that name), and say so in its text."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not principal_of(request).may(permission):
                raise ScopeMissing(
                    f"This needs the permission '{permission}', which your role or token does not hold: "
                    "ask an administrator of your lender.",
                    permission=permission,
                )
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate
