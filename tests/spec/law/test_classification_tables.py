"""The classification tables: each limit from below, at and above; each change of law the day before, of and after."""

import pytest
from tests.spec.law.tables import cases, facts_of, known_keys

from qingshou.kernel.errors import QingshouError
from qingshou.law.classification import (
    classify,
    deciding_confidence,
    ifrs9_stage,
    ifrs9_thresholds,
    jurisdictions,
    ladder,
    provision_rates,
)

REFUSALS = {"NOT_COVERED", "BAD_INPUT"}


def _refusal(ask, *args, **kwargs):
    with pytest.raises(QingshouError) as caught:
        ask(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("classify")])
def test_class(case):
    known_keys(case, "class", "code", "reasons", "sure")
    asked = {"jurisdiction": case["jurisdiction"], "facts": facts_of(case), "on": case["on"]}
    if case["class"] in REFUSALS:
        assert _refusal(classify, **asked) == case["class"]
        return
    verdict = classify(**asked)
    assert verdict.value == case["class"]
    assert all(reason.article is not None for reason in verdict.reasons)
    if "code" in case:
        assert verdict.reasons[0].code == case["code"]
    if "reasons" in case:
        assert [reason.code for reason in verdict.reasons] == case["reasons"]
    if "sure" in case:
        assert deciding_confidence(verdict).value == case["sure"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("ladder")])
def test_ladder(case):
    asked = {
        "jurisdiction": case["jurisdiction"],
        "product": case.get("product", "OTHER"),
        "is_secured": case.get("secured", False),
        "on": case["on"],
    }
    if isinstance(case["rungs"], str):
        assert _refusal(ladder, **asked) == case["rungs"]
    else:
        assert {code: days for days, code, _ in ladder(**asked)} == case["rungs"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("provision_rates")])
def test_provision_rates(case):
    asked = {"jurisdiction": case["jurisdiction"], "on": case["on"]}
    if isinstance(case["rates"], str):
        assert _refusal(provision_rates, **asked) == case["rates"]
    else:
        assert {code: str(rate) for code, rate in provision_rates(**asked).items()} == case["rates"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("stage")])
def test_stage(case):
    asked = {"overdue_days": case["days"], "is_impaired": case.get("is_impaired", False), "on": case["on"]}
    if case["stage"] in REFUSALS:
        assert _refusal(ifrs9_stage, **asked) == case["stage"]
        return
    verdict = ifrs9_stage(**asked)
    assert verdict.value == case["stage"]
    if "code" in case:
        assert verdict.reasons[0].code == case["code"]
    if "sure" in case:
        assert deciding_confidence(verdict).value == case["sure"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("classify")])
def test_the_ladder_as_data_gives_the_same_class_as_the_front_door(case):
    """The columnar engine reads the ladder; where days alone decide, both must agree on every day around each rung."""
    if case["class"] in REFUSALS:
        return
    place, on, product = case["jurisdiction"], case["on"], case.get("product", "OTHER")
    secured = case.get("is_secured", False)
    rungs = ladder(jurisdiction=place, product=product, is_secured=secured, on=on)
    assert rungs[0].min_overdue_days == 0
    assert [rung.min_overdue_days for rung in rungs] == sorted({rung.min_overdue_days for rung in rungs})
    for edge in {rung.min_overdue_days for rung in rungs}:
        for days in range(max(0, edge - 1), edge + 2):
            by_ladder = [rung.class_code for rung in rungs if days >= rung.min_overdue_days][-1]
            facts = facts_of({"days": days, "product": product, "is_secured": secured})
            assert classify(jurisdiction=place, facts=facts, on=on).value == by_ladder


def test_stage_thresholds_as_data_give_the_same_stage_as_the_rule(some_day):
    limits = ifrs9_thresholds(on=some_day)
    for days in range(120):
        reached = [days >= limits.stage_2_min_overdue_days, days >= limits.stage_3_min_overdue_days]
        assert ifrs9_stage(overdue_days=days, on=some_day).value == str(1 + sum(reached))


def test_an_unknown_place_is_refused_and_the_known_ones_are_named(some_day):
    with pytest.raises(QingshouError, match="china, taiwan, hongkong, india, eu, us"):
        classify(jurisdiction="atlantis", facts=facts_of({"days": 1}), on=some_day)
    assert jurisdictions() == ("china", "taiwan", "hongkong", "india", "eu", "us")
