"""Who calls the API: a token or a session, answered before anything else is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from qingshou.access.actors import actor_of
from qingshou.access.clients import using_token
from qingshou.edges import clock
from qingshou.rest.errors import CsrfFailed
from qingshou.rest.principal import Principal, principal_of
from qingshou.tenancy.context import using


@contextmanager
def caller_in_force(request: HttpRequest) -> Iterator[None]:
    """Find the caller, put the caller's lender in force and note both on the request; an unknown one leaves neither."""
    request.now = clock.now()  # type: ignore[attr-defined]
    if "Authorization" in request.headers:
        with using_token(_token(request), now=request.now) as client:  # type: ignore[attr-defined]
            request.principal = None if client is None else Principal(  # type: ignore[attr-defined]
                tenant_id=client.tenant_id, actor=actor_of(client), caller=client, scopes=client.scopes
            )  # fmt: skip
            yield
        return
    principal = _by_session(request)
    request.principal = principal  # type: ignore[attr-defined]
    if principal is None:
        yield
        return
    with using(principal.tenant_id):
        yield


def _token(request: HttpRequest) -> str:
    """Return the token sent; nothing where it is none."""
    kind, _, token = request.headers["Authorization"].partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.isascii() and token.isprintable() else ""


def _by_session(request: HttpRequest) -> Principal | None:
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    if request.method not in ("GET", "HEAD", "OPTIONS") and check_csrf(request):
        raise CsrfFailed("The CSRF token is missing or wrong: send `X-CSRFToken` from our own page, or use a token.")
    return Principal(tenant_id=user.tenant_id, actor=actor_of(user), caller=user)


class Token(HttpBearer):
    """A client's token; its scopes say what it may do."""

    def __call__(self, request: HttpRequest) -> Any:
        return principal_of(request) if "Authorization" in request.headers else None

    def authenticate(self, request: HttpRequest, token: str) -> Any:  # noqa: ARG002  the base class's form
        return principal_of(request)


class Session(APIKeyCookie):
    """A signed-in person's session; writes carry the CSRF token of our pages."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        return principal_of(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:  # noqa: ARG002  as above
        return principal_of(request)
