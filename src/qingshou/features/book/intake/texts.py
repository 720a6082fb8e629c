"""Text in ids, codes and names: what is trimmed, what is refused, what is stripped and said so."""

from collections.abc import Callable

from qingshou.features.book.intake.reasons import Reason

# Blank at the ends means nothing in a tape: space, tab, no-break space, ideographic space.
BLANKS = " \t\u00a0\u3000"
# Invisible or direction-changing: soft hyphen, zero-width, bidi marks, overrides and isolates, joiners, BOM, fillers.
HIDDEN_RE2 = (
    "\\x{00ad}\\x{061c}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180e}\\x{200b}-\\x{200f}"
    "\\x{202a}-\\x{202e}\\x{2060}-\\x{206f}\\x{3164}\\x{fe00}-\\x{fe0f}\\x{feff}\\x{ffa0}\\x{fff9}-\\x{fffb}"
    "\\x{e0000}-\\x{e0fff}"
)
CONTROL_RE2 = "\\x{00}-\\x{1f}\\x{7f}-\\x{9f}\\x{2028}\\x{2029}"
_HIDDEN_SPANS = (
    (0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180E), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip


def is_hidden(char: str) -> bool:
    """Say whether the character cannot be seen or turns the direction of what follows."""
    code = ord(char)
    return any(first <= code <= last for first, last in _HIDDEN_SPANS)


def is_control(char: str) -> bool:
    """Say whether the character is a C0 or C1 control or a line or paragraph separator."""
    code = ord(char)
    return code < 0x20 or 0x7F <= code <= 0x9F or code in (0x2028, 0x2029)


def why_bad(text: str, *, names: bool) -> Reason | None:
    """Return why a text is refused; in names (`names`) hidden characters are stripped instead of refused."""
    if "\x00" in text:
        return Reason.NUL_CHARACTER
    if "\ufffd" in text:
        return Reason.BAD_ENCODING
    if any(is_control(char) for char in text):
        return Reason.CONTROL_CHARACTER
    if not names and any(is_hidden(char) for char in text):
        return Reason.HIDDEN_CHARACTER
    return None


def strip_hidden(text: str) -> str:
    """Return the text without the characters nobody can see."""
    return "".join(char for char in text if not is_hidden(char)).strip(BLANKS)


def text_reader(*, length_max: int, names: bool) -> Callable[[str], str | Reason]:
    """Return the function that reads one id (`names` false) or one name or address (true)."""

    def read(text: str) -> str | Reason:
        bad = why_bad(text, names=names)
        if bad is not None:
            return bad
        kept = strip_hidden(text) if names else text
        return Reason.TEXT_TOO_LONG if len(kept) > length_max else kept

    return read


def code_reader(allowed: frozenset[str], otherwise: Reason) -> Callable[[str], str | Reason]:
    """Return the function that reads one of a closed list of codes, small letters taken as capitals."""

    def read(text: str) -> str | Reason:
        bad = why_bad(text, names=False)
        if bad is not None:
            return bad
        return text if text in allowed else (text.upper() if text.upper() in allowed else otherwise)

    return read


_YES = frozenset({"true", "1", "yes", "y", "t", "是"})
_NO = frozenset({"false", "0", "no", "n", "f", "否"})


def read_yes_no(text: str) -> bool | Reason:
    """Read true or false; other words need a value map."""
    bare = text.lower()
    if bare in _YES:
        return True
    return False if bare in _NO else Reason.NOT_A_YES_NO
