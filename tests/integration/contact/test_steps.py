"""The ladder of contact: no answer in the time a step allows moves the case on; an answer holds it."""

from datetime import timedelta

import pytest
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan, Payment
from qingshou.features.cases.models import Case
from qingshou.features.contact.models import CaseStep
from qingshou.features.contact.operations.door import Asked, note_inbound, reserve, settle
from qingshou.features.contact.operations.steps import StepsReport, take_steps
from qingshou.features.contact.rules.ladder import BadLadder, current_ladder, is_over_time, read_ladder
from qingshou.law.contact.terms import Channel, Outcome


def day(number):
    return DAY + timedelta(days=number)


def take(number):
    return take_steps(as_of=day(number), now=NOW + timedelta(days=number), actor=SYSTEM)


def step_of(case):
    return CaseStep.objects.get(case=case)


def test_a_case_goes_down_the_ladder_and_on_to_the_next_stage():
    case = make_debtor()
    assert take(0) == StepsReport(1, 0, 0, 0)
    at, passed = 0, []
    for step in current_ladder().steps:
        assert (step_of(case).step, step_of(case).entered_on) == (step.code, day(at))
        take(at + step.allowed_days)  # the last day an answer is waited for
        assert step_of(case).step == step.code
        at += step.allowed_days + 1
        passed.append(take(at))
    assert passed[0] == StepsReport(0, 0, 1, 0)
    assert passed[-1] == StepsReport(0, 0, 0, 1)
    moved = Case.objects.get(id=case.id)
    assert (moved.stage, moved.next_action) == ("REPAYMENT_PLAN", "NEGOTIATE_PLAN")
    assert step_of(case).is_over
    actions = [one.action for one in list_events(subject_kind="CASE", subject_id=case.id)]
    assert actions.count("STEP_ENTERED") == 5
    assert actions.count("LADDER_ENDED") == actions.count("CASE_MOVED") == 1
    assert take(at + 40) == StepsReport(0, 0, 0, 0)


def test_a_day_taken_twice_changes_nothing_more():
    case = make_debtor()
    take(0)
    first = step_of(case)
    assert take(0) == StepsReport(0, 0, 0, 0)
    assert step_of(case).due_on == first.due_on


def reply(case):
    note_inbound(borrower_id=case.borrower_id, case_id=case.id, channel=Channel.SMS, at=NOW, actor=SYSTEM, now=NOW,
                 key="in")  # fmt: skip


def talk(case):
    asked = Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)
    settle(
        attempt_id=reserve(asked=asked, actor=SYSTEM, now=NOW).id, outcome=Outcome.CONVERSATION, actor=SYSTEM, now=NOW
    )


def pay(case):
    loan = Loan.objects.get(borrower=case.borrower_id)
    Payment.objects.create(loan=loan, payment_ref="P1", paid_date=day(1), amount=100)


def no_answer(case):
    asked = Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)
    settle(attempt_id=reserve(asked=asked, actor=SYSTEM, now=NOW).id, outcome=Outcome.NO_ANSWER, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(("happens", "holds"), [(reply, True), (talk, True), (pay, True), (no_answer, False)])
def test_what_counts_as_an_answer(happens, holds):
    case = make_debtor()
    take(0)
    happens(case)
    report = take(4)
    assert report == (StepsReport(0, 1, 0, 0) if holds else StepsReport(0, 0, 1, 0))
    assert (step_of(case).answered_on is not None) is holds


def test_a_step_that_is_a_call_is_somebodys_next_action():
    case = make_debtor()
    Case.objects.filter(id=case.id).update(next_action="SKIP_TRACE")
    take(0)
    take(4)
    assert step_of(case).step == "FIRST_CALL"
    worked = Case.objects.get(id=case.id)
    assert (worked.next_action, worked.next_action_on) == ("CONTACT_DEBTOR", day(4))


def test_a_case_that_leaves_the_stage_leaves_the_ladder():
    case = make_debtor()
    take(0)
    Case.objects.filter(id=case.id).update(stage="REPAYMENT_PLAN")
    assert take(30) == StepsReport(0, 0, 0, 0)
    assert step_of(case).is_over


@pytest.mark.parametrize(("days", "over"), [(-1, False), (0, False), (1, True)])
def test_the_day_before_of_and_after(days, over):
    assert is_over_time(due_on=DAY, on=day(days)) is over


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (": not yaml: [", "not YAML"),
        ("{code: A1, version: 1, stage: S1, steps: []}", "steps"),
        (
            "{code: A1, version: 1, stage: S1, steps: [{step: S1, channel: PHONE, allowed_days: 0, action: CALL}]}",
            "minimum",
        ),
        ("{code: A1, version: 1, stage: S1, steps: [{step: S1, channel: PHONE, allowed_days: 1}]}", "steps.0"),
        (
            "{code: A1, version: 1, stage: S1, steps: [{step: S1, channel: SMS, allowed_days: 1, action: CALL},"
            " {step: S1, channel: SMS, allowed_days: 1, action: CALL}]}",
            "twice",
        ),
    ],
)
def test_a_bad_ladder_says_where(text, words):
    with pytest.raises(BadLadder, match=words):
        read_ladder(text, name="given")
