"""The day's step over all cases: opened, moved, closed, dealt out, each with its record; the second time nothing."""

from datetime import date, timedelta

import pytest
from tests.integration.cases.book_rows import DAY, NOW, owe

from qingshou.access.models import User
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.cases.errors import NobodyToOwn
from qingshou.features.cases.models import Case, StageEvidence
from qingshou.features.cases.operations import CasesReport, take_day
from qingshou.features.oversight.checks import run_checks

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)


def take(tenant: object, as_of: date = DAY) -> CasesReport:
    return take_day(tenant_id=tenant.id, as_of=as_of, now=NOW, actor=SYSTEM)  # type: ignore[attr-defined]


def actions(case: Case) -> list[str]:
    return [event.action for event in reversed(list_events(subject_kind="CASE", subject_id=case.id))]


def case_of(ref: str) -> Case:
    return Case.objects.filter(borrower__borrower_ref=ref).latest("opened_on")


def test_each_overdue_debtor_gets_one_case_at_the_stage_of_its_worst_loan(tenant: object, people: dict) -> None:
    owe("a", overdue_days=5)
    owe("a", overdue_days=45, loan_ref="L2", balance=500, arrears=70, product="MICRO")
    owe("b", overdue_days=120)
    owe("c", overdue_days=0)
    report = take(tenant)
    assert (report.opened, report.dealt, report.unassigned) == (2, 2, 0)
    case = case_of("a")
    assert (case.stage, case.severity, case.overdue_days, case.loans_count) == ("REPAYMENT_PLAN", "MODERATE", 45, 2)
    assert (case.balance, case.arrears, case.product) == (1500, 170, "MICRO")
    assert (case.next_action, case.next_action_on) == ("NEGOTIATE_PLAN", NEXT)
    assert case.stage_due_on == DAY + timedelta(days=60)
    assert case.overdue_since == DAY - timedelta(days=45)
    assert case.owner.role == "COLLECTOR"
    assert case_of("b").owner.role == "LEGAL_OFFICER"
    assert [one.number for one in Case.objects.order_by("number")] == ["2026-00000001", "2026-00000002"]
    assert actions(case) == ["CASE_OPENED"]
    assert sum(run_checks(tenant.id).values()) == 0  # type: ignore[attr-defined]


def test_the_second_time_nothing_changes(tenant: object, people: dict) -> None:
    for number in range(9):
        owe(f"d{number}", overdue_days=number * 20)
    take(tenant)
    before = list(Case.objects.order_by("id").values())
    again = take(tenant)
    assert (again.opened, again.moved, again.closed, again.updated, again.dealt) == (0, 0, 0, 0, 0)
    assert list(Case.objects.order_by("id").values()) == before


def test_a_case_moves_with_severity_and_to_whom_the_stage_belongs(tenant: object, people: dict) -> None:
    owe("a", overdue_days=90)
    take(tenant)
    owe("a", overdue_days=91, as_of=NEXT)
    report = take(tenant, NEXT)
    case = case_of("a")
    assert (report.moved, case.stage, case.stage_entered_on, case.as_of) == (1, "LEGAL", NEXT, NEXT)
    assert case.owner.role == "LEGAL_OFFICER"
    assert case.next_action == "ASSESS_CLAIM"
    assert actions(case) == ["CASE_OPENED", "CASE_MOVED", "CASE_ASSIGNED"]


def test_a_filed_claim_holds_the_case_where_it_is(tenant: object, people: dict) -> None:
    for ref in ("filed", "not-filed"):
        owe(ref, overdue_days=100)
    take(tenant)
    StageEvidence.objects.create(case=case_of("filed"), stage="LEGAL", item="CLAIM_FILED", given_by="x", given_at=NOW)
    for ref in ("filed", "not-filed"):
        owe(ref, overdue_days=40, as_of=NEXT)
    take(tenant, NEXT)
    assert (case_of("filed").stage, case_of("not-filed").stage) == ("LEGAL", "REPAYMENT_PLAN")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"overdue_days": 0}, "CURED"),
        ({"overdue_days": 0, "is_closed": True}, "PAID_OFF"),
        ({"overdue_days": 50, "is_written_off": True}, "WRITTEN_OFF"),
    ],
)
def test_a_case_closes_when_the_book_says_so(tenant: object, people: dict, state: dict, reason: str) -> None:
    owe("a", overdue_days=50)
    take(tenant)
    owe("a", as_of=NEXT, **state)
    report = take(tenant, NEXT)
    case = case_of("a")
    assert (report.closed, case.closed_on, case.closed_reason, case.stage) == (1, NEXT, reason, "CLOSED")
    assert actions(case) == ["CASE_OPENED", "CASE_CLOSED"]


def test_one_of_several_loans_cured_leaves_the_case_open(tenant: object, people: dict) -> None:
    owe("a", overdue_days=50)
    owe("a", overdue_days=10, loan_ref="L2")
    take(tenant)
    owe("a", overdue_days=0, as_of=NEXT)
    owe("a", overdue_days=11, loan_ref="L2", as_of=NEXT)
    take(tenant, NEXT)
    case = case_of("a")
    assert (case.closed_on, case.stage, case.severity, case.overdue_days) == (None, "REPAYMENT_PLAN", "MILD", 11)


def test_who_falls_overdue_again_gets_a_new_case_that_knows_of_the_old(tenant: object, people: dict) -> None:
    for step, days in enumerate((5, 0, 3)):
        owe("a", overdue_days=days, as_of=DAY + timedelta(days=step))
        take(tenant, DAY + timedelta(days=step))
    case = case_of("a")
    assert Case.objects.count() == 2
    assert (case.cures_count, case.number) == (1, "2026-00000002")


def test_a_passed_deadline_moves_first_contact_and_calls_for_a_decision_later(tenant: object, people: dict) -> None:
    owe("mild", overdue_days=3)
    owe("moderate", overdue_days=31)
    take(tenant)
    late = DAY + timedelta(days=61)
    owe("mild", overdue_days=3, as_of=late)
    owe("moderate", overdue_days=31, as_of=late)
    take(tenant, late)
    assert case_of("mild").stage == "REPAYMENT_PLAN"
    overstayed = case_of("moderate")
    assert overstayed.stage == "REPAYMENT_PLAN"
    assert (overstayed.next_action, overstayed.next_action_on) == ("REVIEW_STAGE", late)
    assert actions(overstayed) == ["CASE_OPENED", "CASE_OVERSTAYED"]


def test_with_nobody_free_a_case_waits_with_the_lead_until_there_is_room(tenant: object, people: dict) -> None:
    User.objects.filter(role="COLLECTOR").update(capacity_cases=1)
    for ref in "abc":
        owe(ref, overdue_days=5)
    report = take(tenant)
    assert (report.dealt, report.unassigned) == (2, 1)
    waiting = Case.objects.get(next_action="ASSIGN")
    assert waiting.owner.role == "TEAM_LEAD"
    User.objects.filter(role="COLLECTOR").update(capacity_cases=2)
    for ref in "abc":
        owe(ref, overdue_days=6, as_of=NEXT)
    assert take(tenant, NEXT).dealt == 1
    waiting.refresh_from_db()
    assert (waiting.owner.role, waiting.next_action) == ("COLLECTOR", "CONTACT_DEBTOR")


def test_the_cases_of_who_leaves_are_dealt_anew(tenant: object, people: dict) -> None:
    owe("a", overdue_days=5)
    take(tenant)
    first = case_of("a").owner
    User.objects.filter(id=first.id).update(is_active=False)
    owe("a", overdue_days=6, as_of=NEXT)
    take(tenant, NEXT)
    case = case_of("a")
    assert case.owner_id != first.id
    assert actions(case) == ["CASE_OPENED", "CASE_ASSIGNED"]


def test_without_anybody_no_case_is_opened(tenant: object) -> None:
    owe("a", overdue_days=5)
    with pytest.raises(NobodyToOwn):
        take(tenant)
    assert not Case.objects.exists()


def test_unknown_amounts_stay_unknown_and_mixed_currencies_have_no_sum(tenant: object, people: dict) -> None:
    owe("unknown", overdue_days=5, balance=None, arrears=None)
    owe("partly", overdue_days=5, balance=None)
    owe("partly", overdue_days=6, loan_ref="L2", balance=7)
    owe("mixed", overdue_days=5)
    owe("mixed", overdue_days=6, loan_ref="L3", currency="USD")
    owe("unheard", overdue_days=None)
    take(tenant)
    assert (case_of("unknown").balance, case_of("unknown").arrears) == (None, None)
    assert case_of("partly").balance == 7
    assert (case_of("mixed").balance, case_of("mixed").currency) == (None, "USD")
    assert not Case.objects.filter(borrower__borrower_ref="unheard").exists()


def test_another_lenders_cases_are_not_touched(tenant: object, other_tenant: object, people: dict) -> None:
    from qingshou.tenancy.context import using

    owe("a", overdue_days=5)
    take(tenant)
    with using(other_tenant.id):  # type: ignore[attr-defined]
        User.objects.create(username="other-lead", display_name="L", role="TEAM_LEAD")
        owe("a", overdue_days=95)
        take_day(tenant_id=other_tenant.id, as_of=DAY, now=NOW, actor=SYSTEM)  # type: ignore[attr-defined]
        assert [case.number for case in Case.objects.all()] == ["2026-00000001"]
    assert [case.severity for case in Case.objects.all()] == ["MILD"]


def test_a_debtor_who_left_the_tape_is_asked_after_and_nothing_is_concluded(tenant: object, people: dict) -> None:
    for ref in ("left", "stays"):
        owe(ref, overdue_days=5)
    take(tenant)
    owe("stays", overdue_days=6, as_of=NEXT)
    take(tenant, NEXT)
    left, stays = case_of("left"), case_of("stays")
    assert (left.next_action, left.next_action_on, left.closed_on) == ("CHECK_MISSING_LOAN", NEXT, None)
    assert stays.next_action == "CONTACT_DEBTOR"
    assert actions(left) == ["CASE_OPENED", "CASE_OFF_TAPE"]
    after = NEXT + timedelta(days=1)
    owe("stays", overdue_days=7, as_of=after)
    take(tenant, after)
    assert actions(left) == ["CASE_OPENED", "CASE_OFF_TAPE"]
    back = after + timedelta(days=1)
    for ref in ("left", "stays"):
        owe(ref, overdue_days=8, as_of=back)
    take(tenant, back)
    assert case_of("left").next_action == "CONTACT_DEBTOR"
    assert actions(left) == ["CASE_OPENED", "CASE_OFF_TAPE", "CASE_ON_TAPE"]
