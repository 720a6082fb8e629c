"""What we change in allauth's sign-in: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of the lender."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
