"""Words of banks' files: what was refused and why, what is doubtful."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from qingshou.features.book.column_words import REASONS

FORMATS = {
    "CSV": "CSV",
    "XLSX": "XLSX",
    "CAMT052": "camt.052",
    "CAMT053": "camt.053",
    "CAMT054": "camt.054",
    "MT940": "MT940",
    "MT942": "MT942",
}
REJECTS = {
    **REASONS,  # a table is read by the book's own reader; what follows says it in a bank file's words
    "NOT_A_DATE": gettext_lazy(
        "This is no date, or may be one of two: send the file again and say which stands first, day or month."
    ),
    "IMPOSSIBLE_DATE": gettext_lazy("There is no such day."),
    "NOT_A_NUMBER": gettext_lazy("This is no amount."),
    "TOO_MANY_DECIMALS": gettext_lazy("The amount has more decimals than its currency allows."),
    "TOO_MANY_DIGITS": gettext_lazy("The amount is too large to be one."),
    "ZERO_AMOUNT": gettext_lazy("The amount is zero."),
    "NEGATIVE": gettext_lazy("The amount is below zero where it may not be."),
    "BOTH_SIDES": gettext_lazy("It is both money in and money out."),
    "REQUIRED_MISSING": gettext_lazy("A value is missing that must be there."),
    "UNMAPPED_VALUE": gettext_lazy("The mark for money in or out is unknown: name it in the bank's mapping."),
    "UNKNOWN_CURRENCY": gettext_lazy("The currency is unknown."),
    "WRONG_CURRENCY": gettext_lazy("The currency is not the account's."),
    "TOO_MANY_FIELDS": gettext_lazy("The line has more fields than the table has columns."),
    "BAD_ENCODING": gettext_lazy("The line holds characters that are none."),
    "NOT_STANDARD": gettext_lazy("The line does not follow its standard."),
    "FIELD_TOO_LONG": gettext_lazy("A field is longer than its standard allows."),
    "ENTRY_TOO_LARGE": gettext_lazy("The booking is larger than any booking."),
    "RECEIPT_DIFFERS": gettext_lazy("A file before told the same booking with another value date."),
    "REVERSAL_NAMES_NOTHING": gettext_lazy("The bank takes money back and does not say which: find and reverse it."),
    "REVERSAL_OF_UNKNOWN": gettext_lazy("The bank takes back a booking that no file of ours brought."),
    "REVERSAL_OF_SEVERAL": gettext_lazy("The bank takes back a booking, and several bear that number and amount."),
    "ALREADY_REVERSED": gettext_lazy("The booking taken back was reversed before, under another reference."),
    "PARTLY_REFUNDED": gettext_lazy("Part of the booking taken back was given back to the payer before."),
}
WARNINGS = {
    "BALANCE_DIFFERS": gettext_lazy("The lines do not lead from the opening to the closing balance."),
    "BALANCE_NOT_STATED": gettext_lazy("The bank stated no opening or no closing balance: nothing proves it is whole."),
    "ACCOUNT_NOT_STATED": gettext_lazy("The file does not say of which account it is."),
    "STATEMENT_REPEATED": gettext_lazy("A statement stands in the file twice; it was read once."),
    "REFERENCE_REPEATED": gettext_lazy("A booking stands in the file twice by the bank's own number."),
    "DETAILS_DIFFER": gettext_lazy("The details of a collective booking do not add up to its amount."),
    "DATE_AHEAD": gettext_lazy("The day of this booking lies more than a month ahead: ask the bank, or reverse it."),
    "TEXT_CUT": gettext_lazy("A text was longer than is kept."),
    "NUMBERS_SHORTENED": gettext_lazy(
        "A spreadsheet shortened long numbers here (6.22E+18): they were left out, as they no longer tell one payment "
        "or account from another. Take the bank's own file, not one saved by Excel."
    ),
}
_HEAVY = gettext_lazy("Reading the file takes more than any sound statement needs: ask the bank for a file a day.")
# what stops a whole file
REFUSED = {
    "EMPTY": gettext_lazy("The file is empty."),
    "KIND": gettext_lazy(
        "This kind of file is not taken: send CSV, XLSX, camt.052 to camt.054, MT940 or MT942, also .gz or .zip."
    ),
    "UNKNOWN_FORMAT": gettext_lazy("This is no statement: give CSV, XLSX, camt.052 to camt.054, MT940 or MT942."),
    "OLD_EXCEL": gettext_lazy("This is an old or encrypted Excel file: save it as .xlsx or CSV."),
    "TOO_LARGE": gettext_lazy("The file is larger than any statement: ask the bank for a file a day."),
    "TOO_MANY_ROWS": gettext_lazy("The file has too many rows: ask the bank for a file a day."),
    "NO_COLUMNS": gettext_lazy("The table has no column known as a day or none known as an amount."),
    "CURRENCY_UNKNOWN": gettext_lazy("The table does not say in which currency it is: choose one below."),
    "BAD_CURRENCY": gettext_lazy("This is no currency: three capital letters."),
    "TOO_MUCH_MEMORY": _HEAVY,
    "TOO_SLOW": _HEAVY,
    "PARSER_FAILED": _HEAVY,
    "BROKEN_ZIP": gettext_lazy("The zip is broken: have it sent anew."),
    "BOMB": gettext_lazy("The file unpacks to more than any delivery of statements: it was not read."),
    "ENCRYPTED": gettext_lazy("The zip is locked: send it without a password."),
    "NESTED": gettext_lazy("The zip holds another archive: send the files in it."),
    "BROKEN_GZIP": gettext_lazy("The packed file is broken: have it sent anew."),
    "WRONG_MESSAGE": gettext_lazy("The XML is no camt.052, camt.053 or camt.054."),
    "XML_BROKEN": gettext_lazy("The XML is broken: have it sent anew."),
    "XML_FORBIDDEN": gettext_lazy("The XML holds what no bank writes: it was not read."),
    "TOO_DEEP": gettext_lazy("The XML holds what no bank writes: it was not read."),
}
# columns of a table as its mapping names them; places of other formats are shown as they are
PLACES = {
    "booked_date": gettext_lazy("Booking date"),
    "value_date": gettext_lazy("Value date"),
    "amount": gettext_lazy("Amount"),
    "credit": gettext_lazy("Money in"),
    "debit": gettext_lazy("Money out"),
    "mark": gettext_lazy("Mark for in or out"),
    "balance": gettext_lazy("Balance after it"),
    "currency": gettext_lazy("Currency"),
    "account": gettext_lazy("Our account"),
    "payer_name": gettext_lazy("Payer"),
    "payer_account": gettext_lazy("Payer's account"),
    "remittance": gettext_lazy("Payer's words"),
    "bank_ref": gettext_lazy("Bank's number"),
    "reverses_ref": gettext_lazy("Number of what is taken back"),
}
ROWS = {
    "read": pgettext_lazy("rows", "Read"),
    "accepted": pgettext_lazy("rows", "Receipts"),
    "duplicate": pgettext_lazy("rows", "Known already"),
    "no_credit": pgettext_lazy("rows", "No money in"),
    "rejected": pgettext_lazy("rows", "Refused"),
}


def refused_words(why: str, message: str) -> str:
    """Return why a whole file was not read."""
    return str(REFUSED.get(why, message))


def warning_words(warning: Mapping[str, Any]) -> str:
    """Return what is doubtful, with the difference and the currency it is of, where there is one."""
    said = str(WARNINGS.get(warning["code"], warning["code"]))
    fields = warning.get("fields", {})
    told = " ".join(str(fields[name]) for name in ("difference", "currency") if fields.get(name))
    return f"{said} ({told})" if told else said
