"""What a page answers where a setting of the lender stands in the way: which one and who corrects it, in words."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingshou.edges.words import settings_words
from qingshou.interfaces.web.pages import error_page
from qingshou.kernel.lender_settings import SettingsUnfit

_log = logging.getLogger("qingshou.settings")


class UnfitSettingsMiddleware:
    """Turns what a view let pass into a page of the shell, or into a notice where only a part of a page was asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 503: nothing is done until the setting is corrected."""
        if not isinstance(error, SettingsUnfit):
            return None
        _log.error("a lender's setting cannot be used: %s", error.fields.get("key"))
        if "HX-Request" in request.headers:
            context = {"words": settings_words(error)}
            return render(request, "web/components/unfit_setting.html", context, status=error.http_status)
        return error_page(request, error.http_status, message=settings_words(error), code=error.code)
