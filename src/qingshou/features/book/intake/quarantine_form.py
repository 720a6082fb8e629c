"""The form of a quarantine file: which columns we add, and how text is kept from becoming a formula and back."""

import re

# Behind the original columns, so that mappings by position still hold.
MARKERS = ("qs_line", "qs_row", "qs_column", "qs_reason", "qs_rest")

# Spreadsheets run what begins so; plain numbers such as -5.00 are left alone.
_DANGEROUS = tuple("=+-@\t\r'")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*", re.ASCII)


def guard(text: str) -> str:
    """Return the text so that no spreadsheet runs it; `unguard` gives it back exactly."""
    if text[:1] in _DANGEROUS and text and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """Return the text as it was before `guard`."""
    return text[1:] if text[:1] == "'" and text[1:2] in _DANGEROUS and len(text) > 1 else text
