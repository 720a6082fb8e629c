"""Every way a request can fail, turned into a problem."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg import errors as postgres

from qingshou.kernel.errors import QingshouError
from qingshou.rest.errors import NotSignedIn, TooLarge
from qingshou.rest.principal import WHO
from qingshou.rest.problem import problem, problem_of

_log = logging.getLogger("qingshou.api")


def lay_handlers(api: NinjaAPI) -> None:
    """Register the handlers; the most exact class wins."""
    api.add_exception_handler(QingshouError, problem_of)  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _invalid)  # type: ignore[arg-type]
    api.add_exception_handler(Http404, _not_found)  # type: ignore[arg-type]
    api.add_exception_handler(AuthenticationError, _not_signed_in)  # type: ignore[arg-type]
    api.add_exception_handler(HttpError, _http_error)  # type: ignore[arg-type]
    api.add_exception_handler(Exception, failure)  # type: ignore[arg-type]


def failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the problem for an error that is not ours: the client's doing where we know so, else ours, logged."""
    if isinstance(error, RequestDataTooBig):
        return problem_of(request, TooLarge("More was sent than this endpoint takes in one request."))
    if isinstance(error, (MultiPartParserError, UnreadablePostError, BadRequest, SuspiciousOperation)):
        return problem(request, status=400, code="BAD_REQUEST", detail="The body of the request cannot be read.")
    if isinstance(error, Http404):
        return _not_found(request, error)
    if isinstance(error, PermissionDenied):
        return problem(request, status=403, code="FORBIDDEN", detail="Your role does not allow this.")
    if isinstance(error, OperationalError) and isinstance(error.__cause__, postgres.LockNotAvailable):
        return problem(
            request,
            status=409,
            code="BUSY",
            detail="Somebody else is changing the same rows and did not finish in time.",
            headers={"Retry-After": "2"},
        )
    # the class and the place, never the message: it may quote a row
    _log.error(
        "API request failed: %s %s",
        request.method,
        request.resolver_match and request.resolver_match.route,
        exc_info=error,
    )
    return problem(request, status=500, code="INTERNAL", detail="Something failed here that should not; it was logged.")


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = [
        {"loc": [str(part) for part in one["loc"]], "msg": one["msg"], "code": one["type"]} for one in error.errors
    ]
    named = "; ".join(f"{'.'.join(place['loc'][1:]) or place['loc'][0]}: {place['msg']}" for place in places[:3])
    detail = f"Some of what was sent does not fit: {named}."
    return problem(request, status=422, code="INVALID", detail=detail, errors=places)


def _not_found(request: HttpRequest, _: Http404) -> HttpResponse:
    return problem(request, status=404, code="NOT_FOUND", detail="There is no such thing, or not for you.")


def _not_signed_in(request: HttpRequest, _: Any) -> HttpResponse:
    return problem_of(request, NotSignedIn(WHO))


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {400: "BAD_REQUEST", 403: "FORBIDDEN", 404: "NOT_FOUND"}.get(error.status_code, f"HTTP_{error.status_code}")
    return problem(request, status=error.status_code, code=code, detail=f"{error.message}.")
