"""Which of our languages a reply is written in, told by its script: enough to choose the words it is read by."""

from functools import cache
from pathlib import Path

LANGUAGES = ("zh-hans", "zh-hant", "en")
_SCRIPTS = Path(__file__).parent / "scripts.txt"


def language_of(text: str, *, default: str = "zh-hans") -> str:
    """Return zh-hans, zh-hant or en.

    Takes   default  what the person is known to read: taken where the script tells nothing (digits, a picture), and
                     between the two Chinese scripts where every character is common to both
    Gives   a Chinese language as soon as one character in five that is a letter is Chinese: debtors mix in English
    """
    simplified, traditional = _only()
    han = sum(1 for char in text if "\u3400" <= char <= "\u9fff")
    latin = sum(1 for char in text if char.isascii() and char.isalpha())
    if not han and not latin:
        return default if default in LANGUAGES else "zh-hans"
    if han * 4 < latin:
        return "en"
    simple = sum(1 for char in text if char in simplified)
    complex_ = sum(1 for char in text if char in traditional)
    if simple == complex_:
        return default if default in ("zh-hans", "zh-hant") else "zh-hans"
    return "zh-hant" if complex_ > simple else "zh-hans"


@cache
def _only() -> tuple[frozenset[str], frozenset[str]]:
    """Return the characters that are written in one of the two scripts only."""
    lines = [line for line in _SCRIPTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return frozenset(lines[0]), frozenset(lines[1])
