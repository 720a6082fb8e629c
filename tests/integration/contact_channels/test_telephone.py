"""Numbers, zones, links to dial."""

import pytest

from qingshou.features.contact.channels.telephone import ClickToDial, e164, is_possible, zones_of_number
from qingshou.kernel.errors import BadInput


@pytest.mark.parametrize(
    ("number", "country", "wanted"),
    [
        ("139 1234 5678", "CN", "+8613912345678"),
        ("+86 139-1234-5678", "US", "+8613912345678"),
        ("8613912345678", "CN", "+8613912345678"),
        ("010-62345678", "CN", "+861062345678"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("442071838750", "CN", "+442071838750"),
        ("9123 4567", "HK", "+85291234567"),
    ],
)
def test_a_number_as_people_write_it(number: str, country: str, wanted: str):
    assert e164(number, country) == wanted
    assert is_possible(number, country)


@pytest.mark.parametrize("number", ["", "not a number", "12", "139123456781234567", "tel:evil;x=<script>"])
def test_what_is_no_number(number: str):
    assert not is_possible(number, "CN")
    with pytest.raises(BadInput) as stopped:
        e164(number, "CN")
    assert not number or number not in str(stopped.value)


@pytest.mark.parametrize(
    ("number", "country", "zones"),
    [
        ("13912345678", "CN", ("Asia/Shanghai",)),
        ("+12125550123", "US", ("America/New_York",)),
        ("+442071838750", "GB", ("Europe/London",)),
        ("+80012345678", "CN", ()),
        ("nonsense", "CN", ()),
    ],
)
def test_the_zones_of_a_number(number: str, country: str, zones: tuple[str, ...]):
    assert zones_of_number(number, country) == zones


def test_a_number_of_several_zones_gives_them_all():
    zones = zones_of_number("+18005550123", "US")
    assert {"America/New_York", "America/Los_Angeles", "America/Anchorage"} <= set(zones)


@pytest.mark.parametrize(
    ("fields", "extension", "uri"),
    [
        ({}, "", "tel:+8613912345678"),
        ({}, "12a3", "tel:+8613912345678;ext=123"),
        ({"prefix": "9"}, "", "tel:913912345678;phone-context=+86"),
        ({"scheme": "sip", "sip_host": "pbx.bank.example"}, "", "sip:+8613912345678@pbx.bank.example;user=phone"),
        (
            {"scheme": "sip", "sip_host": "pbx.bank.example"},
            "7",
            "sip:+8613912345678;ext=7@pbx.bank.example;user=phone",
        ),
    ],
)
def test_the_link_that_dials(fields: dict[str, str], extension: str, uri: str):
    link = ClickToDial(**fields).link("13912345678", extension=extension)
    assert link.uri == uri
    assert (link.digits, link.shown) == ("+8613912345678", "+86 139 1234 5678")
    assert "139" not in repr(link)


def test_a_number_abroad_through_a_line():
    link = ClickToDial(prefix="0").link("+12125550123")
    assert link.uri == "tel:00012125550123;phone-context=+86"


def test_a_link_to_no_number():
    with pytest.raises(BadInput):
        ClickToDial().link("12")
