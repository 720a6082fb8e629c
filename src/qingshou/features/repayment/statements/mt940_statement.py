"""SWIFT MT940 and MT942, the statement and the report within the day: field by field: a bad booking costs no other."""

import re
from pathlib import Path

from qingshou.features.repayment.statements.drafts import Draft, Reading, fitted, is_currency, own_account
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.mt940_details import Details, read_details
from qingshou.features.repayment.statements.mt940_fields import Field, statements_of
from qingshou.features.repayment.statements.mt940_tags import Booking, read_balance, read_booking
from qingshou.features.repayment.statements.texts import clean

_REFERENCE_CHARS_MAX = 35
# Some banks write the currency behind the number of the account.
_CURRENCY_BEHIND = re.compile(r"\s+[A-Z]{3}$", re.ASCII)


def read_mt940(path: Path) -> Reading:
    """Read an MT940 or MT942 file; a report within the day is known by its limits (:34F:), and need not hold a booking.

    Stops   StatementRefused  it holds no balance and no booking
    """
    reading = Reading()
    for fields in statements_of(path):
        _take_statement(fields, reading)
    if (
        not reading.is_interim
        and not reading.rows
        and all(draft.opening is None and draft.closing is None for draft in reading.statements)
    ):
        raise StatementRefused(
            "The file holds no balance and no booking of an MT940 statement: give the bank's own file.", why="EMPTY"
        )
    return reading


def _take_statement(fields: list[Field], reading: Reading) -> None:
    draft = Draft(line_no=fields[0].line_no)
    reading.statements.append(draft)
    numbers = []
    for place, one in enumerate(fields):
        tag = one.tag[:2]
        if tag in ("20", "28"):
            numbers.append(clean(one.text, _REFERENCE_CHARS_MAX)[0])
        elif tag == "25":
            draft.account = own_account(_CURRENCY_BEHIND.sub("", one.text.split("\n", 1)[0]))
        elif tag == "34":
            _take_limit(one, draft, reading)
        elif tag in ("60", "62"):
            _take_balance(one, draft, reading)
        elif tag == "61":
            reading.count_row()
            told = fields[place + 1] if place + 1 < len(fields) and fields[place + 1].tag == "86" else None
            _take_booking(one, told, draft, reading)
    draft.statement_ref = " ".join(numbers)


def _take_balance(one: Field, draft: Draft, reading: Reading) -> None:
    read = read_balance(one.text)
    if isinstance(read, str):
        reading.reject(one.line_no, f":{one.tag}:", read)
        return
    amount, currency = read
    fit = fitted(amount, currency)
    if isinstance(fit, str) or (draft.currency and currency != draft.currency):
        reading.reject(one.line_no, f":{one.tag}:", fit if isinstance(fit, str) else "WRONG_CURRENCY")
        return
    draft.currency = currency
    if one.tag.startswith("60"):
        draft.opening = fit
    else:
        draft.closing = fit


def _take_limit(one: Field, draft: Draft, reading: Reading) -> None:
    """Take the currency from the limit below which a report within the day tells of no booking; it has no balances."""
    reading.is_interim, draft.states_balances = True, False
    if not draft.currency and is_currency(one.text[:3]):
        draft.currency = one.text[:3]


def _take_booking(one: Field, told: Field | None, draft: Draft, reading: Reading) -> None:
    if not is_currency(draft.currency):
        # the currency stands in the opening balance alone, or in the limit of a report within the day
        reading.reject(one.line_no, ":61:", "UNKNOWN_CURRENCY")
        return
    booking = read_booking(one.text)
    if isinstance(booking, str):
        reading.reject(one.line_no, ":61:", booking)
        return
    amount = fitted(booking.amount, draft.currency)
    broken = one.is_too_long or (told is not None and told.is_too_long)
    garbled = "\ufffd" in one.text or (told is not None and "\ufffd" in told.text)
    why = "BAD_ENCODING" if garbled else "FIELD_TOO_LONG" if broken else amount if isinstance(amount, str) else ""
    if isinstance(amount, str) or why or amount == 0:
        reading.reject(one.line_no, ":61:", why or "ZERO_AMOUNT")
        return
    details = read_details(told.lines) if told is not None else Details()
    draft.lines.append(
        reading.draw(
            line_no=one.line_no,
            account=draft.account,
            currency=draft.currency,
            amount=amount,
            value_date=booking.value_date,
            booked_date=booking.booked_date,
            is_reversal=booking.is_reversal,
            payer_account=details.payer_account,
            payer_name=details.payer_name,
            remittance=details.remittance or booking.extra,
            bank_ref=booking.bank_ref,
            end_to_end_ref=details.end_to_end_ref or booking.customer_ref,
            reverses_ref=_taken_back(booking, details),
        )
    )


def _taken_back(booking: Booking, details: Details) -> str:
    """Return what a reversal gives to find the first booking by: the references of the payment."""
    return (details.end_to_end_ref or booking.customer_ref) if booking.is_reversal else ""
