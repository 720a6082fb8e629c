"""API clients: the principal a token stands for, and how a token is known."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import rules

from qingshou.access.models import ApiClient
from qingshou.access.scopes import opened_by
from qingshou.tenancy.context import using_found

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


_BY_PREFIX = """
SELECT tenant_id, id, name, role, scopes, team_id, secret_hash, expires_at, revoked_at, last_used_at
FROM access_apiclient WHERE prefix = %(prefix)s
"""


@contextmanager
def using_token(raw: str, *, now: datetime) -> Iterator[ApiPrincipal | None]:
    """Work inside the block for the lender of whom a token stands for; None: nobody, and no lender is in force.

    Unknown, expired and revoked tokens answer alike. Works before a lender is known.
    """
    match = _TOKEN.fullmatch(raw.strip())
    prefix, secret = match.groups() if match else ("", "")
    hashed = token_hash(secret)
    with using_found(
        _BY_PREFIX, {"prefix": prefix}, scope="sign-in", judge=lambda row: _known(row, hashed, now)
    ) as row:
        if row is None:
            yield None
            return
        tenant_id, client_id, name, role, scopes, team_id, *_, last_used_at = row
        if last_used_at is None or now - last_used_at > _USE_NOTED_EVERY:
            ApiClient.objects.filter(id=client_id).update(last_used_at=now)
        yield ApiPrincipal(client_id, tenant_id, name, role, frozenset(json.loads(scopes)), team_id)


def _known(row: tuple[Any, ...], hashed: str, now: datetime) -> tuple[Any, ...] | None:
    """Return the client's row if the secret is its own and the token holds."""
    kept, expires_at, revoked_at = row[6:9]
    is_right = hmac.compare_digest(kept, hashed)
    return row if is_right and revoked_at is None and expires_at > now else None
