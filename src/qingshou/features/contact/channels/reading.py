"""What reports of all providers have in common: instants, keys, signatures, names of events."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from qingshou.features.contact.channels.base import BadReport, BadSignature, Unreachable

EVENT_REF_MAX = 120
# a report signed longer ago is refused: whoever recorded it may be sending it again
AGE_MAX_S = 300
# clocks differ
AHEAD_MAX_S = 60


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header whatever the case of its name, or an empty text."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def key_of(value: object) -> UUID | None:
    """Return our key out of what a provider returned, or None when it is not one of ours."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def event_ref(*parts: object) -> str:
    """Return the name of an event: as the provider gave it if that is one short text, else a hash of its parts."""
    text = str(parts[0]) if len(parts) == 1 else ""
    if text and len(text) <= EVENT_REF_MAX:
        return text
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def instant(text: object, *, zone: str = "") -> datetime:
    """Return an instant written as ISO 8601; without an offset it is taken to be in `zone`.

    Stops   BadReport when it is no instant, or has no offset and no zone is known
    """
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        raise BadReport("A time in the report cannot be read: ISO 8601 is expected.") from None
    if read.tzinfo is None:
        if not zone:
            raise BadReport("A time in the report has no offset from UTC.")
        read = read.replace(tzinfo=ZoneInfo(zone))
    return read


def json_body(body: bytes) -> Any:
    """Return the JSON of a report; stops with BadReport."""
    try:
        return json.loads(body)
    except ValueError:
        raise BadReport("The report is not JSON.") from None


def is_same(given: str, wanted: str) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode())


def check_age(timestamp: str, *, now: datetime, age_max_s: int = AGE_MAX_S) -> None:
    """Stop with BadSignature when a signed moment (seconds since 1970) is too old, or lies ahead."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature("The signed time is missing or is no number of seconds.")
    age = now.timestamp() - int(timestamp)
    if age > age_max_s or age < -AHEAD_MAX_S:
        raise BadSignature("The report was signed too long ago, or lies in the future.", age_max_s=age_max_s)


@contextmanager
def readable_answer(provider: str) -> Iterator[None]:
    """Turn what cannot be read in the answer to a question into Unreachable: it is to be asked again."""
    try:
        yield
    except BadReport:
        raise Unreachable(f"{provider} answered what cannot be read.", provider=provider) from None
