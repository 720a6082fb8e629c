"""How many parts a short message takes, and how long a text may be on each channel.

GSM 03.38: 160 characters of the basic table, or 153 each when there are several parts; characters of the extension
table count twice and are not torn apart. Anything else makes the whole message UCS-2: 70, or 67 each, counted in
16-bit units, of which an emoji takes two or more. Gateways in mainland China count every message by 70 and 67, Latin
ones too.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")


class Encoding(StrEnum):
    """How the characters travel."""

    GSM7 = "GSM7"
    UCS2 = "UCS2"


_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a short message takes: `characters` in the units of its encoding, `left` until another part is needed."""

    encoding: Encoding
    count: int
    characters: int
    left: int


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest text of a channel, in characters or in bytes of UTF-8."""

    most: int
    is_bytes: bool = False

    def over(self, text: str) -> int:
        """Return by how much a text is too long; 0 where it fits."""
        return max(0, (len(text.encode("utf-8", "replace")) if self.is_bytes else len(text)) - self.most)


# By the providers' own documents as generally known; a provider that allows less rejects the message.
LIMITS = MappingProxyType({
    "SMS": Limit(500),
    "EMAIL": Limit(20_000),
    "POST": Limit(20_000),
    "WECOM": Limit(2048, is_bytes=True),
    "DINGTALK": Limit(20_000, is_bytes=True),
    "WHATSAPP": Limit(4096),
    "TELEGRAM": Limit(4096),
    "LINE": Limit(5000),
    "SOCIAL": Limit(2048, is_bytes=True),  # one text for all five: the strictest of them
})  # fmt: skip


def segments_of(text: str, *, in_mainland: bool = False) -> Segments:
    """Return the parts a short message takes.

    Takes   in_mainland  by a gateway of mainland China: 70 and 67 whatever the characters
    """
    if not in_mainland and all(character in BASIC or character in EXTENSION for character in text):
        encoding, costs = Encoding.GSM7, [2 if character in EXTENSION else 1 for character in text]
        units = sum(costs)
    else:
        encoding, units = Encoding.UCS2, len(text.encode("utf-16-le", "surrogatepass")) // 2
        costs = [] if units == len(text) else [2 if ord(character) > 0xFFFF else 1 for character in text]
    single, several = _ROOM[encoding]
    if units <= single:
        return Segments(encoding, 1, units, single - units)
    if not costs:  # each sign takes one place
        return Segments(encoding, -(-units // several), units, -units % several)
    count, used = 1, 0
    for cost in costs:
        if used + cost > several:  # a pair goes to the next part as a whole
            count, used = count + 1, 0
        used += cost
    return Segments(encoding, count, units, several - used)


def limit_of(channel: str) -> Limit:
    """Return how long a text may be on a channel."""
    return LIMITS.get(channel, LIMITS["EMAIL"])
