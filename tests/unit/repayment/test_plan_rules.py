"""A plan judged on the day before, of and after each limit: instalments, breaks, cures, ends."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshou.features.repayment.rules.counting import Money, Want, count_money, counted_by, total
from qingshou.features.repayment.rules.offer_terms import read_dues, read_loans
from qingshou.features.repayment.rules.plan_law import judge_term, restarted_by, stops_collection
from qingshou.features.repayment.rules.plan_policy import plan_policy
from qingshou.features.repayment.rules.plan_states import MOVES, InstalmentState, PlanState, may_become
from qingshou.features.repayment.rules.plans import (
    Due,
    PlanTerms,
    amounts_given_up,
    judge_instalments,
    judge_plan,
    payoff_amount,
)
from qingshou.kernel.errors import BadInput, Misconfigured

D = Decimal
START = date(2026, 11, 1)
DATES = [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]
DUES = [Due(uuid.UUID(int=place), place, day, D(100)) for place, day in enumerate(DATES, start=1)]


def terms(**more) -> PlanTerms:
    given_ = {"currency": "CNY", "starts_on": START, "grace_days": 3, "threshold_pct": D(98), "missed_max": 1,
              "unpaid_max": None, "cure_days": 15} | more  # fmt: skip
    return PlanTerms(**given_)


def shares_of(*came: tuple[date, str], dues=DUES):
    moneys = [Money(uuid.UUID(int=900 + place), day, D(amount)) for place, (day, amount) in enumerate(came)]
    wants = [Want(one.id, START, None, one.due_on, one.amount, position=one.position) for one in dues]
    return counted_by(count_money(moneys=moneys, wants=wants))


def judged(*came, on: date, broken_on: date | None = None, dues=DUES, **more):
    return judge_plan(terms=terms(**more), dues=dues, shares=shares_of(*came, dues=dues), on=on, broken_on=broken_on)


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


FIRST = DATES[0]


@pytest.mark.parametrize(
    ("came", "on", "state"),
    [
        ([], after(FIRST, -1), "DUE"),
        ([], FIRST, "DUE"),
        ([], after(FIRST, 1), "LATE"),
        ([], after(FIRST, 3), "LATE"),
        ([], after(FIRST, 4), "MISSED"),
        ([(FIRST, "97.99")], FIRST, "DUE"),
        ([(FIRST, "98")], FIRST, "PAID"),
        ([(after(FIRST, 9), "98")], after(FIRST, 9), "PAID"),
    ],
)
def test_an_instalment(came, on, state):
    found = judge_instalments(terms=terms(), dues=DUES, shares=shares_of(*came), on=on)
    assert found[0].state == InstalmentState(state)


def test_too_much_goes_to_the_next_in_order():
    end = judged((FIRST, "250"), on=FIRST)
    assert [(one.state.value, one.paid_amount) for one in end.standings] == [
        ("PAID", D(100)), ("PAID", D(100)), ("DUE", D(50)), ("DUE", D(0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "missed_max", "state"),
    [
        (after(DATES[0], 4), 1, "ACTIVE"),  # one missed
        (after(DATES[1], 3), 1, "ACTIVE"),  # the second is only late
        (after(DATES[1], 4), 1, "BROKEN"),  # two in a row
        (after(DATES[0], 3), 0, "ACTIVE"),
        (after(DATES[0], 4), 0, "BROKEN"),
        (after(DATES[1], 4), 2, "ACTIVE"),
        (after(DATES[2], 4), 2, "BROKEN"),
    ],
)
def test_missed_in_a_row(on, missed_max, state):
    end = judged(on=on, missed_max=missed_max)
    assert (end.state, end.broken_on) == (PlanState(state), on if state == "BROKEN" else None)


def test_missed_but_not_in_a_row():
    # the first is missed by a cent of its threshold, the second is paid by nothing: money fills the first first
    came = [(DATES[0], "97.99")]
    assert judged(*came, on=after(DATES[1], 4)).state == PlanState.BROKEN
    assert judged(*came, (DATES[1], "100"), on=after(DATES[1], 4)).state == PlanState.ACTIVE


@pytest.mark.parametrize(("most", "state"), [("99.99", "BROKEN"), ("100", "ACTIVE"), (None, "ACTIVE")])
def test_too_much_unpaid(most, state):
    end = judged(on=after(FIRST, 4), unpaid_max=None if most is None else D(most))
    assert end.state == PlanState(state)


def test_the_end_passes_unsettled():
    came = [(day, "98") for day in DATES]
    last = DATES[-1]
    assert judged(*came, on=after(last, 3)).state == PlanState.ACTIVE
    end = judged(*came, on=after(last, 4))
    assert (end.state, [one.code for one in end.verdict.reasons]) == (PlanState.BROKEN, ["UNSETTLED_AT_END"])
    assert judged(*came, (after(last, 5), "8"), on=after(last, 5), broken_on=after(last, 4)).state == PlanState.KEPT


BROKEN = after(DATES[1], 4)


@pytest.mark.parametrize(
    ("came", "on", "state", "ended"),
    [
        ([], BROKEN, "BROKEN", None),
        ([(BROKEN, "197.99")], BROKEN, "BROKEN", None),
        ([(BROKEN, "198")], BROKEN, "ACTIVE", None),
        ([(after(BROKEN, 15), "198")], after(BROKEN, 15), "ACTIVE", None),
        ([(after(BROKEN, 16), "198")], after(BROKEN, 16), "BROKEN", after(BROKEN, 16)),
        ([], after(BROKEN, 15), "BROKEN", None),
        ([], after(BROKEN, 16), "BROKEN", after(BROKEN, 16)),
        ([(after(BROKEN, 30), "400")], after(BROKEN, 30), "KEPT", after(BROKEN, 30)),
    ],
)
def test_cure(came, on, state, ended):
    end = judged(*came, on=on, broken_on=BROKEN)
    assert (end.state, end.ended_on) == (PlanState(state), ended)


def test_without_cure_days_a_break_is_final():
    end = judged(on=BROKEN, cure_days=0)
    assert (end.state, end.ended_on, end.ended_reason) == (PlanState.BROKEN, BROKEN, "TOO_MANY_MISSED")


def test_the_last_instalment_settles():
    came = [(day, "100") for day in DATES]
    assert judged(*came[:3], (DATES[3], "99.99"), on=DATES[3]).state == PlanState.ACTIVE
    end = judged(*came, on=DATES[3])
    assert (end.state, end.ended_on, end.ended_reason) == (PlanState.KEPT, DATES[3], "SETTLED")


BEARING = [Due(uuid.UUID(int=place), place, day, D(110), D(10)) for place, day in enumerate(DATES, start=1)]


@pytest.mark.parametrize(
    ("on", "spared"),
    [
        (START, "40"),  # nothing has been borne
        (date(2026, 11, 16), "35"),  # half of the first period of 30 days
        (DATES[0], "30"),
        (after(DATES[0], 1), "29.68"),  # 10 - 10/31, half up
        (after(DATES[3], -1), "0.36"),
        (DATES[3], "0"),
        (after(DATES[3], 50), "0"),
    ],
)
def test_paid_off_early_bears_interest_of_the_time_passed(on, spared):
    standings = judge_instalments(terms=terms(), dues=BEARING, shares={}, on=on)
    left = D(440) - D(spared)
    assert payoff_amount(terms=terms(), standings=standings, on=on) == left
    end = judged((on, str(left)), on=on, dues=BEARING)
    assert (end.state, end.ended_on) == (PlanState.KEPT, on)
    assert end.ended_reason == ("PAID_EARLY" if D(spared) else "SETTLED")
    assert judged((on, str(left - D("0.01"))), on=on, dues=BEARING).state != PlanState.KEPT


def test_paid_off_early_leaves_nothing_due():
    end = judged((START, "400"), on=START, dues=BEARING)
    assert {one.state for one in end.standings} == {InstalmentState.PAID, InstalmentState.DROPPED}


cents = st.integers(1, 20_000).map(lambda value: D(value) / 100)


@given(st.lists(st.tuples(st.integers(0, 160), cents), max_size=10), st.integers(0, 170))
def test_nothing_is_paid_beyond_and_judging_again_is_the_same(came, day):
    on = after(START, day)
    known = [(after(START, passed), str(amount)) for passed, amount in came if passed <= day]
    end = judged(*known, on=on)
    assert sum((one.paid_amount for one in end.standings), D(0)) == min(D(400), sum((D(a) for _, a in known), D(0)))
    assert all(one.paid_amount <= one.due.amount for one in end.standings)
    again = judged(*known, on=on, broken_on=end.broken_on)
    assert (again.state, again.standings) == (end.state, end.standings)
    # more money never makes it worse
    order = [PlanState.BROKEN, PlanState.ACTIVE, PlanState.KEPT]
    more = judged(*known, (on, "50"), on=on)
    assert order.index(more.state) >= order.index(end.state)


def test_states():
    assert may_become(PlanState.BROKEN, PlanState.ACTIVE)
    assert not may_become(PlanState.EXPIRED, PlanState.ACTIVE)
    assert set(MOVES) == set(PlanState)
    assert {state for state, to in MOVES.items() if not to} == {PlanState.CANCELLED, PlanState.SUPERSEDED,
                                                                PlanState.EXPIRED}  # fmt: skip


@pytest.mark.parametrize(
    ("jurisdiction", "products", "months", "value"),
    [
        ("china", ["CARD"], 60, "ALLOWED"), ("china", ["CARD"], 61, "REFUSED"), ("china", ["CONSUMER"], 240, "ALLOWED"),
        ("china", ["CONSUMER", "CARD"], 61, "REFUSED"), ("taiwan", ["CARD"], 240, "ALLOWED"),
    ],
)  # fmt: skip
def test_the_law_s_term(jurisdiction, products, months, value):
    found = judge_term(jurisdiction=jurisdiction, products=products, months=months, exceeds_ability=True, on=START)
    assert found.value == value


def test_collection_stops_while_a_card_plan_is_honoured():
    assert stops_collection(product="CARD", on=START)
    assert not stops_collection(product="CONSUMER", on=START)
    assert not stops_collection(product="CARD", on=START, jurisdiction="us")
    assert not stops_collection(product="CARD", on=date(2011, 1, 12))
    assert stops_collection(product="CARD", on=date(2011, 1, 13))


def test_policy():
    policy = plan_policy(settings={})
    assert (policy.missed_max, policy.reminder_days, policy.code.tries) == (1, (3, 1), 5)
    own = {"repayment": {"plans": {"default": {"missed_max": 0}, "reminder_days": [7]}}}
    assert (plan_policy(settings=own).missed_max, plan_policy(settings=own).reminder_days) == (0, (7,))
    with pytest.raises(Misconfigured):
        plan_policy(settings={"repayment": {"plans": {"code": {"digits": 4}}}})


@pytest.mark.parametrize(
    "rows",
    [[], [{"due_on": "2026-12-01", "amount": "0"}], [{"due_on": "2026-12-01", "amount": "1.001"}],
     [{"due_on": "2026-12-01", "amount": "1"}, {"due_on": "2026-12-01", "amount": "1"}]],
)  # fmt: skip
def test_an_unfit_schedule_stops(rows):
    with pytest.raises(BadInput):
        read_dues(schedule=rows, currency="CNY")


@pytest.mark.parametrize(
    "loans",
    [[], [{"ledger": str(uuid.UUID(int=1)), "owed": "1", "waivers": {"TIPS": "1"}}],
     [{"ledger": str(uuid.UUID(int=1)), "owed": "1", "waivers": {"PENALTY": "-1"}}],
     [{"ledger": str(uuid.UUID(int=1)), "owed": "1"}] * 2],
)  # fmt: skip
def test_unfit_loans_stop(loans):
    with pytest.raises(BadInput):
        read_loans(terms={"loans": loans})


def test_shares_of_a_plan_add_up():
    assert total([one for own in shares_of((FIRST, "1000")).values() for one in own]) == D(400)


@pytest.mark.parametrize(
    ("agreed", "still_open", "given"),
    [
        ({"PENALTY": "10"}, {"PENALTY": "10", "PRINCIPAL": "5"}, {"PENALTY": "10"}),
        # paid meanwhile by the order of art. 561: what is left is principal
        ({"INTEREST": "20"}, {"PRINCIPAL": "20"}, {"PRINCIPAL": "20"}),
        ({"INTEREST": "20"}, {"INTEREST": "5", "PRINCIPAL": "30"}, {"INTEREST": "5", "PRINCIPAL": "15"}),
        ({"PRINCIPAL": "20"}, {"PENALTY": "15", "PRINCIPAL": "10"}, {"PRINCIPAL": "10", "PENALTY": "10"}),
        ({"INTEREST": "20"}, {}, {}),
        ({"INTEREST": "20"}, {"COSTS": "3"}, {"COSTS": "3"}),
    ],
)
def test_what_was_agreed_is_given_up_where_it_is_still_open(agreed, still_open, given):
    found = amounts_given_up(
        agreed={kind: D(text) for kind, text in agreed.items()},
        open_amounts={kind: D(text) for kind, text in still_open.items()},
    )
    assert found == {kind: D(text) for kind, text in given.items()}


@pytest.mark.parametrize(
    ("accepted", "restarted"),
    [
        ([], None),
        ([date(2026, 3, 1)], None),  # the day before it falls due: nothing runs yet
        ([date(2026, 3, 2)], date(2026, 3, 2)),
        ([date(2026, 3, 2), date(2029, 3, 2)], date(2029, 3, 2)),  # the last day of the period begun again
        ([date(2029, 3, 3)], date(2029, 3, 3)),  # over; agreeing gives up that it is
    ],
)
def test_an_earlier_acceptance_began_the_period_again(accepted, restarted):
    found = restarted_by(jurisdiction="china", last_due_date=date(2026, 3, 2), accepted=accepted)
    assert found == restarted


def test_an_acceptance_too_late_begins_nothing_in_the_united_kingdom():
    due = date(2020, 3, 2)
    ask = {"jurisdiction": "uk", "last_due_date": due}
    assert restarted_by(accepted=[date(2026, 3, 2)], **ask) == date(2026, 3, 2)
    assert restarted_by(accepted=[date(2026, 3, 3)], **ask) is None
    assert restarted_by(jurisdiction="taiwan", last_due_date=due, accepted=[date(2021, 1, 4)]) is None
