"""Moves, deadlines and the queue, by table."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qingshou.features.cases.process import CaseFacts, QueueFacts, Trigger
from qingshou.features.cases.process_reading import current_process
from qingshou.features.cases.rules import (
    REFUSED,
    STAY,
    TIERS,
    judge_day,
    judge_move,
    next_action,
    queue_place,
    stage_due,
)

PROCESS = current_process()
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("stage", "severity", "outcome", "is_past_deadline", "done", "value", "trigger"),
    [
        ("FIRST_CONTACT", "MILD", "", False, (), STAY, None),
        ("FIRST_CONTACT", "MILD", "", True, (), "REPAYMENT_PLAN", "DEADLINE_PASSED"),
        ("FIRST_CONTACT", "MODERATE", "", False, (), "REPAYMENT_PLAN", "SEVERITY"),
        ("FIRST_CONTACT", "SEVERE", "", True, (), "LEGAL", "SEVERITY"),
        ("FIRST_CONTACT", "NONE", "CURED", True, (), "CLOSED", "CURED"),
        ("FIRST_CONTACT", "UNKNOWN", "", False, (), STAY, None),
        ("REPAYMENT_PLAN", "MILD", "", False, (), STAY, None),
        ("REPAYMENT_PLAN", "MODERATE", "", True, (), STAY, None),
        ("REPAYMENT_PLAN", "SEVERE", "", False, (), "LEGAL", "SEVERITY"),
        ("LEGAL", "MODERATE", "", False, (), "REPAYMENT_PLAN", "SEVERITY"),
        ("LEGAL", "MODERATE", "", False, ("CLAIM_FILED",), STAY, None),
        ("LEGAL", "NONE", "PAID_OFF", False, ("CLAIM_FILED",), "CLOSED", "PAID_OFF"),
        ("DISPOSAL", "SEVERE", "WRITTEN_OFF", False, (), "CLOSED", "WRITTEN_OFF"),
        ("CLOSED", "SEVERE", "", True, (), STAY, None),
    ],
)
def test_the_day_moves_a_case(
    stage: str,
    severity: str,
    outcome: str,
    is_past_deadline: bool,
    done: tuple[str, ...],
    value: str,
    trigger: str | None,
) -> None:
    verdict = judge_day(PROCESS, CaseFacts(stage, severity, outcome, is_past_deadline, frozenset(done)))
    # what holds a case where it is says so, and is no move
    moved_by = [reason.fields["trigger"] for reason in verdict.reasons if reason.code == "MOVED_BY"]
    assert (verdict.value, moved_by) == (value, [trigger] if trigger else [])


def test_a_person_needs_role_and_checklist_and_hears_of_both() -> None:
    asked = CaseFacts("FIRST_CONTACT", "MILD", role="RISK_OFFICER")
    verdict = judge_move(PROCESS, asked, Trigger.OPERATOR, to="REPAYMENT_PLAN")
    assert verdict.value == REFUSED
    assert [reason.code for reason in verdict.reasons] == ["ROLE_MAY_NOT", "CHECKLIST_MISSING"]
    assert verdict.reasons[1].fields["items"] == ["IDENTITY_CHECKED", "REASON_RECORDED", "OPTIONS_OFFERED"]


def test_an_exception_needs_approval_and_nothing_else() -> None:
    asked = CaseFacts("FIRST_CONTACT", "MILD", role="")
    assert judge_move(PROCESS, asked, Trigger.APPROVAL, to="LEGAL").reasons[0].code == "NOT_APPROVED"
    approved = CaseFacts("FIRST_CONTACT", "MILD", is_approved=True)
    assert judge_move(PROCESS, approved, Trigger.APPROVAL, to="LEGAL").value == "LEGAL"


def test_no_way_leads_where_the_process_has_none() -> None:
    verdict = judge_move(PROCESS, CaseFacts("FIRST_CONTACT", "MILD", role="TEAM_LEAD"), Trigger.OPERATOR, to="DISPOSAL")
    assert [reason.code for reason in verdict.reasons] == ["NO_SUCH_MOVE"]


def test_action_and_deadline_of_a_stage() -> None:
    assert next_action(PROCESS, "LEGAL", on=DAY) == ("ASSESS_CLAIM", date(2026, 11, 26))
    assert next_action(PROCESS, "LEGAL", on=DAY, is_past_deadline=True) == ("REVIEW_STAGE", DAY)
    assert stage_due(PROCESS, "FIRST_CONTACT", entered_on=DAY) == date(2026, 12, 23)
    assert stage_due(PROCESS, "CLOSED", entered_on=DAY) is None


def facts(**changed: object) -> QueueFacts:
    """A case that nothing but the last tier fits."""
    given: dict[str, object] = {
        "as_of": DAY, "currency": "CNY", "balance": Decimal(5000), "arrears": Decimal(300), "overdue_days": 10,
        "opened_on": DAY - timedelta(days=9), "next_action": "CONTACT_DEBTOR", "next_action_on": DAY,
        "is_never_paid": False, "cures_count": 0,
    }  # fmt: skip
    return QueueFacts(**(given | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, "REST"),
        ({"legal_deadline_on": DAY + timedelta(days=60)}, "LEGAL_DEADLINE"),
        ({"legal_deadline_on": DAY + timedelta(days=61)}, "REST"),
        ({"is_specialist": True, "is_never_paid": True}, "SPECIALIST"),
        ({"next_action": "CALL_BACK"}, "CALL_BACK_DUE"),
        ({"next_action": "CALL_BACK", "next_action_on": DAY + timedelta(days=1)}, "REST"),
        ({"next_action": "CHECK_PROMISE"}, "PROMISE_DUE"),
        ({"next_action": "CHECK_PROMISE", "next_action_on": DAY - timedelta(days=1)}, "PROMISE_DUE"),
        ({"next_action": "CHECK_PROMISE", "next_action_on": DAY + timedelta(days=1)}, "REST"),
        ({"promise_due_on": DAY}, "PROMISE_DUE"),
        ({"promise_broken_on": DAY - timedelta(days=1)}, "PROMISE_BROKEN"),
        ({"promise_broken_on": DAY - timedelta(days=2)}, "REST"),
        ({"is_never_paid": True}, "NEVER_PAID"),
        ({"overdue_days": 27}, "REST"),
        ({"overdue_days": 28}, "ABOUT_TO_ROLL"),
        ({"overdue_days": 30}, "ABOUT_TO_ROLL"),
        ({"overdue_days": 31}, "REST"),
        ({"overdue_days": 90}, "ABOUT_TO_ROLL"),
        ({"overdue_days": 91}, "REST"),
        ({"overdue_days": None}, "REST"),
        ({"opened_on": DAY - timedelta(days=3)}, "NEW_ENTRY"),
        ({"opened_on": DAY - timedelta(days=4)}, "REST"),
        ({"opened_on": DAY, "cures_count": 3}, "REST"),
        ({"balance": Decimal(200000)}, "HIGH_VALUE"),
        ({"balance": Decimal("199999.99")}, "REST"),
        ({"balance": None}, "REST"),
        ({"balance": Decimal(200000), "currency": "JPY"}, "REST"),
        ({"is_skip": True}, "SKIP"),
        ({"next_action": "REVIEW_PLAN"}, "PLAN_REVIEW"),
    ],
)
def test_the_tier_of_the_queue(changed: dict[str, object], reason: str) -> None:
    place = queue_place(PROCESS.queue, facts(**changed))
    assert (place.reason, place.tier) == (reason, TIERS.index(reason) + 1)


@pytest.mark.parametrize(
    ("changed", "weight"),
    [
        ({}, 300),
        ({"overdue_days": 29}, 5000),
        ({"arrears": None}, 5000),
        ({"arrears": None, "balance": None}, 10),
        ({"arrears": None, "balance": None, "overdue_days": None}, 0),
    ],
)
def test_the_weight_within_a_tier(changed: dict[str, object], weight: int) -> None:
    assert queue_place(PROCESS.queue, facts(**changed)).weight == weight
