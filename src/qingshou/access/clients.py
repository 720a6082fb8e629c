"""API clients: the principal a token stands for, and how a token is known."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import rules

from qingshou.access.models import ApiClient
from qingshou.access.scopes import opened_by
from qingshou.tenancy.context import using

# "qs_" + public prefix (finds the row) + "_" + secret; only the secret's hash is kept
_TOKEN = re.compile(r"qs_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
# noting every use would make each read a write
_USE_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ApiPrincipal:
    """Who a token stands for: asked for permissions like a user."""

    id: UUID
    tenant_id: UUID
    name: str
    role: str
    scopes: frozenset[str]
    team_id: UUID | None = None
    is_active: bool = True
    is_authenticated: bool = True
    actor_kind: str = "CLIENT"

    def get_username(self) -> str:
        return self.name

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Whether the scopes open the permission and the role has it."""
        return permission in opened_by(self.scopes) and bool(rules.has_perm(permission, self, obj))


def make_token() -> tuple[str, str, str]:
    """Return a new token, its public prefix and the hash that is kept."""
    prefix = "".join(secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
    secret = secrets.token_urlsafe(32)
    return f"qs_{prefix}_{secret}", prefix, token_hash(secret)


def token_hash(secret: str) -> str:
    """Return what is kept of a token's secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def authenticate_token(raw: str, *, now: datetime) -> ApiPrincipal | None:
    """Return whom a token stands for, or None: unknown, expired and revoked tokens answer alike.

    Works before a lender is known; the caller then opens the work with `tenancy.context.using(principal.tenant_id)`.
    """
    match = _TOKEN.fullmatch(raw.strip())
    prefix, secret = match.groups() if match else ("", "")
    with using(None, scope="sign-in"):
        client = ApiClient.objects.filter(prefix=prefix).first()
    kept = client.secret_hash if client else "0" * 64
    if not hmac.compare_digest(kept, token_hash(secret)) or client is None:
        return None
    if client.revoked_at is not None or client.expires_at <= now:
        return None
    if client.last_used_at is None or now - client.last_used_at > _USE_NOTED_EVERY:
        with using(client.tenant_id):
            ApiClient.objects.filter(id=client.id).update(last_used_at=now)
    return ApiPrincipal(client.id, client.tenant_id, client.name, client.role, frozenset(client.scopes))
