"""Which loans a restructuring keeps at a class: 关注 while observed, 次级 when done again, none after it."""

from datetime import date, timedelta

import pytest
from tests.integration.repayment.agreement_rows import DAY, add_receipt, at, look, make_debtor, make_offer
from tests.integration.repayment.test_plans import DUES, accepted

from qingshou.access.actors import actor_of
from qingshou.features.book.models import Loan
from qingshou.features.repayment.operations import plans
from qingshou.features.repayment.queries.observed import list_observed


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("o1", owner=users["COLLECTOR"], overdue_days=40)


FIRST = DUES[0]
# 2023 办法 art 20: two periods and at least a year from the first agreed date
UNTIL = date(FIRST.year + 1, FIRST.month, FIRST.day)


def told(on):
    return [(one.loan_ref, one.observed_until, one.floor_class) for one in list_observed(on=on)]


def paid_on_time(case):
    for day in DUES:
        add_receipt(case, "100", day)
        look(case, day)


def test_observed_from_acceptance_until_a_year_after_the_first_date(case, me):
    accepted(case, me)
    assert told(DAY - timedelta(days=1)) == []
    assert told(DAY) == [("Lo1", UNTIL, "SPECIAL_MENTION")]
    paid_on_time(case)
    assert told(UNTIL - timedelta(days=1)) == [("Lo1", UNTIL, "SPECIAL_MENTION")]
    assert told(UNTIL) == []


def test_a_missed_payment_starts_it_again(case, me):
    accepted(case, me)
    add_receipt(case, "100", FIRST)
    day = DUES[1] + timedelta(days=4)
    look(case, day)
    (found,) = told(day)
    assert found[1] == date(DUES[1].year + 1, DUES[1].month, DUES[1].day)


def test_restructured_again_while_observed_it_is_substandard(case, me):
    accepted(case, me)
    day = DAY + timedelta(days=2)
    accepted(case, me, now=at(day))
    assert [one[2] for one in told(day)] == ["SUBSTANDARD"]
    assert [one[2] for one in told(day - timedelta(days=1))] == ["SPECIAL_MENTION"]


def test_non_performing_before_it_stays_so_for_six_clean_months(case, me):
    Loan.objects.update(is_non_performing=True)
    accepted(case, me)
    paid_on_time(case)
    clean = date(2027, 6, FIRST.day)
    assert [one[2] for one in told(clean - timedelta(days=1))] == ["SUBSTANDARD"]
    assert [one[2] for one in told(clean)] == ["SPECIAL_MENTION"]


def test_a_settlement_without_concession_is_no_restructuring(case, me):
    plan = accepted(case, me, make_offer(case, [(FIRST, "400")], kind="SETTLEMENT"))
    assert (plan.is_restructure, plan.observed_until, told(DAY)) == (False, None, [])


def test_a_plan_taken_back_is_not_observed(case, me):
    plan = accepted(case, me)
    plans.cancel_plan(plan_id=plan.id, reason="WRONG_TERMS", actor=me, now=at(DAY))
    assert told(DAY) == []


def test_a_place_without_such_a_text_observes_nothing(case, me, tenant):
    tenant.jurisdiction = "india"
    tenant.save()
    accepted(case, me)
    assert told(DAY) == []


@pytest.mark.parametrize("count", [1, 3])
def test_it_is_few_queries(users, me, count, django_assert_num_queries):
    for place in range(count):
        accepted(make_debtor(f"n{place}", owner=users["COLLECTOR"], overdue_days=40), me)
    with django_assert_num_queries(5):
        assert len(list_observed(on=DAY)) == count
