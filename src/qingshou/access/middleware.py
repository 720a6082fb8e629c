"""Who works for whom in this request: opens the lender's rows for a signed-in user and for nobody else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from qingshou.tenancy.context import using

Respond = Callable[[HttpRequest], HttpResponse]


class SignInScopeMiddleware:
    """Lets the session find its user, and the sign-in pages find a user by name; no lender's rows beyond that."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with using(None, scope="sign-in"):
            return self.get_response(request)


class TenantMiddleware:
    """Puts the user's lender in force for the rest of the request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            if user.language and "qingshou_language" not in request.COOKIES:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            with using(user.tenant_id):
                return self.get_response(request)
        return self.get_response(request)
