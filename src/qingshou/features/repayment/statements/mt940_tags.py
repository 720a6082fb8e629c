"""The tags of MT940 that hold amounts, read by the library and only where it reads them rightly.

The library takes any digit for a digit, cuts an amount after fifteen characters and goes on with the rest as text,
and writes what it cannot read into the log, a payer's name included. So a field is held against the standard's own form
first, and its log is shut.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import mt940

from qingshou.features.repayment.statements.identity import real_reference

logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

_AMOUNT = r"(?=[0-9,]{1,15}(?![0-9,]))[0-9]+(?:,[0-9]*)?"
_BOOKING = re.compile(rf"[0-9]{{6}}(?:[0-9]{{4}}|\s{{4}})?R?[DC][A-Z]?[\n ]?{_AMOUNT}", re.ASCII | re.IGNORECASE)
_BALANCE = re.compile(rf"[DC][0-9]{{6}}[A-Z]{{3}}{_AMOUNT}\s*", re.ASCII)
_OPTIONS = mt940.Options.all()
_STATEMENT = mt940.tags.Statement()
# References longer than the standard's sixteen characters, as banks of the Atruvia group send them.
_LONG_REFERENCE = mt940.tags.StatementGLS()
_OPENING = mt940.tags.FinalOpeningBalance()


@dataclass(frozen=True, slots=True)
class Booking:
    """What one :61: says."""

    value_date: date
    booked_date: date
    amount: Decimal
    is_reversal: bool
    customer_ref: str
    bank_ref: str
    extra: str


def read_booking(text: str) -> Booking | str:
    """Return what a :61: says, or the code saying why it cannot be read."""
    if not _BOOKING.match(text):
        return "NOT_STANDARD"
    collection = mt940.models.Transactions(options=_OPTIONS)
    tag = _LONG_REFERENCE if re.search(r"//", text.split("\n", 1)[0]) else _STATEMENT
    try:
        found = tag(collection, tag.parse(collection, text))
    except ValueError:
        return "IMPOSSIBLE_DATE"  # its digits are digits and its amount is one: see above
    except (RuntimeError, InvalidOperation):
        return "NOT_STANDARD"
    value_date = _plain(found["date"])
    entry_date = found.get("entry_date")
    amount = getattr(found["amount"], "amount", None)
    if value_date is None or not isinstance(amount, Decimal):
        return "NOT_STANDARD"
    return Booking(
        value_date=value_date,
        booked_date=_plain(entry_date) or value_date,
        amount=amount,
        is_reversal=str(found["status"]).upper().startswith("R"),
        customer_ref=real_reference(str(found.get("customer_reference") or "").strip()),
        bank_ref=real_reference(str(found.get("bank_reference") or "").strip()),
        extra=str(found.get("extra_details") or "").strip(),
    )


def read_balance(text: str) -> tuple[Decimal, str] | str:
    """Return a balance and its currency, or the code saying why it cannot be read."""
    first = text.split("\n", 1)[0]
    if not _BALANCE.fullmatch(first):
        return "NOT_STANDARD"
    collection = mt940.models.Transactions(options=_OPTIONS)
    try:
        found = _OPENING(collection, _OPENING.parse(collection, first))
    except (RuntimeError, ValueError, InvalidOperation):
        return "NOT_STANDARD"
    balance = found[_OPENING.slug]
    amount = getattr(balance, "amount", None)
    return (amount.amount, str(amount.currency)) if amount is not None else "NOT_STANDARD"


def _plain(day: object) -> date | None:
    """Return a plain date for the library's own kind."""
    return date(day.year, day.month, day.day) if isinstance(day, date) else None
