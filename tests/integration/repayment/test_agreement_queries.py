"""What the pages of promises, plans and negotiation read: figures by their formula, a fixed number of queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.integration.repayment.agreement_rows import DAY, NOW, add_receipt, at, look, make_debtor, make_offer
from tests.integration.repayment.test_plans import DUES, accepted, offered

from qingshou.access.actors import actor_of
from qingshou.audit.models import AuditOpening
from qingshou.audit.queries import list_events
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchPlan
from qingshou.features.repayment.models import NegotiationStep
from qingshou.features.repayment.operations import promises
from qingshou.features.repayment.operations.negotiation import note_step
from qingshou.features.repayment.queries.negotiation import list_steps, open_words
from qingshou.features.repayment.queries.plans import get_plan, list_plans, list_plans_of, plan_of_debtor, survivals
from qingshou.features.repayment.queries.promises import (
    count_promises,
    get_counted,
    kept_rates,
    list_promises,
    list_promises_of,
)

D = Decimal


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


def debtors(users, count):
    return [make_debtor(f"q{place}", owner=users["COLLECTOR"], overdue_days=40) for place in range(count)]


def promised(case, me, amount, days):
    return promises.record_promise(case_id=case.id, amount=D(amount), due_on=DAY + timedelta(days=days), actor=me,
                                   now=NOW)  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_promises_is_one_query(users, me, count, django_assert_num_queries):
    for case in debtors(users, count):
        promised(case, me, "100", 2)
    with django_assert_num_queries(1):
        page = list_promises(on=DAY + timedelta(days=2))
    assert (len(page.rows), page.after) == (count, None)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_plans_is_two_queries(users, me, count, django_assert_num_queries):
    for case in debtors(users, count):
        accepted(case, me)
    with django_assert_num_queries(2):
        page = list_plans(on=DAY, shelf="ACTIVE")
    assert len(page.rows) == count


def test_shelves_and_pages_of_promises(users, me):
    cases = debtors(users, 3)
    made = [promised(case, me, "100", days) for case, days in zip(cases, (2, 2, 5), strict=True)]
    on = DAY + timedelta(days=2)
    assert count_promises(on=on) == {"DUE_TODAY": 2, "DUE_SOON": 1, "IN_GRACE": 0, "BROKEN": 0, "KEPT": 0, "OPEN": 3}
    first = list_promises(on=on, shelf="OPEN", limit=2)
    second = list_promises(on=on, shelf="OPEN", limit=2, after=first.after)
    assert [one.id for one in (*first.rows, *second.rows)] == [
        *sorted((made[0].id, made[1].id)), made[2].id,
    ]  # fmt: skip
    assert second.after is None
    assert list_promises(on=on, owner_ids=[users["TEAM_LEAD"].id]).rows == ()
    late = on + timedelta(days=4)
    for case in cases:
        look(case, late)
    assert count_promises(on=late)["BROKEN"] == 2
    assert [one.state for one in list_promises_of(case_id=cases[0].id)] == ["BROKEN"]


def test_kept_rate_is_of_promises_due_in_the_period(users, me):
    cases = debtors(users, 5)
    kept = promised(cases[0], me, "100", 2)
    promised(cases[1], me, "200", 3)
    promised(cases[2], me, "300", 4)
    promised(cases[3], me, "400", 5)
    promised(cases[4], me, "500", 9)  # not due in the period
    promises.cancel_promise(promise_id=list_promises_of(case_id=cases[2].id)[0].id, reason="REPLACED", actor=me,
                            now=NOW)  # fmt: skip
    promises.invalidate_promise(promise_id=list_promises_of(case_id=cases[3].id)[0].id, reason="WRONG_AMOUNT",
                                actor=me, now=NOW)  # fmt: skip
    receipt = add_receipt(cases[0], "95", DAY + timedelta(days=1))
    add_receipt(cases[1], "50", DAY + timedelta(days=1))
    for case in cases:
        look(case, DAY + timedelta(days=7))
    (rate,) = kept_rates(from_date=DAY, until_date=DAY + timedelta(days=6))
    assert (rate.due_count, rate.due_amount, rate.kept_count, rate.kept_amount) == (4, D(1000), 1, D(100))
    assert (rate.broken_count, rate.cancelled_count, rate.invalidated_count, rate.open_count) == (1, 1, 1, 0)
    assert (rate.broken_amount, rate.kept_share, rate.kept_amount_share) == (D(200), D("0.25"), D("0.1"))
    assert (rate.paid_amount, rate.paid_share) == (D(145), D("0.145"))
    assert get_counted(promise_id=kept.id) == [(receipt.id, DAY + timedelta(days=1), D(95))]
    assert kept_rates(from_date=DAY, until_date=DAY + timedelta(days=1)) == []


def test_money_of_a_promise_taken_back_is_paid_once(users, me):
    """Sixty counted for the first; it is taken back, they count for the second: sixty were paid, not twice sixty."""
    (case,) = debtors(users, 1)
    first = promised(case, me, "100", 2)
    promised(case, me, "100", 3)
    add_receipt(case, "60", DAY)
    look(case, DAY)
    assert [one.paid_amount for one in list_promises_of(case_id=case.id) if one.id == first.id] == [D(60)]
    promises.cancel_promise(promise_id=first.id, reason="REPLACED", actor=me, now=NOW)
    look(case, DAY)
    (rate,) = kept_rates(from_date=DAY, until_date=DAY + timedelta(days=6))
    assert (rate.due_amount, rate.paid_amount, rate.paid_share) == (D(200), D(60), D("0.3"))


def test_one_plan_with_its_schedule(users, me):
    (case,) = debtors(users, 1)
    plan = accepted(case, me, offered(case, waivers={"PENALTY": "5"}))
    receipt = add_receipt(case, "150", DUES[0])
    look(case, DUES[0])
    page = get_plan(plan_id=plan.id, on=DUES[0])
    assert [(one.position, one.paid_amount, one.state) for one in page.instalments] == [
        (1, D(100), "PAID"), (2, D(50), "DUE"), (3, D(0), "DUE"), (4, D(0), "DUE"),
    ]  # fmt: skip
    assert page.instalments[1].counted == ((receipt.id, DUES[0], D(50)),)
    assert (page.payoff, page.given_up, page.row.paid, page.row.next_due_on) == (D(250), D(5), D(150), DUES[1])
    assert plan_of_debtor(borrower_id=case.borrower_id).id == plan.id
    with pytest.raises(NoSuchPlan):
        get_plan(plan_id=case.id, on=DAY)


def test_plans_at_risk(users, me):
    (case,) = debtors(users, 1)
    accepted(case, me)
    late = DUES[0] + timedelta(days=1)
    assert list_plans(on=late).rows == ()
    look(case, late)
    (row,) = list_plans(on=late).rows
    assert (row.late, row.missed, row.unpaid, row.state) == (1, 0, D(100), "ACTIVE")
    broken = DUES[1] + timedelta(days=4)
    look(case, broken)
    (row,) = list_plans(on=broken, shelf="BROKEN").rows
    assert (row.missed, row.unpaid, row.cure_until) == (2, D(200), broken + timedelta(days=15))
    assert [one.id for one in list_plans_of(case_id=case.id, on=broken)] == [row.id]
    found = survivals(from_date=DAY, until_date=DAY + timedelta(days=1), on=broken)
    assert [(one.k, one.of, one.alive) for one in found] == [(1, 1, 0), (2, 1, 0)]


def test_every_word_of_a_negotiation_is_on_file(users, me):
    (case,) = debtors(users, 1)
    offer = make_offer(case, [(DUES[0], "100")])
    note_step(case_id=case.id, party="LENDER", kind="OFFERED", offer_id=offer.id, channel="CALL", actor=me, now=NOW)
    step = note_step(case_id=case.id, party="DEBTOR", kind="REFUSED", offer_id=offer.id, reason="TOO_HIGH",
                     said="我下个月才发工资", channel="CALL", actor=me, now=at(DAY + timedelta(days=1)))  # fmt: skip
    lines = list_steps(case_id=case.id)
    assert [(one.party, one.kind, one.has_words) for one in lines] == [
        ("DEBTOR", "REFUSED", True), ("LENDER", "OFFERED", False),
    ]  # fmt: skip
    event = list_events(subject_kind="CASE", subject_id=case.id, limit=1)[0]
    assert (event.action, "said" in event.facts, "said" in event.facts["commitments"]) == (
        "NEGOTIATION_REFUSED", False, True,
    )  # fmt: skip
    assert AuditOpening.objects.count() == 1
    assert "发工资" not in str(NegotiationStep.objects.values())
    assert open_words(step_id=step.id, reader=me, role="TEAM_LEAD", now=NOW) == "我下个月才发工资"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "SHOUTED"},
        {"party": "NOBODY"},
        {"kind": "OFFERED"},
        {"kind": "REFUSED", "has_offer": True},
        {"reason": "WHIM"},
        {"said": "x" * 2001},
        {"at": NOW + timedelta(seconds=1)},
        {"document_hash": "0" * 64},
    ],
)
def test_a_step_that_does_not_fit_leaves_nothing(users, me, wrong):
    (case,) = debtors(users, 1)
    given = {"party": "DEBTOR", "kind": "SAID", "said": "x"} | wrong
    if given.pop("has_offer", False):
        given["offer_id"] = make_offer(case, [(DUES[0], "100")]).id
    with pytest.raises(BadAgreementInput):
        note_step(case_id=case.id, actor=me, now=NOW, **given)
    assert NegotiationStep.objects.count() == 0
