"""The tables of SI 2020/1311: dates, endings of both kinds, limits of time, business days, debts; and its command."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest
from tests.spec.law.tables import cases
from typer.testing import CliRunner

from qingshou.interfaces.commands.law import app
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.verdict import Confidence
from qingshou.law.uk.breathing_space import endings
from qingshou.law.uk.breathing_space.rules import (
    additional_debt_dates,
    crisis_dates,
    dates,
    end_of,
    interest_after_cancellation,
    is_qualifying,
    limit_of,
    new_credit,
)


def table(name):
    return pytest.mark.parametrize("case", [pytest.param(case, id=place) for place, case in cases(name)])


def is_refused(case, ask):
    """Tell whether a refusal was expected, and check it if so."""
    if case.get("answer") not in {"NOT_COVERED", "BAD_INPUT"}:
        return False
    with pytest.raises(QingshouError) as caught:
        ask()
    assert caught.value.code == case["answer"]
    return True


@table("moratorium_dates")
def test_dates_of_a_breathing_space(case):
    if is_refused(case, lambda: dates(entered_date=case["entered"])):
        return
    assert list(asdict(dates(entered_date=case["entered"])).values()) == [
        case["start"], case["last"], *case["review"], case["asked_by"], case["adviser_by"], case["court_by"],
        case["added_freely_after"], case["limitation"], case["again_after"],
    ]  # fmt: skip


@table("moratorium_end")
def test_how_it_ends(case):
    def ask():
        return end_of(
            kind=case["kind"],
            entered_date=case["entered"],
            death_date=case.get("died"),
            cancellation_entered_date=case.get("cancelled"),
            treatment_ended_date=case.get("treatment"),
            unanswered_request_date=case.get("unanswered"),
        )

    if is_refused(case, ask):
        return
    found = ask()
    if case["end"] is None:
        assert found is None
        return
    assert found.end_date == case["end"]
    assert found.reason.code == case.get("by", found.reason.code)
    assert found.reason.article.article == case.get("article", found.reason.article.article)
    assert found.reason.article.confidence is Confidence.READ
    assert found.limitation_extended_to_date == case.get("limitation", found.limitation_extended_to_date)
    assert found.next_application_after_date == case.get("again_after", found.next_application_after_date)


@table("limit_of")
def test_a_limit_of_time(case):
    found = limit_of(expires_date=case["expires"], start_date=case["start"], end_date=case["end"])
    assert found == case["last"]


@table("business_days")
def test_business_days(case):
    if is_refused(case, lambda: endings.next_business_day(day=case["day"])):
        assert is_refused(case, lambda: endings.posted_received(posted_date=case["day"]))
        return
    assert endings.next_business_day(day=case["day"]) == case["next"]
    assert endings.posted_received(posted_date=case["day"]) == case["posted"]


@table("qualifying")
def test_which_debts_qualify(case):
    def ask():
        return is_qualifying(debt=case["debt"], on=case["on"])

    if not is_refused(case, ask):
        assert (ask().value, ask().articles[0].article) == (case["answer"], case["article"])


def test_the_days_of_a_crisis_before_its_end_is_known():
    found = crisis_dates(entered_date=date(2022, 4, 4))
    assert found == endings.CrisisDates(
        start_date=date(2022, 4, 5),
        first_request_from_date=date(2022, 4, 25),  # day 21: not in the first 20 (33(2))
        first_request_by_date=date(2022, 5, 4),  # day 30 (33(1))
        creditor_review_by_date=date(2022, 4, 24),
        adviser_review_by_date=date(2022, 5, 9),
        court_application_by_date=date(2022, 5, 24),
    )
    assert endings.next_request(last_request_date=date(2022, 5, 4)) == (date(2022, 5, 23), date(2022, 6, 2))


def test_the_days_of_a_debt_added_on_day_40():
    found = additional_debt_dates(effect_date=date(2022, 5, 14))
    assert found.creditor_review_by_date == date(2022, 6, 2)
    assert found.adviser_review_by_date == date(2022, 6, 17)
    assert found.court_application_by_date == date(2022, 7, 2)


def test_new_credit_is_no_matter_in_a_crisis():
    asked = {"outstanding": [Decimal(400), Decimal(150)], "on": date(2022, 4, 14)}
    assert new_credit(**asked).value == "BREACHED"
    assert new_credit(**asked, is_crisis=True).value == "NO_DUTY"


def test_what_accrued_before_a_cancellation_is_owed_only_where_a_court_says_so():
    by_adviser = interest_after_cancellation(on=date(2022, 5, 10))
    by_court = interest_after_cancellation(on=date(2022, 5, 10), is_by_court=True)
    assert [(one.value, one.articles[0].article, one.confidence) for one in (by_adviser, by_court)] == [
        ("NEVER_OWED", "7(10)(a)", Confidence.READ),
        ("COURT_MAY_ORDER", "19(4)", Confidence.READ),
    ]


def asked(*options):
    result = CliRunner().invoke(app, ["breathing-space", "--entered", "2022-04-04", *options, "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--died 2022-04-20", {"end": {"end_date": "2022-04-21", "by": "DEBTOR_DIED"}}),
        ("--crisis --treatment-ended 2022-06-01", {"end": {"end_date": "2022-06-30", "by": "TREATMENT_ENDED"}}),
        ("--crisis --asked 2022-04-30", {"end": {"end_date": "2022-05-29", "by": "NO_ANSWER"}}),
        ("--crisis", {"end": None, "first_request_from_date": "2022-04-25"}),
        ("--cancelled 2022-05-09", {"end": {"end_date": "2022-05-10", "next_application_after_date": "2023-05-10"}}),
        ("--limitation 2022-07-27", {"limitation_date": "2022-07-28"}),
        ("--limitation 2022-07-29", {"limitation_date": "2022-07-29"}),
        ("--debt-added 2022-05-14", {"debt_added": {"creditor_review_by_date": "2022-06-02"}}),
        ("--act DEMAND_PAYMENT --on 2022-04-14", {"act": {"answer": "PROHIBITED", "is_in_force": True}}),
        ("--act DEMAND_PAYMENT --on 2022-04-04", {"act": {"answer": "NO_MORATORIUM"}}),
        ("--act DEMAND_PAYMENT --on 2022-06-03", {"act": {"answer": "PROHIBITED"}}),
        ("--act DEMAND_PAYMENT --on 2022-06-04", {"act": {"answer": "NO_MORATORIUM", "is_in_force": False}}),
        ("--act ENFORCE --on 2022-04-14 --court-permission", {"act": {"answer": "ALLOWED"}}),
    ],
)
def test_the_command_says_it_too(options, expected):
    code, found = asked(*options.split())
    assert code == 0
    for name, value in expected.items():
        if isinstance(value, dict):
            assert value.items() <= found[name].items()
        else:
            assert found[name] == value


def test_the_command_refuses_what_cannot_be_answered():
    assert asked("--crisis", "--limitation", "2022-07-27")[0] == 65
    assert asked("--treatment-ended", "2022-07-27")[0] == 65
    assert asked("--act", "SING")[0] == 65


def test_the_command_shows_a_table_to_people():
    options = ["--entered", "2022-04-04", "--died", "2022-04-20", "--act", "ENFORCE"]
    shown = CliRunner().invoke(app, ["breathing-space", *options], env={"COLUMNS": "120", "NO_COLOR": "1"}).stdout
    for words in ("last", "2022-06-03", "DEBTOR_DIED", "2022-04-21", "PROHIBITED"):
        assert words in shown
