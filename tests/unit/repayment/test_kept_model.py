"""The chance of being kept: what the prior says, how a history moves it, and that it is the same every time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.kept_model import (
    FEATURES,
    PastPlan,
    PlanFacts,
    prior_model,
    rows_of,
    updated_model,
)

PRIOR = prior_model()
PLAN = PlanFacts(load=0.8, years=2.0, overdue_days=60)


def chance(**more):
    return PRIOR.chance(replace(PLAN, **more)).mean


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"load": 0.5}, {"load": 0.9}),
        ({"load": 0.9}, {"load": 1.2}),
        ({"rate_cut": 1.0}, {}),
        ({"charges_waived": 0.2}, {}),
        ({"write_down": 0.3}, {}),
        ({}, {"step_up": 0.1}),
        ({}, {"grace_years": 0.5}),
        ({"is_on_pay_day": True}, {}),
        ({"kept_before": 2}, {}),
        ({}, {"broken_before": 2}),
        ({"overdue_days": 10}, {"overdue_days": 300}),
        ({"is_one_payment": True}, {}),
    ],
)
def test_the_prior_leans_as_the_evidence_does(better, worse):
    assert chance(**better) > chance(**worse)


def test_a_lower_charge_does_more_than_a_longer_term_undoes():
    """Dobbie and Song: lower charges work, longer terms barely do."""
    assert abs(chance(years=4.0) - chance(years=2.0)) < chance(rate_cut=1.0) - chance()


def test_without_history_the_prior_itself_is_used():
    assert updated_model(prior=PRIOR, history=[]) is PRIOR
    assert PRIOR.chance(PLAN).observed == 0


def history(facts: PlanFacts, kept: int, broken: int) -> list[PastPlan]:
    return [PastPlan(facts, True)] * kept + [PastPlan(facts, False)] * broken


def test_a_history_outweighs_the_prior_and_narrows_the_interval():
    before = PRIOR.chance(PLAN)
    few = updated_model(prior=PRIOR, history=history(PLAN, 9, 1)).chance(PLAN)
    many = updated_model(prior=PRIOR, history=history(PLAN, 900, 100)).chance(PLAN)
    assert before.mean < few.mean < many.mean
    assert float(many.mean) == pytest.approx(0.9, abs=0.01)
    assert before.high - before.low > few.high - few.low > many.high - many.low
    assert (few.observed, many.observed) == (10, 1000)


def test_what_is_learnt_of_one_kind_of_plan_reaches_its_neighbours_less():
    learnt = updated_model(prior=PRIOR, history=history(replace(PLAN, load=0.4), 95, 5))
    near, far = replace(PLAN, load=0.4), replace(PLAN, load=2.5)
    assert learnt.chance(near).high - learnt.chance(near).low < learnt.chance(far).high - learnt.chance(far).low


def test_the_same_history_gives_the_same_bytes_in_any_order():
    plans = history(PLAN, 30, 20) + history(replace(PLAN, load=0.4, rate_cut=1.0), 25, 5)
    models = [updated_model(prior=PRIOR, history=given) for given in (plans, plans, plans[::-1])]
    assert models[0].hash == models[1].hash
    assert np.allclose(models[0].mean, models[2].mean, atol=1e-7)


def test_the_mode_is_found():
    """The slope of the log posterior is zero there."""
    plans = history(PLAN, 30, 20) + history(replace(PLAN, load=0.4), 25, 5)
    model = updated_model(prior=PRIOR, history=plans)
    rows, kept = rows_of([one.facts for one in plans]), np.array([float(one.is_kept) for one in plans])
    weights, start = np.array(model.mean), np.array(PRIOR.mean)
    chances = 1 / (1 + np.exp(-rows @ weights))
    slope = rows.T @ (kept - chances) - np.linalg.inv(np.array(PRIOR.covariance)) @ (weights - start)
    assert np.max(np.abs(slope)) < 1e-5


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Simulated lenders whose truth is drawn from the prior: about nine in ten intervals hold it."""
    random = np.random.default_rng(20_261_123)
    facts = [replace(PLAN, load=load, rate_cut=cut) for load in (0.3, 0.6, 0.9) for cut in (0.0, 1.0)]
    rows, inside = rows_of(facts), 0
    spread = np.sqrt(np.diag(np.array(PRIOR.covariance)))
    for _lender in range(200):
        truth = 1 / (1 + np.exp(-rows @ (np.array(PRIOR.mean) + spread * random.standard_normal(len(FEATURES)))))
        shares = list(zip(facts, truth, strict=True)) * 20
        plans = [PastPlan(one, bool(random.random() < share)) for one, share in shares]
        _mean, low, high = updated_model(prior=PRIOR, history=plans).chances(rows)
        inside += int(((low <= truth) & (truth <= high)).sum())
    assert 0.85 <= inside / (200 * len(facts)) <= 0.95


@settings(max_examples=2000, deadline=None)
@given(
    st.builds(
        PlanFacts, load=st.floats(0, 100), rate_cut=st.floats(0, 1), charges_waived=st.floats(0, 1),
        write_down=st.floats(0, 1), years=st.floats(0, 5), step_up=st.floats(0, 0.2), grace_years=st.floats(0, 1),
        is_on_pay_day=st.booleans(), kept_before=st.integers(0, 50), broken_before=st.integers(0, 50),
        overdue_days=st.integers(0, 5000), is_one_payment=st.booleans(),
    )
)  # fmt: skip
def test_a_chance_is_one_and_lies_in_its_interval(facts):
    found = PRIOR.chance(facts)
    assert 0 <= found.low <= found.mean <= found.high <= 1


@pytest.mark.parametrize(
    ("more", "feature", "value"),
    [
        ({"load": 1.5}, "load", 1.0),
        ({"load": 1.5}, "overload", 0.5),
        ({"load": 9.0}, "overload", 2.0),
        ({"rate_cut": 0.3}, "rate_cut", 0.3),
        ({"charges_waived": 0.3}, "charges_waived", 0.3),
        ({"write_down": 0.3}, "write_down", 0.3),
        ({"years": 3.0}, "years", 3.0),
        ({"step_up": 0.05}, "step_up", 0.05),
        ({"grace_years": 0.25}, "grace_years", 0.25),
        ({"is_on_pay_day": True}, "on_pay_day", 1.0),
        ({"kept_before": 1}, "kept_before", np.log(2)),
        ({"broken_before": 99}, "broken_before", np.log(6)),
        ({"overdue_days": 73}, "overdue_years", 0.2),
        ({"is_one_payment": True}, "one_payment", 1.0),
    ],
)
def test_features_stand_in_their_order(more, feature, value):
    assert rows_of([replace(PLAN, **more)])[0, FEATURES.index(feature)] == pytest.approx(value)
