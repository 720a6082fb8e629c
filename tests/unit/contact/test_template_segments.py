"""Parts of short messages at, below and above each border, and the length a channel carries."""

import pytest

from qingshou.features.contact.templating.segments import LIMITS, Encoding, limit_of, segments_of


@pytest.mark.parametrize(("text", "encoding", "count", "characters", "left"), [
    ("", "GSM7", 1, 0, 160), ("a" * 160, "GSM7", 1, 160, 0), ("a" * 161, "GSM7", 2, 161, 145),
    ("a" * 306, "GSM7", 2, 306, 0), ("a" * 307, "GSM7", 3, 307, 152), ("€" * 80, "GSM7", 1, 160, 0),
    ("€" * 81, "GSM7", 2, 162, 143), ("a" * 152 + "€" * 5, "GSM7", 2, 162, 143), ("é@£", "GSM7", 1, 3, 157),
    ("ê", "UCS2", 1, 1, 69), ("汉" * 70, "UCS2", 1, 70, 0), ("汉" * 71, "UCS2", 2, 71, 63),
    ("汉" * 134, "UCS2", 2, 134, 0), ("汉" * 135, "UCS2", 3, 135, 66), ("😀" * 35, "UCS2", 1, 70, 0),
    ("😀" * 36, "UCS2", 2, 72, 61), ("汉" * 66 + "😀" + "汉" * 5, "UCS2", 2, 73, 60),
    ("😀" * 66, "UCS2", 2, 132, 1), ("😀" * 67, "UCS2", 3, 134, 65), ("👨‍👩‍👧", "UCS2", 1, 8, 62),
])  # fmt: skip
def test_parts(text, encoding, count, characters, left):
    """A pair goes to the next part as a whole, so a part may stay one short."""
    found = segments_of(text)
    assert (found.encoding, found.count, found.characters, found.left) == (Encoding(encoding), count, characters, left)


@pytest.mark.parametrize(("length", "count"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_gateways_of_the_mainland_count_latin_alike(length, count):
    assert segments_of("a" * length, in_mainland=True).count == count
    assert segments_of("a" * length).count == 1


@pytest.mark.parametrize(("channel", "text", "over"), [
    ("SMS", "字" * 500, 0), ("SMS", "字" * 501, 1), ("WECOM", "字" * 682, 0), ("WECOM", "字" * 683, 1),
    ("SOCIAL", "a" * 2048, 0), ("SOCIAL", "a" * 2050, 2), ("WHATSAPP", "a" * 4096, 0), ("LINE", "a" * 5001, 1),
    ("NEW_ONE", "a" * 20_000, 0),
])  # fmt: skip
def test_what_a_channel_carries(channel, text, over):
    assert limit_of(channel).over(text) == over


def test_one_text_for_all_social_channels_fits_each():
    assert all(
        LIMITS["SOCIAL"].most <= LIMITS[channel].most
        for channel in ("WECOM", "DINGTALK", "WHATSAPP", "TELEGRAM", "LINE")
    )
