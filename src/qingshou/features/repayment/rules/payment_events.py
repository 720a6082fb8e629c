"""What a payment provider reports: one event in one form, signed. Pure: read, checked, never acted on here."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput, Forbidden
from qingshou.kernel.money import minor_digits, parse_amount

# a report signed longer ago is refused: whoever recorded it may be sending it again
AGE_MAX_S = 300
# clocks differ
AHEAD_MAX_S = 60
_NAME_MAX, _REFERENCE_MAX = 80, 40


class EventKind(StrEnum):
    """What happened to a payment."""

    PAID = "PAID"
    REVERSED = "REVERSED"  # the money was taken back from us: chargeback, return
    FAILED = "FAILED"  # it never came


class BadPaymentEvent(BadInput):
    """The report is not in the form."""

    code = "BAD_REPORT"


class BadPaymentSignature(Forbidden):
    """The report was not signed by the provider, or too long ago."""

    code = "BAD_SIGNATURE"


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One event. Each tells the whole payment, so that they may come in any order."""

    id: str
    kind: EventKind
    payment: str  # the provider's own id of the payment
    reference: str  # ours, under which the debtor paid
    amount: Decimal
    currency: str
    value_date: date


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body at a moment: HMAC-SHA256 in hexadecimal over `timestamp`, a dot, the body."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read_event(*, headers: Mapping[str, str], body: bytes, key: str, now: datetime) -> PaymentEvent:
    """Return the event of a delivery.

    Stops   BadPaymentSignature  not signed with the key, or not within five minutes of now
            BadPaymentEvent      not in the form
    """
    told = {name.lower(): value for name, value in headers.items()}
    timestamp = told.get("x-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadPaymentSignature("The report has no X-Timestamp in whole seconds.")
    age_s = now.timestamp() - int(timestamp)
    if not -AHEAD_MAX_S <= age_s <= AGE_MAX_S:
        raise BadPaymentSignature(
            "The report was signed at another time: sign it when it is sent, and check the clock."
        )
    given = told.get("x-signature", "").strip().lower()  # hexadecimal is written in either case
    if not hmac.compare_digest(given.encode(), signature(key, timestamp, body).encode()):
        raise BadPaymentSignature("The signature does not fit the report.")
    try:
        read = json.loads(body, parse_float=_no_float)
    except (ValueError, RecursionError):
        raise BadPaymentEvent("The report is not JSON, or an amount in it is not text.") from None
    if not isinstance(read, dict):
        raise BadPaymentEvent("The report must be one JSON object.")
    return _event(read)


def _event(read: Mapping[str, Any]) -> PaymentEvent:
    for name in ("id", "kind", "payment", "amount", "currency", "value_date"):
        if not isinstance(read.get(name), str) or not read[name]:
            raise BadPaymentEvent(f"`{name}` is missing or not text.", place=name)
    for name in ("id", "payment"):
        if len(read[name]) > _NAME_MAX or not read[name].isascii() or not read[name].isprintable():
            raise BadPaymentEvent(f"`{name}` has at most {_NAME_MAX} printable ASCII characters.", place=name)
    if read["kind"] not in set(EventKind):
        raise BadPaymentEvent(f"`kind` is one of {', '.join(EventKind)}.", place="kind")
    reference = read.get("reference", "")
    if not isinstance(reference, str) or len(reference) > _REFERENCE_MAX or not (reference.isprintable()):
        raise BadPaymentEvent(f"`reference` is text of at most {_REFERENCE_MAX} characters.", place="reference")
    try:
        minor_digits(read["currency"])
        amount, value_date = parse_amount(read["amount"]), parse_date(read["value_date"])
    except BadInput as error:
        raise BadPaymentEvent(error.message) from None
    return PaymentEvent(
        read["id"], EventKind(read["kind"]), read["payment"], reference, amount, read["currency"], value_date
    )  # fmt: skip


def _no_float(_text: str) -> float:
    raise ValueError("a number with a fraction: amounts are text")
