"""What the columnar engine and the day read of the law as data."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qingshou.kernel.errors import BadInput, NotCovered
from qingshou.kernel.verdict import Article, Confidence, Reason, Verdict
from qingshou.law.classification import (
    ClassificationFacts,
    classify,
    contagion_threshold,
    day_one_convention,
    deciding_confidence,
    due_date_ladder,
    jurisdictions,
    non_performing_classes,
    ordered_classes,
    overdue_days_on,
    provision_rates,
)
from qingshou.law.eu.crr.rules import probation
from qingshou.law.taiwan.asset_assessment.rules import overdue_loan


def test_contagion_as_data():
    china = contagion_threshold(jurisdiction="china", on=date(2023, 7, 1))
    assert (china.share_over, china.numerator, china.class_code) == (Decimal("0.10"), "NON_PERFORMING", "SUBSTANDARD")
    assert china.exempt_borrower_kinds == {"RETAIL"}
    assert china.article == Article("china.classification_2023", "7(2)", Confidence.READ)
    assert contagion_threshold(jurisdiction="china", on=date(2023, 6, 30)) is None
    eu = contagion_threshold(jurisdiction="eu", on=date(2024, 1, 1))
    assert (eu.share_over, eu.numerator, eu.class_code) == (Decimal("0.20"), "OVERDUE_OVER_90", "NON_PERFORMING")
    assert contagion_threshold(jurisdiction="taiwan", on=date(2024, 1, 1)) is None
    with pytest.raises(NotCovered):
        contagion_threshold(jurisdiction="china", on=date(1999, 1, 1))


@pytest.mark.parametrize("place", jurisdictions())
def test_only_india_counts_the_due_date_as_day_1(place, some_day):
    first = 1 if place == "india" else 0
    assert day_one_convention(jurisdiction=place, on=some_day) == first
    assert overdue_days_on(jurisdiction=place, oldest_due_date=some_day, on=some_day) == first
    later = some_day.replace(day=2)
    assert overdue_days_on(jurisdiction=place, oldest_due_date=later, on=some_day) == 0
    assert overdue_days_on(jurisdiction=place, oldest_due_date=some_day, on=later) == 1 + first


@pytest.mark.parametrize("place", jurisdictions())
def test_non_performing_classes_are_the_worst_ones(place, some_day):
    classes, bad = ordered_classes(place), non_performing_classes(place)
    assert bad
    assert set(classes[-len(bad) :]) == bad


@pytest.mark.parametrize("is_secured", [False, True])
@pytest.mark.parametrize("product", ["CARD", "CONSUMER", "MORTGAGE"])
@pytest.mark.parametrize("place", jurisdictions())
def test_another_day_overdue_never_betters_the_class(place, product, is_secured, some_day):
    order = ordered_classes(place)

    def rank(days):
        facts = ClassificationFacts(overdue_days=days, product=product, is_secured=is_secured)
        return order.index(classify(jurisdiction=place, facts=facts, on=some_day).value)

    ranks = [rank(days) for days in range(400)]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0
    assert order[ranks[-1]] in non_performing_classes(place)


@pytest.mark.parametrize("is_secured", [False, True])
@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2024, 3, 1), date(2024, 6, 30), date(2025, 2, 28)])
@pytest.mark.parametrize("place", jurisdictions())
def test_the_ladder_by_due_date_gives_the_same_class_as_the_front_door(place, on, is_secured):
    rungs = due_date_ladder(jurisdiction=place, product="CARD", is_secured=is_secured, on=on)
    for days in range(-1, 400):
        due = on - timedelta(days=days)
        reached = [rung.class_code for rung in rungs if due <= rung.latest_due_date]
        facts = ClassificationFacts(oldest_due_date=due, product="CARD", is_secured=is_secured)
        expected = classify(jurisdiction=place, facts=facts, on=on).value
        assert (reached[-1] if reached else ordered_classes(place)[0]) == expected, due


@pytest.mark.parametrize("facts", [{"restructured_date": date.max}, {"clean_since_date": date.max}])
def test_a_date_at_the_end_of_the_calendar_is_refused_not_broken(facts, some_day):
    given = ClassificationFacts(overdue_days=0, is_restructured=True, previous_class="LOSS", **facts)
    with pytest.raises(BadInput, match="outside the calendar"):
        classify(jurisdiction="china", facts=given, on=some_day)


def test_places_without_a_provision_table_give_none(some_day):
    with_table = {place for place in jurisdictions() if provision_rates(jurisdiction=place, on=some_day)}
    assert with_table == {"china", "taiwan"}


def test_a_doubtful_second_reason_does_not_weaken_a_class_that_a_read_text_gives():
    def reason(class_code, confidence):
        return Reason("X", {"class": class_code}, Article("text", "1", confidence))

    read, unsure = reason("LOSS", Confidence.READ), reason("LOSS", Confidence.UNVERIFIED)
    milder = reason("NORMAL", Confidence.UNVERIFIED)
    assert deciding_confidence(Verdict("LOSS", (unsure, read, milder))) is Confidence.READ
    assert deciding_confidence(Verdict("LOSS", (unsure, milder))) is Confidence.UNVERIFIED
    assert deciding_confidence(Verdict("LOSS", ())) is Confidence.UNVERIFIED


def test_all_reasons_are_kept_the_deciding_ones_first(some_day):
    facts = ClassificationFacts(overdue_days=95, product="CARD", is_impaired=True, is_diverted=True, is_evading=True)
    verdict = classify(jurisdiction="china", facts=facts, on=some_day)
    assert verdict.value == "DOUBTFUL"
    assert [reason.fields["class"] for reason in verdict.reasons] == [
        "DOUBTFUL",
        "SUBSTANDARD",
        "SUBSTANDARD",
        "SUBSTANDARD",
        "SPECIAL_MENTION",
    ]
    assert verdict.confidence is Confidence.UNVERIFIED


@pytest.mark.parametrize(
    ("facts", "days", "expected"),
    [
        ({}, 90, "NOT_OVERDUE_LOAN"),
        ({}, 91, "OVERDUE_LOAN"),
        ({"is_sued": True}, 0, "NOT_OVERDUE_LOAN"),
        ({"is_sued": True}, 1, "OVERDUE_LOAN"),
        ({"oldest_due_date": date(2023, 10, 1)}, 92, "NOT_OVERDUE_LOAN"),
        ({"oldest_due_date": date(2023, 9, 30)}, 93, "OVERDUE_LOAN"),
    ],
)
def test_overdue_loans_of_taiwan(facts, days, expected, some_day):
    assert overdue_loan(ClassificationFacts(**facts), days, some_day).value == expected


@pytest.mark.parametrize(
    ("cured", "regular", "worst_days", "expected"),
    [
        (date(2022, 1, 1), True, 30, "ENDED"),
        (date(2022, 1, 2), True, 30, "RUNNING"),
        (date(2022, 1, 1), False, 30, "RUNNING"),
        (date(2022, 1, 1), True, 31, "RUNNING"),
    ],
)
def test_probation_in_the_eu(cured, regular, worst_days, expected, some_day):
    verdict = probation(cured_date=cured, has_paid_regularly=regular, max_overdue_days=worst_days, on=some_day)
    assert verdict.value == expected
    assert [reason.code for reason in verdict.reasons] == ["PROBATION_TIME", "REGULAR_PAYMENTS", "NOTHING_OVER_LIMIT"]
