"""The door of a view: strangers are asked to sign in, who may not is told so, what is not theirs does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from qingshou.kernel.errors import Forbidden, NotFound

View = Callable[..., HttpResponseBase]


class Refused(Forbidden, PermissionDenied):
    """The role may not do this; Django answers 403."""


class Hidden(NotFound, Http404):
    """The thing does not exist, or not for this user; Django answers 404."""


class Asker(Protocol):
    """A user or an API client."""

    def has_perm(self, permission: str, obj: object = None) -> bool: ...


def requires(permission: str) -> Callable[[View], View]:
    """Return a decorator: anonymous visitors are led to sign in, others without the permission get 403.

    The response is never stored by a browser or proxy: it may hold what only this user may see.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            ensure(request.user, permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined] # the authorization table reads it
        return guarded

    return decorate


def ensure(asker: Asker, permission: str, thing: object = None, *, name: str = "page") -> None:
    """Stop unless the asker may.

    Takes   thing  facts of the thing asked for; None asks whether the permission is held at all
    Stops   Refused  the role does not have the permission
            Hidden   it has, but not for this thing: answered as if the thing did not exist
    """
    if not asker.has_perm(permission):
        raise Refused(
            f"Your role does not have the permission '{permission}'. Ask an administrator if your work needs it.",
            permission=permission,
        )
    if thing is not None and not asker.has_perm(permission, thing):
        raise Hidden(f"There is no such {name}. It may have been moved, or it belongs to someone else.", name=name)


def is_allowed(request: HttpRequest, permission: str) -> bool:
    """Whether whoever asks has the permission."""
    asker: Asker = request.user
    return asker.has_perm(permission)
