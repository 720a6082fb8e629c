"""What of a payer's text may be a number of ours: its runs of letters and of digits, alone and beside each other."""

import re
import unicodedata

_TEXT_CHARS_MAX = 600
_RUNS_MAX = 8  # 'LN-2025/000 123' has four
_RUN = re.compile(r"[A-Z]+|[0-9]+")
_JOIN = re.compile(r"[\s\-_/.,:#·]{0,2}")
# Any dash is a hyphen (a Chinese keyboard types the long one), and what nobody sees is nothing.
_ONE_SPELLING = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFE0F, 0xFEFF]
)
_KEY_CHARS_MIN = 4
_KEY_CHARS_MAX = 60
_KEYS_MAX = 200


def plain_number(text: str) -> str:
    """Return a loan's or case's number without case, width and what stands between its characters."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


class Wording:
    """A text a payer wrote, ready to be asked whether it names a number."""

    def __init__(self, *texts: str) -> None:
        folded = (unicodedata.normalize("NFKC", text[:_TEXT_CHARS_MAX]) for text in texts if text)
        self._texts = [text.translate(_ONE_SPELLING) for text in folded]
        self._plain = [plain_number(text) for text in self._texts]
        self._typed = list(dict.fromkeys(typed for text in self._texts for typed in _windows(text)))
        self._whole = {plain_number(typed) for typed in self._typed}

    def names(self, number: str) -> bool:
        """Whether the text names a number: as a whole, so that 4711 is not found in 14711."""
        bare = plain_number(number)
        if not bare:
            return False
        if bare.isascii():
            return bare in self._whole
        return any(bare in text for text in self._plain)

    def keys(self) -> tuple[str, ...]:
        """Return what a lender's loans and cases may be looked up by: as typed, and in capitals."""
        both = (key for typed in self._typed for key in (typed, typed.upper(), plain_number(typed)))
        fit = (key for key in both if _KEY_CHARS_MIN <= len(key) <= _KEY_CHARS_MAX)
        return tuple(dict.fromkeys(fit))[:_KEYS_MAX]


def _windows(text: str) -> list[str]:
    """Return runs, and runs beside each other with what joins them, the longest first."""
    runs = [found.span() for found in _RUN.finditer(text.upper())] if len(text.upper()) == len(text) else []
    windows = []
    for first in range(len(runs)):
        last = first
        while True:
            windows.append(text[runs[first][0] : runs[last][1]])
            is_end = last + 1 >= len(runs) or last + 1 - first >= _RUNS_MAX
            if is_end or not _JOIN.fullmatch(text, runs[last][1], runs[last + 1][0]):
                break
            last += 1
    return sorted(windows, key=len, reverse=True)
