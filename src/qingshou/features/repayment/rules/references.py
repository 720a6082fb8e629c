"""References that debtors pay under: ISO 11649, of one length, in digits, found however they were typed.

RF, two check digits, twelve digits: four groups of four. Digits alone can be typed on any telephone, and one length
means that a date or an amount behind the reference does not become part of it. The check digits (modulo 97) catch every
single wrong digit and every two that changed places.
"""

import re
import unicodedata
from collections.abc import Iterator

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from qingshou.kernel.errors import BadInput

SERIAL_DIGITS = 12
SERIAL_MAX = 10**SERIAL_DIGITS - 1
_TEXT_CHARS_MAX = 2_000
# What stands between the digits when people type: blanks, dashes, dots, slashes, colons, middle dots, underscores; and
# what nobody sees, the marks that messengers and telephones put around and into numbers.
_MARKS = r"\s\-‐‑‒–—―−.,/:·•_\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff"
_BETWEEN = f"[{_MARKS}]"
# These also part one number from the next, so that digits alone would run on into it.
_BETWEEN_AFTER_RF = f"[{_MARKS}、+~]"
_WHOLE = re.compile(rf"R{_BETWEEN_AFTER_RF}*F(?:{_BETWEEN_AFTER_RF}*[0-9OIL]){{{SERIAL_DIGITS + 2}}}")
_BARE = re.compile(rf"(?<![0-9])[0-9](?:{_BETWEEN}?[0-9]){{{SERIAL_DIGITS + 1}}}(?!{_BETWEEN}?[0-9])")
_NOT_KEPT = re.compile(r"[^0-9A-Z]")
_LOOKALIKE = str.maketrans("OIL", "011")


def new_reference(*, serial: int) -> str:
    """Return the reference of a serial number.

    Takes   serial  0 to 999 999 999 999; once a lender, which the caller sees to
    Gives   str     sixteen characters: RF, check digits, the serial in twelve digits
    Stops   BadInput  the serial has more digits
    """
    if not 0 <= serial <= SERIAL_MAX:
        raise BadInput(f"A payment reference's serial number has at most {SERIAL_DIGITS} digits.", digits=SERIAL_DIGITS)
    body = f"{serial:0{SERIAL_DIGITS}d}"
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def is_reference(text: str) -> bool:
    """Whether a text is a reference of ours, check digits included, whatever blanks and case it is written in."""
    bare = _kept(text)
    return len(bare) == SERIAL_DIGITS + 4 and bare[2:].isdigit() and iso11649.is_valid(bare)


def shown(reference: str) -> str:
    """Return a reference as it is printed and read out: in groups of four."""
    return str(iso11649.format(reference))


def find_references(text: str) -> tuple[str, ...]:
    """Return the references in a text, each once: full-width, small, spaced, with O for 0, amid Chinese.

    Gives   those whose check digits are right, in the order of the text
    """
    return tuple(dict.fromkeys(_valid(_kept(found.group()) for found in _WHOLE.finditer(_folded(text)))))


def find_bare_references(text: str) -> tuple[str, ...]:
    """Return the references whose payer left out RF: fourteen digits standing alone with right check digits.

    One number in 97 has them by chance: such a reference counts only where we issued it.
    """
    folded = _folded(text)
    whole = set(find_references(text))
    found = _valid("RF" + _kept(one.group()) for one in _BARE.finditer(folded))
    return tuple(dict.fromkeys(reference for reference in found if reference not in whole))


def _valid(candidates: Iterator[str]) -> Iterator[str]:
    for candidate in candidates:
        reference = "RF" + candidate[2:].translate(_LOOKALIKE)
        if is_reference(reference):
            yield reference


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_TEXT_CHARS_MAX]).upper()


def _kept(text: str) -> str:
    return _NOT_KEPT.sub("", _folded(text))
