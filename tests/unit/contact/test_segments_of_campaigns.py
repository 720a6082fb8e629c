"""A campaign's segment: read from what a form or a file gives, refused by name."""

from decimal import Decimal

import pytest

from qingshou.features.contact.rules.segments import Segment, read_segment


def test_the_default_is_the_mild_class_at_first_contact():
    assert Segment().as_facts() == {"severity": "MILD", "stage": "FIRST_CONTACT"}


def test_what_is_not_given_is_not_asked_for():
    segment, wrong = read_segment({})
    assert (segment.as_facts(), wrong) == ({}, ())


def test_a_segment_survives_its_own_json():
    segment, wrong = read_segment(
        {"severity": "MILD", "days_min": "1", "days_max": 15, "arrears_min": "100.50", "region": " 上海 "}
    )
    assert wrong == ()
    assert segment.as_facts() == {
        "severity": "MILD", "region": "上海", "days_min": 1, "days_max": 15, "arrears_min": "100.500",
    }  # fmt: skip
    assert segment.arrears_min == Decimal("100.500")
    assert read_segment(segment.as_facts()) == (segment, ())


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"colour": "red"}, ("colour",)),
        ({"days_min": "ten"}, ("days_min",)),
        ({"days_min": "1.5"}, ("days_min",)),
        ({"days_min": "-1"}, ("days_min",)),
        ({"days_min": 0, "days_max": 0}, ()),
        ({"days_min": 11, "days_max": 10}, ("days_max",)),
        ({"arrears_min": "NaN"}, ("arrears_min",)),
        ({"arrears_min": "0.0001"}, ("arrears_min",)),
        ({"arrears_min": "100", "arrears_max": "99.999"}, ("arrears_max",)),
        ({"region": "x" * 81}, ("region",)),
        ({"region": "a\x00b"}, ("region",)),
    ],
)
def test_what_cannot_be_used_is_named(given, wrong):
    assert read_segment(given)[1] == wrong
