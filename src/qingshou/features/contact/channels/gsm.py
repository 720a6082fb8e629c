"""Text in the alphabets of the mobile networks (3GPP TS 23.038), and its parts (TS 23.040)."""

from dataclasses import dataclass, field

GSM7, UCS2 = 0x00, 0x08  # data_coding
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_ESCAPE = 0x1B
_TO = {character: bytes([code]) for code, character in enumerate(_BASIC) if code != _ESCAPE}
_TO |= {character: bytes([_ESCAPE, code]) for character, code in _EXTENDED.items()}
_FROM_EXTENDED = {code: character for character, code in _EXTENDED.items()}
# octets in one message, and in one part of several
_ROOM = {GSM7: (160, 153), UCS2: (140, 134)}
PARTS_MAX = 255


@dataclass(frozen=True, slots=True)
class Coded:
    """A text ready for the network; GSM 7-bit characters lie one in each octet, as SMPP carries them."""

    data_coding: int
    parts: tuple[bytes, ...] = field(repr=False)


def coded(text: str) -> Coded:
    """Return the parts of a text: GSM 7-bit if every character is in it, else UCS-2; no character is cut in two."""
    units = [_TO.get(character) for character in text]
    if all(unit is not None for unit in units):
        coding, pieces = GSM7, [unit for unit in units if unit is not None]
    else:
        coding, pieces = UCS2, [character.encode("utf-16-be") for character in text]
    whole, room = _ROOM[coding]
    joined = b"".join(pieces)
    if len(joined) <= whole:
        return Coded(coding, (joined,))
    parts, current = [], b""
    for piece in pieces:
        if len(current) + len(piece) > room:
            parts.append(current)
            current = b""
        current += piece
    return Coded(coding, (*parts, current))


def text_of(data: bytes, data_coding: int) -> str:
    """Return the text of received octets; what cannot be read becomes U+FFFD."""
    if data_coding == UCS2:
        return data.decode("utf-16-be", errors="replace")
    if data_coding in (0x01, 0x03):
        return data.decode("ascii" if data_coding == 0x01 else "latin-1", errors="replace")
    read, octets = [], iter(data)
    for octet in octets:
        if octet == _ESCAPE:
            read.append(_FROM_EXTENDED.get(next(octets, 0), "\ufffd"))
        else:
            read.append(_BASIC[octet] if octet < len(_BASIC) else "\ufffd")
    return "".join(read)
