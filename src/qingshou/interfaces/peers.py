"""Where other systems call: answered before everything that is made for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import Resolver404, resolve

Respond = Callable[[HttpRequest], HttpResponse]

# addresses whose callers sign what they send: no session, no language, no user, no page
HOOKS = "/hooks/"
# where a call with a token says by it who calls, and with a session by that
API = "/api/"


class PeersMiddleware:
    """Calls the view of a provider's report, and of a call of the interface that bears a token, at once.

    A provider that reports a campaign, or a bank's system that tells of payments, comes by the hundred a second. What
    the middleware behind this one does for pages (session, forms, who signs in and whose rows he may see) costs a good
    part of the work itself and says nothing of it: the signature or the token does.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.in_their_language = LocaleMiddleware(_answer)  # the interface's words follow Accept-Language

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_call = request.path_info.startswith(API) and "Authorization" in request.headers
        if not (is_call or request.path_info.startswith(HOOKS)):
            return self.get_response(request)
        try:
            request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # an address that is not ours is refused here too
        return self.in_their_language(request) if is_call else _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)  # type: ignore[union-attr]
    if not response.streaming and not response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    return response
