"""Who works for whom in this request: opens the lender's rows for a signed-in user and for nobody else."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, get_resolver, resolve, reverse
from django.utils import timezone, translation

from qingshou.access.roles import SUPERVISING
from qingshou.access.sign_in_record import BEGUN, SEEN, after_response
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import using

Respond = Callable[[HttpRequest], HttpResponse]

IDLE_SECONDS_MAX = 30 * 60
SESSION_SECONDS_MAX = 12 * 3600
# noting every request would make each read a write
_SEEN_NOTED_EVERY_SECONDS = 60

# pages that stay open to who must first change a password or add a second factor
_ALWAYS = frozenset({"account_logout", "account_reauthenticate", "mfa_reauthenticate", "set_language"})
_TO_CHANGE_PASSWORD = _ALWAYS | {"account_change_password", "account_set_password"}
_TO_ADD_FACTOR = _TO_CHANGE_PASSWORD | {
    "mfa_activate_totp", "mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}  # fmt: skip


class SignInScopeMiddleware:
    """Lets the session find its user, and the sign-in pages find a user by name; no lender's rows beyond that."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with using(None, scope="sign-in"):
            response = self.get_response(request)
        after_response(request, response)
        return response


class TenantMiddleware:
    """Puts the user's lender in force for the rest of the request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            with using(user.tenant_id):
                return self.get_response(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a query or operation hides or refuses as the page of its status, wherever a view let it pass."""
        if not isinstance(error, QingshouError) or error.http_status not in (403, 404):
            return None
        answer: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(error.http_status)
        return answer(request, exception=error)


class SessionRulesMiddleware:
    """Ends sessions left alone or too old; leads who must first change a password or add a second factor there."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if _is_over(request):
                logout(request)
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            due = _due_first(request)
            if due:
                return HttpResponseRedirect(reverse(due))
        return self.get_response(request)


def _is_over(request: HttpRequest) -> bool:
    """Whether the session is past its limits; notes that it was seen."""
    now = int(timezone.now().timestamp())  # noqa: TID251  an edge has the clock
    begun, seen = request.session.get(BEGUN), request.session.get(SEEN)
    if begun is None or seen is None:
        return True  # not begun by a sign-in of ours
    if now - begun >= SESSION_SECONDS_MAX or now - seen >= IDLE_SECONDS_MAX:
        return True
    if now - seen >= _SEEN_NOTED_EVERY_SECONDS:
        request.session[SEEN] = now
    return False


def _due_first(request: HttpRequest) -> str:
    """Return the page this user must see to first, or nothing."""
    user = request.user
    if user.must_change_password:
        return "" if _route(request) in _TO_CHANGE_PASSWORD else "account_change_password"
    if settings.QINGSHOU_REQUIRE_SECOND_FACTOR and user.role in SUPERVISING and _route(request) not in _TO_ADD_FACTOR:
        return "" if is_mfa_enabled(user) else "mfa_activate_totp"
    return ""


def _route(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
