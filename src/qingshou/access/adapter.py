"""What we change in allauth's sign-in: nobody signs up, nobody is helped to guess, first passwords die."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access.sign_in_record import note_failure


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of the lender."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        # allauth's key holds the host name, so that each name we answer to would give five more guesses
        return str(credentials.get("username", "")).strip().lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_failure(request, str(credentials.get("username", "")), "SIGN_IN_LOCKED")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(request, str(credentials.get("username", "")), "SIGN_IN_FAILED")

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        """Refuse a first password that was not used in time."""
        refused = super().pre_login(request, user, **options)
        until = user.temporary_password_until
        if refused is None and until is not None and until <= timezone.now():  # noqa: TID251  an edge has the clock
            messages.error(request, _("This first password is no longer valid. Ask an administrator for a new one."))
            return HttpResponseRedirect(reverse("account_login"))
        return refused
