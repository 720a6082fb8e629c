"""Where other systems report: answered before everything that is made for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

Respond = Callable[[HttpRequest], HttpResponse]

# addresses whose callers sign what they send: no session, no language, no user, no page
PREFIX = "/hooks/"


class PeersMiddleware:
    """Calls the view of a provider's report at once.

    A provider that reports a campaign comes by the hundred a second. What the middleware behind this one does for
    pages (session, language, forms, who signs in and whose rows he may see) costs more than half of a report's own
    work and says nothing of it: the signature does.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if not response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response
