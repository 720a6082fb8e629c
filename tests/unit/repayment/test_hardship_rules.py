"""Hardship: from when until when, on the day before, of and after; a breathing space by the law's own days."""

from datetime import date, timedelta

import pytest

from qingshou.features.repayment.rules.hardship import (
    HardshipState,
    HardshipUnfit,
    hardship_kinds,
    is_over,
    judge_acceptance,
    judge_report,
)
from qingshou.kernel.errors import Misconfigured, NotCovered
from qingshou.law.contact.terms import Stop

KINDS = hardship_kinds({})
ON = date(2026, 11, 23)


def accepted(kind: str = "JOB_LOSS", *, until: date | None = None, proof: bool = True, start: date = ON):
    return judge_acceptance(kind=KINDS[kind], from_date=start, until_date=until, has_proof=proof, on=ON)


def test_news_of_a_hardship_pauses_until_it_is_decided():
    relief = judge_report(kind=KINDS["JOB_LOSS"], jurisdiction="china", on=ON)
    assert (relief.state, relief.stop, relief.from_date) == (HardshipState.REPORTED, Stop.HARDSHIP, ON)
    assert relief.until_date == ON + timedelta(days=29)  # thirty days, the first counted
    assert not relief.freezes_charges


@pytest.mark.parametrize(
    ("kind", "stop"),
    [("ILLNESS", Stop.VULNERABLE), ("VULNERABLE", Stop.VULNERABLE), ("BEREAVEMENT", Stop.VULNERABLE),
     ("LESS_INCOME", Stop.HARDSHIP), ("DISASTER", Stop.HARDSHIP)],
)  # fmt: skip
def test_each_kind_stops_contact_in_its_way(kind: str, stop: Stop):
    assert judge_report(kind=KINDS[kind], jurisdiction="china", on=ON).stop is stop


def test_a_breathing_space_has_the_days_of_the_law():
    relief = judge_report(
        kind=KINDS["BREATHING_SPACE"], jurisdiction="uk", on=date(2022, 4, 6), entered_date=date(2022, 4, 4)
    )
    assert (relief.state, relief.from_date, relief.until_date) == (
        HardshipState.ACCEPTED, date(2022, 4, 5), date(2022, 6, 3)
    )  # fmt: skip
    assert relief.freezes_charges
    assert relief.review_date == date(2022, 4, 30)
    assert [one.article.article for one in relief.reasons] == ["7, 26"]


@pytest.mark.parametrize(
    ("on", "is_late"), [(date(2022, 6, 2), False), (date(2022, 6, 3), False), (date(2022, 6, 4), True)]
)
def test_a_breathing_space_that_is_over_is_refused(on: date, is_late: bool):
    def judge():
        return judge_report(kind=KINDS["BREATHING_SPACE"], jurisdiction="uk", on=on, entered_date=date(2022, 4, 4))

    if is_late:
        with pytest.raises(HardshipUnfit, match="2022-06-03"):
            judge()
    else:
        assert judge().until_date == date(2022, 6, 3)


def test_a_breathing_space_needs_its_entry_its_law_and_its_place():
    space = KINDS["BREATHING_SPACE"]
    with pytest.raises(HardshipUnfit, match="register"):
        judge_report(kind=space, jurisdiction="uk", on=ON)
    with pytest.raises(HardshipUnfit, match="no breathing space"):
        judge_report(kind=space, jurisdiction="china", on=ON, entered_date=ON)
    with pytest.raises(NotCovered):
        judge_report(kind=space, jurisdiction="uk", on=date(2021, 5, 3), entered_date=date(2021, 5, 3))


@pytest.mark.parametrize(("days", "fits"), [(179, True), (180, True), (181, False)])
def test_it_lasts_no_longer_than_the_policy_lets(days: int, fits: bool):
    last = ON + timedelta(days=days - 1)
    if fits:
        assert accepted(until=last).until_date == last
    else:
        with pytest.raises(HardshipUnfit, match="180 days"):
            accepted(until=last)


def test_without_a_last_day_it_is_the_policys():
    assert accepted().until_date == ON + timedelta(days=89)


def test_it_does_not_end_before_today():
    assert accepted(until=ON).until_date == ON
    with pytest.raises(HardshipUnfit, match="past"):
        accepted(until=ON - timedelta(days=1), start=ON - timedelta(days=10))


def test_proof_is_asked_for_where_the_kind_needs_it():
    with pytest.raises(HardshipUnfit, match="document"):
        accepted("JOB_LOSS", proof=False)
    assert accepted("BEREAVEMENT", proof=False).state is HardshipState.ACCEPTED


@pytest.mark.parametrize(("on", "over"), [(ON - timedelta(days=1), False), (ON, False), (ON + timedelta(days=1), True)])
def test_the_last_day_still_holds(on: date, over: bool):
    assert is_over(until_date=ON, on=on) is over
    assert is_over(until_date=None, on=on) is False


def test_a_lender_may_have_its_own_days():
    own = hardship_kinds({"repayment": {"hardship": {"kinds": {"JOB_LOSS": {"days": 45}}}}})
    assert (own["JOB_LOSS"].days, own["JOB_LOSS"].days_max) == (45, 180)
    with pytest.raises(Misconfigured, match=r"kinds\.JOB_LOSS\.days"):
        hardship_kinds({"repayment": {"hardship": {"kinds": {"JOB_LOSS": {"days": 0}}}}})
