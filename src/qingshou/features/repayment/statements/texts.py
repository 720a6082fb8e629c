"""Text as a bank prints it, made fit to keep: no control or hidden characters, one blank between words, bounded."""

import re
import unicodedata

from qingshou.features.book.intake.texts import is_control, is_hidden

_BLANKS = re.compile(r"\s+")
# Banks keep spreadsheets from turning account numbers into 6.2E+18 by ="6222..." or a leading quote.
_WRAPPED = re.compile(r'="?([^"]*)"?')

# 6222020000000001 as a spreadsheet shows and then saves it: the other digits are lost.
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,2}", re.IGNORECASE)


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet made a long number short: what is left tells one number from another no more."""
    return _SHORTENED.fullmatch(text) is not None


def cell_text(value: str | None) -> str:
    """Return a table's cell as text: trimmed, out of its ="..." wrapping. Nothing is ever evaluated."""
    bare = (value or "").strip(" \t\u00a0\u3000")
    if bare.startswith('="') and (whole := _WRAPPED.fullmatch(bare)):
        bare = whole.group(1)
    elif bare.startswith("'") and not bare.endswith("'"):
        bare = bare[1:]
    return bare.strip(" \t\u00a0\u3000")


def clean(text: str, most: int) -> tuple[str, bool]:
    """Return a text fit to keep, and whether it had to be cut."""
    seen = "".join(" " if is_control(char) else char for char in text if not is_hidden(char) and not _is_broken(char))
    bare = _BLANKS.sub(" ", seen).strip()
    return bare[:most].rstrip(), len(bare) > most


def plain_account(text: str) -> str:
    """Return an account number without blanks and dashes, in one width and case, so that equal ones are equal."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def _is_broken(char: str) -> bool:
    """Half of a character (a lone surrogate) cannot be written anywhere."""
    return "\ud800" <= char <= "\udfff"
