"""Whether arrears may be moved: by the law of the place, else by the lender alone; and to which dates."""

from datetime import date
from decimal import Decimal

import pytest

from qingshou.features.repayment.rules.account_settings import is_re_ageing_allowed
from qingshou.features.repayment.rules.re_ageing import (
    AccountFacts,
    ReAgeUnfit,
    house_observed_until,
    judge_re_age,
    new_dates,
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


@pytest.mark.parametrize(
    ("arrears", "times", "amounts"),
    [("300", 1, ["300"]), ("100", 3, ["33.33", "33.33", "33.34"]), ("0.05", 2, ["0.02", "0.03"])],
)
def test_equal_amounts_a_month_apart_and_the_last_takes_the_rest(arrears, times, amounts):
    found = new_dates(
        first_on=date(2027, 1, 31), instalments=times, arrears=Decimal(arrears), currency_step=Decimal("0.01"), on=ON
    )
    assert [f"{amount}" for _, amount in found] == amounts
    assert [day for day, _ in found] == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)][:times]


@pytest.mark.parametrize(
    ("arrears", "first_on", "times", "field"),
    [("0", date(2026, 12, 1), 1, "loan"), ("5", ON, 1, "first_on"), ("5", date(2026, 11, 24), 0, "instalments"),
     ("5", date(2026, 11, 24), 61, "instalments")],
)  # fmt: skip
def test_what_cannot_be_taken(arrears, first_on, times, field):
    with pytest.raises(ReAgeUnfit) as refusal:
        new_dates(first_on=first_on, instalments=times, arrears=Decimal(arrears), currency_step=Decimal("0.01"), on=ON)
    assert refusal.value.fields["field"] == field


def test_a_year_of_observation_where_no_text_says_it():
    assert house_observed_until(re_aged_on=ON) == date(2027, 11, 23)
