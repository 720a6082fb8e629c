"""The bytes that are hashed: every field with its length, times in whole microseconds UTC, facts as sorted JSON.

Nothing is left to a library's taste: what is stored is what was hashed, so a chain verifies bit for bit years later.
docs/algorithms/audit-chain.md gives the layout with a worked example.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from qingshou.kernel.errors import BadInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GENESIS = b"qingshou audit chain 1"
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class UnfitFact(BadInput):
    """A fact of an event has a type with no one spelling (a float, an object)."""

    code = "UNFIT_AUDIT_FACT"


def canonical_facts(facts: Mapping[str, object]) -> str:
    """Return facts as the one JSON text they have: keys sorted, no spaces, money and dates as text.

    Stops   UnfitFact  a value is a float, or of a type with no fixed spelling
    """
    try:
        text = _JSON.encode(_plain(facts))
        text.encode()
    except UnicodeEncodeError:
        raise UnfitFact("A fact of an event is not valid text: remove the broken characters.") from None
    return text


_AS_IT_IS = frozenset({str, int, bool, type(None)})
_SPELLED: dict[type, Callable[[Any], str]] = {
    Decimal: lambda value: format(value, "f"),
    date: date.isoformat,
    UUID: str,
}


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _AS_IT_IS:  # the usual types at once, whatever else (a subclass, a list) by the rules below
        return value
    if kind in _SPELLED:
        return _SPELLED[kind](value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, (date, UUID)):
        return str(value)
    raise UnfitFact(
        f"A fact of an event has type {type(value).__name__}, which has no one spelling: "
        "give text, a whole number, a Decimal, a date or a list of these."
    )


def microseconds(instant: datetime) -> int:
    """Return whole microseconds since 1970, exactly (no float on the way)."""
    delta = instant - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def genesis_hash(tenant_id: UUID, subject_kind: str, subject_id: UUID) -> bytes:
    """Return what the first event of a chain is chained to: its lender and subject."""
    return hashlib.sha256(_joined(_GENESIS, tenant_id.bytes, subject_kind.encode(), subject_id.bytes)).digest()


def event_hash(
    *,
    prev_hash: bytes,
    seq: int,
    at: datetime,
    actor_kind: str,
    actor_name: str,
    actor_id: UUID | None,
    action: str,
    facts: str,
    rule: str,
    law: str,
    document_hash: str,
) -> bytes:
    """Return the hash of one event, over the hash before it and all that is said in it."""
    return hashlib.sha256(
        _joined(
            prev_hash,
            seq.to_bytes(8, "big"),
            microseconds(at).to_bytes(8, "big", signed=True),
            actor_kind.encode(),
            actor_name.encode(),
            actor_id.bytes if actor_id else b"",
            action.encode(),
            facts.encode(),
            rule.encode(),
            law.encode(),
            document_hash.encode(),
        )
    ).digest()


def commitment(*, salt: bytes, name: str, text: str) -> str:
    """Return what stands in an event for a personal fact: proof of it while the salt is kept, nothing afterwards."""
    return hashlib.sha256(_joined(b"qingshou commitment 1", salt, name.encode(), text.encode())).hexdigest()


class RootHash:
    """The root of one anchor, fed chain by chain in order of head."""

    def __init__(self, prev_root: bytes, on_date: date) -> None:
        self._digest = hashlib.sha256(_joined(b"qingshou anchor 1", prev_root, on_date.isoformat().encode()))

    def add(self, head: int, seq: int, event: bytes) -> None:
        """Add how far one chain had grown, and the hash of its last event."""
        self._digest.update(head.to_bytes(8, "big") + seq.to_bytes(8, "big") + event)

    def digest(self) -> bytes:
        """Return the root."""
        return self._digest.digest()


def _joined(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
