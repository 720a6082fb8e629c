"""Pages of no feature: where one lands, and what is shown when something is refused or fails."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qingshou.access.guards import Refused, is_allowed
from qingshou.access.phrases import PERMISSIONS
from qingshou.edges import words
from qingshou.interfaces.web.navigation import ENTRIES


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send the person to the first page their role lives on."""
    first = next((entry for entry in ENTRIES if is_allowed(request, entry.permission)), None)
    return redirect(first.url_name) if first else render(request, "web/nothing_yet.html")


def error_page(request: HttpRequest, status: int, *, message: str = "", code: str = "") -> HttpResponse:
    """Return the shell's page for a refusal or fault; `message` takes the place of the general advice."""
    title, advice = words.ERRORS.get(status, words.ERRORS[400 if status < 500 else 500])
    context: dict[str, Any] = {"status": status, "title": title, "advice": message or advice, "code": code}
    name = "web/error.html" if _has_shell(request) and status != 500 else "web/error_plain.html"
    return render(request, name, context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 400."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the reason where one is given: what the role may not do, in words."""
    named = PERMISSIONS.get(str(exception.fields.get("permission"))) if isinstance(exception, Refused) else None
    if named is None:
        return error_page(request, 403, message=_(str(exception)) if str(exception) else "")
    message = _("Your role may not do this: %(act)s. Ask an administrator if your work needs it.") % {"act": named}
    return error_page(request, 403, message=message)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404; a page that is not there and one that is not theirs look the same."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching anything that may be what failed."""
    return render(
        request,
        "web/error_plain.html",
        {"status": 500, "title": words.ERRORS[500][0], "advice": words.ERRORS[500][1], "LANGUAGE_CODE": get_language()},
        status=500,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form whose secret is stale or missing."""
    return error_page(request, 403, message=str(words.STALE_FORM))


def _has_shell(request: HttpRequest) -> bool:
    return bool(getattr(request, "user", None) and request.user.is_authenticated)
