"""Whether arrears may be moved: by the law of the place, else by the lender alone."""

from datetime import date
from decimal import Decimal

import pytest

from qingshou.features.repayment.rules.account_settings import is_re_ageing_allowed
from qingshou.features.repayment.rules.re_ageing import (
    AccountFacts,
    house_observed_until,
    judge_re_age,
)
from qingshou.kernel.errors import NotCovered
from qingshou.kernel.lender_settings import SettingsUnfit

ON = date(2026, 11, 23)


def judged(jurisdiction="us", *, settings=None, on=ON, **changes):
    given = {"product": "CARD", "opened_date": date(2025, 1, 1), "paid": Decimal(300), "minimum_payment": Decimal(100),
             "re_aged_dates": (), "is_willing": True}  # fmt: skip
    found = judge_re_age(
        jurisdiction=jurisdiction, facts=AccountFacts(**(given | changes)), on=on,
        is_allowed_by_lender=is_re_ageing_allowed({"repayment": settings or {}}),
    )  # fmt: skip
    return found.value, [one.code for one in found.reasons]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ("MAY", ["MAY_RE_AGE"])),
        ({"paid": Decimal("299.99")}, ("REFUSED", ["TOO_FEW_PAYMENTS"])),
        ({"opened_date": date(2026, 2, 23)}, ("MAY", ["MAY_RE_AGE"])),  # nine months old today
        ({"opened_date": date(2026, 2, 24)}, ("REFUSED", ["ACCOUNT_TOO_YOUNG"])),
        ({"opened_date": None}, ("REFUSED", ["OPENING_UNKNOWN"])),
        ({"is_willing": False}, ("REFUSED", ["NOT_WILLING_AND_ABLE"])),
        ({"re_aged_dates": [date(2025, 11, 23)]}, ("MAY", ["MAY_RE_AGE"])),  # a year ago
        ({"re_aged_dates": [date(2025, 11, 24)]}, ("REFUSED", ["RE_AGED_TOO_OFTEN"])),
        ({"re_aged_dates": [date(2023, 1, 1), date(2024, 6, 1)]}, ("REFUSED", ["RE_AGED_TOO_OFTEN"])),
        ({"is_willing": False, "paid": Decimal(0)}, ("REFUSED", ["NOT_WILLING_AND_ABLE", "TOO_FEW_PAYMENTS"])),
    ],
)
def test_an_open_end_account_in_the_united_states(changes, found):
    assert judged(**changes) == found


@pytest.mark.parametrize(("jurisdiction", "product"), [("china", "CARD"), ("us", "CONSUMER"), ("uk", "CARD")])
def test_where_no_law_says_when_only_the_lender_can_allow_it(jurisdiction, product):
    with pytest.raises(NotCovered):
        judged(jurisdiction, product=product)
    with pytest.raises(SettingsUnfit):
        judged(jurisdiction, product=product, settings={"re_age": "yes"})
    allowed = {"re_age": True}
    assert judged(jurisdiction, product=product, settings=allowed) == ("MAY", ["ALLOWED_BY_LENDER"])
    assert judged(jurisdiction, product=product, settings=allowed, is_willing=False) == (
        "REFUSED", ["NOT_WILLING_AND_ABLE"],
    )  # fmt: skip


def test_the_law_goes_before_the_lenders_settings_and_refuses_before_its_text():
    assert judged(settings={"re_age": True}, paid=Decimal(0))[0] == "REFUSED"
    with pytest.raises(NotCovered):
        judged(on=date(2000, 12, 30), opened_date=date(1999, 1, 1))


def test_a_year_of_observation_where_no_text_says_it():
    assert house_observed_until(re_aged_on=ON) == date(2027, 11, 23)
