"""Cursors: where a list goes on, opaque to the caller, signed, and good only for the list and filters it came from."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer

from qingshou.rest.errors import BadCursor
from qingshou.tenancy.context import current_tenant_id

Row = TypeVar("Row")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200

_WRITE: dict[type, tuple[str, Callable[[Any], str]]] = {
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    Decimal: ("n", str),
    UUID: ("u", str),
}
_READ: dict[str, Callable[[str], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "u": UUID,
}


def encode_cursor(*, listing: str, filters: Mapping[str, object], position: Sequence[object]) -> str:
    """Return the opaque cursor of the last row shown: its sort key, bound to listing, filters and lender."""
    values = [[_WRITE[type(v)][0], _WRITE[type(v)][1](v)] if type(v) in _WRITE else ["", v] for v in position]
    body = json.dumps(values, separators=(",", ":"), ensure_ascii=True).encode()
    signature = _signer(listing, filters).signature(body.decode())
    return base64.urlsafe_b64encode(signature.encode() + b"." + body).decode().rstrip("=")


def decode_cursor(*, listing: str, filters: Mapping[str, object], cursor: str | None) -> tuple[Any, ...] | None:
    """Return the sort key a cursor holds, or None for the first page.

    Stops   BadCursor  when it was not made by us for this very list, with these filters, for this lender
    """
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        signature, _, body = raw.partition(".")
        _signer(listing, filters).unsign(f"{body}:{signature}")
        return tuple(_READ[kind](value) if kind else value for kind, value in json.loads(body))
    except (BadSignature, binascii.Error, ValueError, KeyError, TypeError, InvalidOperation):
        raise BadCursor(
            "This cursor does not belong to this list with these filters: send the `next_cursor` of the page before, "
            "unchanged and with the same filters, or none to begin anew."
        ) from None


def page(
    rows: Sequence[Row],
    *,
    limit: int,
    listing: str,
    filters: Mapping[str, object],
    position: Callable[[Row], Sequence[object]],
) -> tuple[Sequence[Row], str | None]:
    """Return (rows to show, next cursor or None) from up to `limit` + 1 rows read."""
    if len(rows) <= limit:
        return rows, None
    shown = rows[:limit]
    return shown, encode_cursor(listing=listing, filters=filters, position=position(shown[-1]))


def _signer(listing: str, filters: Mapping[str, object]) -> Signer:
    bound = json.dumps([listing, str(current_tenant_id()), sorted((k, str(v)) for k, v in filters.items() if v)])
    return Signer(salt="cursor" + hashlib.sha256(bound.encode()).hexdigest())
