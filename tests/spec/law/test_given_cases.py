"""Cases with expected results from outside: the RBI's illustration, SI 2020/1311, 15 USC 1673."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Confidence
from qingshou.law.classification import ClassificationFacts, classify, overdue_days_on
from qingshou.law.uk.breathing_space.rules import (
    dates,
    end_on_death,
    frozen_interest,
    interest_after_cancellation,
    may_do,
    new_credit,
)
from qingshou.law.us.garnishment.rules import support_share_max, weekly_max

CASES = Path(__file__).parent / "cases"


def _read(name):
    # Amounts are read as Decimal: a float would not be the number that is written there.
    return json.loads((CASES / name).read_text(encoding="utf-8"), parse_float=Decimal)


RBI = _read("rbi_sma_examples.json")["case"]
UK = _read("uk_breathing_space.json")["cases"]
CCPA = _read("us_ccpa_garnishment.json")


@pytest.mark.parametrize(("on", "expected"), list(RBI["expected"].items()))
def test_rbi_illustration(on, expected):
    due, day = date.fromisoformat(RBI["due"]), date.fromisoformat(on)
    days = overdue_days_on(jurisdiction="india", oldest_due_date=due, on=day)
    verdict = classify(jurisdiction="india", facts=ClassificationFacts(overdue_days=days), on=day)
    assert verdict.value == expected.rpartition("/ ")[2].replace("-", "")
    assert classify(jurisdiction="india", facts=ClassificationFacts(oldest_due_date=due), on=day) == verdict


def test_breathing_space_dates():
    case = UK[0]
    expected = {name: date.fromisoformat(text) for name, text in case["expected"].items()}
    found = dates(entered_date=date.fromisoformat(case["register_entry"]))
    assert {
        "start": found.start_date,
        "last_day": found.last_date,
        "midway_review_not_before": found.midway_review_from_date,
        "midway_review_complete_by": found.midway_review_by_date,
        "creditor_review_request_by": found.creditor_review_by_date,
        "adviser_reviews_request_by": found.adviser_review_by_date,
        "court_application_by": found.court_application_by_date,
        "additional_debt_discretion_after": found.additional_debt_optional_after_date,
        "limitation_extended_to": found.limitation_extended_to_date,
        "next_bsm_application_after": found.next_application_after_date,
    } == expected


ON = date(2022, 4, 14)
# The events of the file in its order, each put as a question to the rules.
EVENTS = [
    ("never be required", lambda: frozen_interest(is_secured=False, on=ON).value == "ALL"),
    ("only interest on arrears", lambda: frozen_interest(is_secured=True, on=ON).value == "ON_ARREARS_ONLY"),
    ("prohibited", lambda: may_do(act="DEMAND_PAYMENT", on=ON).value == "PROHIBITED"),
    ("allowed", lambda: may_do(act="ANSWER_DEBTOR_REQUEST", on=ON).value == "ALLOWED"),
    ("allowed", lambda: may_do(act="SEND_STATUTORY_STATEMENT", on=ON).value == "ALLOWED"),
    ("not protected", lambda: may_do(act="COLLECT_FROM_GUARANTOR_ONLY", on=ON).value == "ALLOWED"),
    ("breach", lambda: new_credit(outstanding=[Decimal(400), Decimal(150)], on=ON).value == "BREACHED"),
    ("ends 2022-04-21", lambda: end_on_death(death_date=date(2022, 4, 20)) == date(2022, 4, 21)),
]


@pytest.mark.parametrize(("case", "event"), list(zip(UK[1:], EVENTS, strict=True)), ids=[one[0] for one in EVENTS])
def test_breathing_space_events(case, event):
    words, holds = event
    assert words in case["expected"]
    assert holds()


def test_new_credit_of_exactly_the_limit_keeps_the_duty():
    assert new_credit(outstanding=[Decimal(400), Decimal(100)], on=ON).value == "KEPT"
    assert new_credit(outstanding=[Decimal(400), Decimal("100.01")], on=ON).value == "BREACHED"


@pytest.mark.parametrize("case", CCPA["weekly"], ids=lambda case: str(case["disposable"]))
def test_ordinary_garnishment(case):
    assert weekly_max(disposable=Decimal(case["disposable"]), on=date(2022, 4, 1)) == Decimal(case["max_ordinary"])


@pytest.mark.parametrize("case", CCPA["support"], ids=lambda case: str(case["pct"]))
def test_support_orders(case):
    weeks = 13 if case["arrears_over_12_weeks"] else 12
    share = support_share_max(
        supports_other_family=case["supports_other_family"], arrears_weeks=weeks, on=date(2022, 4, 1)
    )
    assert share.number == case["pct"]


def test_what_accrued_before_a_moratorium_was_cancelled_is_never_owed():
    found = interest_after_cancellation(on=date(2021, 5, 4))
    assert (found.value, found.confidence) == ("NEVER_OWED", Confidence.READ)
    with pytest.raises(NotCovered):
        interest_after_cancellation(on=date(2021, 5, 3))
