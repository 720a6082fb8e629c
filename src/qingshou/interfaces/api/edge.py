"""What surrounds every endpoint: who calls, the idempotency key, and a problem for whatever goes wrong."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from qingshou.interfaces.api.auth import caller_in_force
from qingshou.interfaces.api.failures import failure
from qingshou.interfaces.api.pace import keep_pace
from qingshou.kernel.errors import QingshouError
from qingshou.rest.idempotency import HEADER, answer_once
from qingshou.rest.problem import MEDIA_TYPE, problem, problem_of

Respond = Callable[..., HttpResponse]


def reached(view: Callable[..., Any]) -> Callable[..., Any]:
    """Note that the endpoint itself was reached: authorised in form and its input valid."""

    @wraps(view)
    def noting(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.endpoint_reached = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return noting


def surrounded(pattern: URLPattern) -> URLPattern:
    """Return the route with the edge laid around its view."""
    view = pattern.callback

    @wraps(view)
    def edge(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with caller_in_force(request):
                reply = _answer(request, lambda: _as_problem(request, view(request, *args, **kwargs)))
        except QingshouError as error:
            reply = problem_of(request, error)
        except Exception as error:  # noqa: BLE001  the entry point's one broad except: logged, answered as a problem
            reply = failure(request, error)
        reply.setdefault("Cache-Control", "no-store")
        return reply

    edge.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked in auth.py, tokens need no CSRF
    pattern.callback = edge
    return pattern


def _answer(request: HttpRequest, respond: Callable[[], HttpResponse]) -> HttpResponse:
    principal = request.principal  # type: ignore[attr-defined]
    if principal is not None:
        keep_pace(f"{principal.tenant_id}:{principal.key}")
    if request.method != "POST" or principal is None or HEADER not in request.headers:
        return respond()
    return answer_once(
        request=request,
        principal=principal,
        now=request.now,  # type: ignore[attr-defined]
        respond=respond,
        began=lambda: getattr(request, "endpoint_reached", False),
    )


def _as_problem(request: HttpRequest, reply: HttpResponse) -> HttpResponse:
    if reply.status_code == 405 and not reply["Content-Type"].startswith(MEDIA_TYPE):
        allowed = ", ".join(sorted(part.strip() for part in reply["Allow"].split(",")))
        return problem(
            request,
            status=405,
            code="METHOD_NOT_ALLOWED",
            detail=f"This path takes {allowed}, not {request.method}.",
            headers={"Allow": allowed},
        )
    return reply


def nothing_here(request: HttpRequest, **_: object) -> HttpResponse:
    """Answer a path of the API that names nothing."""
    return problem(request, status=404, code="NOT_FOUND", detail="There is nothing at this path.")
