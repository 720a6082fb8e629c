"""Idempotency keys by Stripe's rules: the same request sent again gets the same reply, and its effect happens once.

The key is held by a PostgreSQL lock of the very transaction that makes the effect and writes the key's row. A process
that dies takes its lock with it at once; one that hangs is cut off by the server after the lease. So a key can never
stick, and there is no moment at which the effect is there and the key is not.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from qingshou.rest.errors import BadIdempotencyKey, InProgress, KeyReused
from qingshou.rest.models import IdempotencyKey
from qingshou.rest.principal import Principal
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.reading import Reading, Rows, read_together

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LEASE_SECONDS = 60
KEPT = timedelta(days=7)
# Nothing was done and the next try may end otherwise: such a reply is not held against the key.
_PASSING = frozenset({401, 403, 429})

Respond = Callable[[], HttpResponse]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a key: the request it was used for, and the reply it got."""

    method: str
    path: str
    body_hash: str
    status: int
    content_type: str
    location: str
    body: bytes
    created_at: datetime


def answer_once(
    *, request: HttpRequest, principal: Principal, now: datetime, respond: Respond, began: Callable[[], bool]
) -> HttpResponse:
    """Return the reply kept for the request's key, or make it, keeping it in the transaction of the effect.

    Takes   respond  makes the reply; writes inside the transaction opened here
            began    whether the endpoint was reached; what failed before (validation) is not kept, as with Stripe
    Stops   BadIdempotencyKey, KeyReused (other method, path or body), InProgress (the same key is being worked on)
    """
    key = request.headers[HEADER]
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise BadIdempotencyKey(f"The {HEADER} must be 1 to 255 printable ASCII characters: a UUID will do.")
    sent = (request.method or "", request.path, body_hash(request))
    with transaction.atomic():
        kept = _hold(principal, key)
        if kept is not None and kept.created_at < now - KEPT:
            IdempotencyKey.objects.filter(principal=principal.key, key=key).delete()
            kept = None
        if kept is not None:
            return _replay(kept, sent)
        with transaction.atomic():
            reply = respond()
            if reply.status_code >= 400:
                transaction.set_rollback(True)
        if began() and reply.status_code < 500 and reply.status_code not in _PASSING and "Retry-After" not in reply:
            _keep(principal, key, sent, reply, now)
    return reply


def body_hash(request: HttpRequest) -> str:
    """Return the hash of what was sent; of a form its fields and files, since the boundary differs at every sending."""
    digest = hashlib.sha256()
    if request.content_type == "multipart/form-data":
        for name in sorted(request.POST):
            for value in request.POST.getlist(name):
                _add(digest, b"field", name.encode(), value.encode())
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                content = hashlib.sha256()
                for chunk in file.chunks():
                    content.update(chunk)
                file.seek(0)
                _add(digest, b"file", name.encode(), (file.name or "").encode(), content.digest())
    else:
        _add(digest, (request.content_type or "").encode(), request.body)
    _add(digest, request.META.get("QUERY_STRING", "").encode())
    return digest.hexdigest()


def forget_old_keys(*, now: datetime) -> int:
    """Delete the keys nobody will send again; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _add(digest: "hashlib._Hash", *parts: bytes) -> None:
    for part in parts:  # each with its length, so that no two requests run together to the same bytes
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)


# The lease: a worker that hangs between statements loses the connection, and with it the key.
_HOLD = """
SELECT pg_try_advisory_xact_lock(%(number)s), set_config('idle_in_transaction_session_timeout', %(lease)s, true)
"""
# asked after the lock is held, in the same exchange: it sees what whoever held it before has committed
_KEPT = """
SELECT method, path, body_hash, status, content_type, location, body, created_at FROM rest_idempotencykey
WHERE tenant_id = %(tenant)s AND principal = %(principal)s AND key = %(key)s
"""
_KEEP = """
INSERT INTO rest_idempotencykey (tenant_id, principal, key, method, path, body_hash, status, content_type, location,
    body, created_at)
VALUES (%(tenant)s, %(principal)s, %(key)s, %(method)s, %(path)s, %(body_hash)s, %(status)s, %(content_type)s,
    %(location)s, %(body)s, %(now)s)
"""


def _hold(principal: Principal, key: str) -> Kept | None:
    """Hold the key until the transaction ends; returns what is kept under it."""
    tenant = current_tenant_id()
    name = "\x1f".join(("idempotency", str(tenant), principal.key, key)).encode()
    number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
    is_held, kept = read_together(
        Reading(_HOLD, {"number": number, "lease": f"{LEASE_SECONDS}s"}, lambda rows: rows[0][0]),
        Reading(_KEPT, {"tenant": tenant, "principal": principal.key, "key": key}, _kept),
    )
    if not is_held:
        raise InProgress(
            "A request with this Idempotency-Key is being worked on: wait a second, then send it again unchanged.",
            retry_after_seconds=InProgress.retry_after_seconds,
        )
    return kept


def _kept(rows: Rows) -> Kept | None:
    return Kept(*rows[0]) if rows else None


def _replay(kept: Kept, sent: tuple[str, str, str]) -> HttpResponse:
    if (kept.method, kept.path, kept.body_hash) != sent:
        raise KeyReused(
            "This Idempotency-Key was used for a different request (method, path or body): "
            "use a new key for a new request."
        )
    reply = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    if kept.location:
        reply["Location"] = kept.location
    reply[REPLAYED] = "true"
    return reply


def _keep(principal: Principal, key: str, sent: tuple[str, str, str], reply: HttpResponse, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "tenant": current_tenant_id(), "principal": principal.key, "key": key, "method": sent[0],
                "path": sent[1], "body_hash": sent[2], "status": reply.status_code,
                "content_type": reply["Content-Type"], "location": reply.get("Location", ""), "body": reply.content,
                "now": now,
            },
        )  # fmt: skip
