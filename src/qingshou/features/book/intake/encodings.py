"""Which encoding a file of unknown origin is written in: UTF-8, UTF-16, GB18030, Big5 or CP1252."""

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A mapping's or user's word for an encoding, and the codec that reads what is found in the wild under that name.
CODECS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030", "big5": "cp950", "cp1252": "cp1252"}


@dataclass(frozen=True)
class Encoding:
    """A codec and how we came to choose it."""

    codec: str
    how: str


def _utf16_without_bom(head: bytes) -> str | None:
    """Return the byte order when every second byte of mostly ASCII text is zero."""
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > half * 0.4:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.4 else None


def _utf8_faults(head: bytes) -> tuple[int, int]:
    """Return how many wrong and how many right multi-byte sequences UTF-8 finds."""
    text = head.decode("utf-8", "replace")
    # A sequence cut at the end of the head is no fault.
    wrong = text.rstrip("\ufffd").count("\ufffd")
    right = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return wrong, right


def _pairs(head: bytes) -> tuple[int, int, int]:
    """Count double-byte pairs: all, those with a trail byte below 0x80, and lone high bytes that form none."""
    pairs = low_trail = lone = 0
    index, size = 0, len(head) - 1
    while index < size:
        lead = head[index]
        if lead < 0x81:
            index += 1
            continue
        trail = head[index + 1]
        if 0x40 <= trail <= 0x7E or trail >= 0x80:
            pairs += 1
            low_trail += trail < 0x80
            index += 2
        else:
            lone += 1
            index += 1
    return pairs, low_trail, lone


def _decodes(head: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _wrong_share(head: bytes, codec: str) -> float:
    text = head.decode(codec, "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") / beyond if beyond else 0.0


def detect(head: bytes) -> Encoding:
    """Return the encoding of a file from its first bytes (a megabyte is plenty).

    Big5 and GB18030 can each read most of the other's bytes; what tells them apart is that simplified text hardly ever
    has trail bytes below 0x80, and traditional text has them in two pairs of five.
    """
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return Encoding(codec, "byte order mark")
    utf16 = _utf16_without_bom(head)
    if utf16:
        return Encoding(utf16, "zero bytes")
    wrong, right = _utf8_faults(head)
    if wrong == 0 or right > 20 * wrong:
        return Encoding("utf-8", "valid throughout" if wrong == 0 else "valid but for single places")
    pairs, low_trail, lone = _pairs(head)
    if pairs == 0 or lone > pairs / 2:
        return Encoding("cp1252", "single high bytes")
    low_share = low_trail / pairs
    if low_share > 0.08 and _wrong_share(head, "cp950") < 0.02:
        return Encoding("cp950", "trail bytes of Big5")
    if low_share <= 0.35 and (_decodes(head, "gb18030") or _wrong_share(head, "gb18030") < 0.02):
        return Encoding("gb18030", "trail bytes of GB")
    if _decodes(head, "cp950"):
        return Encoding("cp950", "valid as Big5")
    return Encoding("cp1252", "neither UTF-8 nor Chinese")
