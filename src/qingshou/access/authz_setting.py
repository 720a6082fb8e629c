"""A lender with one user a role, in which the authorization table is walked; the caller rolls it back."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from qingshou.access.authz import ANONYMOUS
from qingshou.access.models import User
from qingshou.access.roles import Role
from qingshou.tenancy.context import using
from qingshou.tenancy.operations import create_tenant

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def role_clients() -> Callable[[], dict[str, Client]]:
    """Make the lender and its users; returns a maker of fresh, signed-in clients by column name."""
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    code = f"walk-{uuid4().hex[:12]}"
    tenant = create_tenant(code=code, name="Walked", now=made_at)
    with using(tenant.id):
        users = {role: User(username=f"{code}.{role.lower()}", display_name=role, role=role, joined_at=made_at)
                 for role in Role}  # fmt: skip
        password = make_password(uuid4().hex)
        for user in users.values():
            user.password = password
            user.save()

    def clients() -> dict[str, Client]:
        cache.clear()
        made = {ANONYMOUS: Client(raise_request_exception=False)}
        for role, user in users.items():
            made[role.value] = Client(raise_request_exception=False)
            with using(tenant.id):
                made[role.value].force_login(user, backend=_BACKEND)
        return made

    return clients
