"""Re-ageing and the observation of restructured loans, on the day before, of and after each limit."""

from datetime import date

import pytest

from qingshou.kernel.errors import NotCovered
from qingshou.law.facts import ClassificationFacts
from qingshou.law.restructuring import observation_of
from qingshou.law.us.reageing.rules import may_re_age

ON = date(2026, 11, 23)
OPENED = date(2026, 2, 23)  # nine months before
GOOD = {"opened_date": OPENED, "minimum_payments": 3, "re_aged_dates": (), "is_willing": True, "on": ON}


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, ["MAY_RE_AGE"]),
        ({"opened_date": date(2026, 2, 24)}, ["ACCOUNT_TOO_YOUNG"]),
        ({"minimum_payments": 2}, ["TOO_FEW_PAYMENTS"]),
        ({"is_willing": False}, ["NOT_WILLING_AND_ABLE"]),
        ({"re_aged_dates": (date(2025, 11, 23),)}, ["MAY_RE_AGE"]),
        ({"re_aged_dates": (date(2025, 11, 24),)}, ["RE_AGED_TOO_OFTEN"]),
        ({"re_aged_dates": (date(2021, 11, 24), date(2023, 1, 1))}, ["RE_AGED_TOO_OFTEN"]),
        ({"re_aged_dates": (date(2021, 11, 23), date(2023, 1, 1))}, ["MAY_RE_AGE"]),
        ({"minimum_payments": 0, "is_willing": False}, ["NOT_WILLING_AND_ABLE", "TOO_FEW_PAYMENTS"]),
    ],
)
def test_re_ageing(more, codes):
    found = may_re_age(**GOOD | more)
    assert [one.code for one in found.reasons] == codes
    assert found.value == ("MAY" if codes == ["MAY_RE_AGE"] else "REFUSED")


def test_re_ageing_before_its_text():
    with pytest.raises(NotCovered):
        may_re_age(**GOOD | {"on": date(2000, 12, 30)})


def facts(**more):
    return ClassificationFacts(is_restructured=True, restructured_date=date(2026, 1, 31), **more)


@pytest.mark.parametrize(
    ("place", "more", "on", "until", "floor"),
    [
        ("china", {}, date(2027, 1, 30), date(2027, 1, 31), "SPECIAL_MENTION"),
        ("china", {}, date(2027, 1, 31), date(2027, 1, 31), ""),
        ("china", {"payment_period_months": 12}, date(2028, 1, 30), date(2028, 1, 31), "SPECIAL_MENTION"),
        ("china", {"is_restructured_again": True}, ON, date(2027, 1, 31), "SUBSTANDARD"),
        ("china", {"missed_payment_dates": (date(2026, 5, 31),)}, ON, date(2027, 5, 31), "SPECIAL_MENTION"),
        ("china", {"was_non_performing_before_restructuring": True}, ON, date(2027, 1, 31), "SUBSTANDARD"),
        ("eu", {}, ON, date(2028, 1, 31), ""),
        ("eu", {"was_non_performing_before_restructuring": True}, ON, date(2029, 1, 31), "NON_PERFORMING"),
        ("eu", {"was_non_performing_before_restructuring": True}, date(2027, 1, 30), date(2029, 1, 31),
         "NON_PERFORMING"),
        ("eu", {"was_non_performing_before_restructuring": True}, date(2027, 1, 31), date(2029, 1, 31), ""),
    ],
)  # fmt: skip
def test_observation(place, more, on, until, floor):
    found = observation_of(jurisdiction=place, facts=facts(**more), on=on)
    assert (found.observed_until, found.floor_class) == (until, floor)


@pytest.mark.parametrize(("place", "on"), [("india", ON), ("china", date(2023, 6, 30))])
def test_where_no_text_says_so(place, on):
    with pytest.raises(NotCovered):
        observation_of(jurisdiction=place, facts=facts(), on=on)
