"""Why a row is refused: stable codes, each with a sentence saying what is wrong and what to do."""

from enum import StrEnum


class Reason(StrEnum):
    """Codes stored in quarantine and shown by phrases; never renamed, never reused."""

    TOO_FEW_FIELDS = "TOO_FEW_FIELDS"
    TOO_MANY_FIELDS = "TOO_MANY_FIELDS"
    BAD_QUOTES = "BAD_QUOTES"
    LINE_TOO_LONG = "LINE_TOO_LONG"
    FIELD_TOO_LONG = "FIELD_TOO_LONG"
    BAD_ENCODING = "BAD_ENCODING"
    FORMULA_WITHOUT_VALUE = "FORMULA_WITHOUT_VALUE"
    FORMULA_REFUSED = "FORMULA_REFUSED"
    CELL_ERROR = "CELL_ERROR"
    REQUIRED_MISSING = "REQUIRED_MISSING"
    NUL_CHARACTER = "NUL_CHARACTER"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    HIDDEN_CHARACTER = "HIDDEN_CHARACTER"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    PATTERN_NOT_FOUND = "PATTERN_NOT_FOUND"
    UNMAPPED_VALUE = "UNMAPPED_VALUE"
    NOT_ALLOWED = "NOT_ALLOWED"
    UNKNOWN_CURRENCY = "UNKNOWN_CURRENCY"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    NOT_FINITE = "NOT_FINITE"
    EXPONENT = "EXPONENT"
    FOREIGN_DIGITS = "FOREIGN_DIGITS"
    TOO_MANY_DIGITS = "TOO_MANY_DIGITS"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    NOT_A_WHOLE_NUMBER = "NOT_A_WHOLE_NUMBER"
    NEGATIVE = "NEGATIVE"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    NOT_A_YES_NO = "NOT_A_YES_NO"
    NOT_A_DATE = "NOT_A_DATE"
    IMPOSSIBLE_DATE = "IMPOSSIBLE_DATE"
    FUTURE_DATE = "FUTURE_DATE"
    DATE_ORDER = "DATE_ORDER"
    PARTS_DO_NOT_ADD_UP = "PARTS_DO_NOT_ADD_UP"
    CONFLICTING_DUPLICATE = "CONFLICTING_DUPLICATE"
    CONFLICTS_WITH_LAKE = "CONFLICTS_WITH_LAKE"
    LOAN_HELD_BACK = "LOAN_HELD_BACK"
    DUPLICATE_ROW = "DUPLICATE_ROW"
    ALREADY_IMPORTED = "ALREADY_IMPORTED"


# Rows with these codes say nothing new: they are counted as duplicates, not as rejected.
DUPLICATES = frozenset({Reason.DUPLICATE_ROW, Reason.ALREADY_IMPORTED})

SENTENCES: dict[Reason, str] = {
    Reason.TOO_FEW_FIELDS: "The line has fewer fields than the header: a delimiter is missing.",
    Reason.TOO_MANY_FIELDS: "The line has more fields than the header: put text with the delimiter in quotes.",
    Reason.BAD_QUOTES: "A quoted field is not closed properly: close it, and double quotes inside it.",
    Reason.LINE_TOO_LONG: "The line is longer than 1,048,576 characters.",
    Reason.FIELD_TOO_LONG: "A field is longer than 32,767 characters.",
    Reason.BAD_ENCODING: "Some bytes are not text in the file's encoding: write the value again.",
    Reason.FORMULA_WITHOUT_VALUE: "The cell holds a formula without a stored value: replace it by its value.",
    Reason.FORMULA_REFUSED: "The cell holds a formula and the mapping refuses formulas: replace it by its value.",
    Reason.CELL_ERROR: "The cell holds an error such as #N/A: replace it by a value or leave it blank.",
    Reason.REQUIRED_MISSING: "A required value is missing.",
    Reason.NUL_CHARACTER: "The value holds a NUL character: remove it.",
    Reason.CONTROL_CHARACTER: "The value holds a control character: remove it.",
    Reason.HIDDEN_CHARACTER: "The value holds an invisible or direction-changing character: remove it.",
    Reason.TEXT_TOO_LONG: "The text is longer than this column allows.",
    Reason.PATTERN_NOT_FOUND: "The mapping's pattern does not occur in the value.",
    Reason.UNMAPPED_VALUE: "The value is not in the mapping's list: add it there or correct it.",
    Reason.NOT_ALLOWED: "The value is not one of the codes allowed here.",
    Reason.UNKNOWN_CURRENCY: "Not an ISO 4217 currency code: write three capital letters such as CNY.",
    Reason.NOT_A_NUMBER: "Not a number in the form the mapping states.",
    Reason.NOT_FINITE: "NaN and infinity are not amounts: leave unknown values blank.",
    Reason.EXPONENT: "Numbers with an exponent are refused unless the mapping allows them: write all digits.",
    Reason.FOREIGN_DIGITS: "Only the digits 0 to 9 are read as numbers and dates.",
    Reason.TOO_MANY_DIGITS: "The number has more than 15 digits before the point.",
    Reason.TOO_MANY_DECIMALS: "The number has more decimals than this column holds; nothing is rounded silently.",
    Reason.NOT_A_WHOLE_NUMBER: "A whole number is needed here.",
    Reason.NEGATIVE: "The value may not be below zero.",
    Reason.OUT_OF_RANGE: "The value is outside the range that makes sense here: check the unit.",
    Reason.NOT_A_YES_NO: "Write true or false, or map the values used.",
    Reason.NOT_A_DATE: "Not a date in any form the mapping states.",
    Reason.IMPOSSIBLE_DATE: "This day does not exist in the calendar, or its year is outside 1900 to 2199.",
    Reason.FUTURE_DATE: "The date lies after the as-of date.",
    Reason.DATE_ORDER: "The later date lies before the earlier one.",
    Reason.PARTS_DO_NOT_ADD_UP: "The parts do not add up to the amount.",
    Reason.CONFLICTING_DUPLICATE: "Another row of the file has the same key and other values: keep the right one.",
    Reason.CONFLICTS_WITH_LAKE: "The lake already holds this key on this date with other values; it is never changed.",
    Reason.LOAN_HELD_BACK: "Another row of this loan was refused; its schedule waits until it is complete.",
    Reason.DUPLICATE_ROW: "The same row occurs earlier in the file.",
    Reason.ALREADY_IMPORTED: "The lake already holds this very row.",
}
