"""Problems as RFC 9457 writes them: code, what, why, what to do."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from qingshou.kernel.errors import QingshouError
from qingshou.rest.errors import InProgress

# status -> seconds to wait where the error says none; for a 503 somebody has to correct something first
_SECONDS = {429: 1, 503: 300}
MEDIA_TYPE = "application/problem+json"

# status -> (what, what to do)
WORDS: Mapping[int, tuple[Any, Any]] = {
    400: (_("The request cannot be read"), _("Send well-formed JSON or form data as the API reference shows.")),
    401: (_("Not signed in"), _("Send a valid token as `Authorization: Bearer <token>`, or sign in.")),
    403: (_("Not allowed"), _("Ask an administrator of your lender for the permission or the scope.")),
    404: (_("Not found"), _("Check the id or the path; the lists show what you may see.")),
    405: (_("Method not allowed"), _("Use one of the methods in the Allow header.")),
    409: (_("Not possible now"), _("Read the present state, then decide whether to try again.")),
    413: (_("Too large"), _("Send less at once.")),
    415: (_("Content type not taken"), _("Send the content type the API reference names.")),
    422: (_("What was sent cannot be used"), _("Correct the places named in `errors` or `detail` and send it again.")),
    429: (_("Too many requests"), _("Wait for the seconds in the Retry-After header, then try again.")),
    503: (_("Not available now"), _("Have what `detail` names corrected, then send it again unchanged.")),
    500: (_("Our fault"), _("Try again later with the same Idempotency-Key; tell us the time if it stays.")),
}


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem reply."""
    title, remedy = WORDS.get(status, WORDS[400] if status < 500 else WORDS[500])
    body: dict[str, Any] = {
        "type": f"urn:qingshou:problem:{code}",
        "title": str(title),
        "status": status,
        "detail": detail,
        "remedy": str(remedy),
        "code": code,
        "instance": request.path,
    }
    if errors is not None:
        body["errors"] = errors
    content = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def problem_of(request: HttpRequest, error: QingshouError) -> HttpResponse:
    """Return the problem reply of one of our errors."""
    headers = {}
    if isinstance(error, InProgress) or error.http_status in _SECONDS:
        headers["Retry-After"] = str(error.fields.get("retry_after_seconds", _SECONDS.get(error.http_status, 1)))
    if error.http_status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="qingshou"'
    return problem(request, status=error.http_status, code=error.code, detail=error.message, headers=headers)
