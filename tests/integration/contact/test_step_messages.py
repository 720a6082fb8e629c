"""Messages of the ladder's steps: asked for once, at the hour that allows it, and never for a day of the past."""

from datetime import datetime, timedelta

from tests.integration.contact.messages import version_of
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.cases.models import Case
from qingshou.features.contact.models import Attempt, CaseStep, Message
from qingshou.features.contact.operations.step_messages import ask_steps
from qingshou.features.contact.operations.steps import take_steps
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Stop

NIGHT = datetime.fromisoformat("2026-11-23T02:00:00+08:00")
MORNING = datetime.fromisoformat("2026-11-23T08:00:00+08:00")


def begin():
    take_steps(as_of=DAY, now=NIGHT, actor=SYSTEM)


def ask(now=NIGHT):
    return dict(ask_steps(now=now, actor=SYSTEM).states)


def test_the_night_asks_and_the_morning_sends():
    case = make_debtor()
    version_of("{debtor_name}，您有 {amount_due} 元逾期。")
    begin()
    assert ask() == {"QUEUED": 1}
    (message,) = Message.objects.all()
    assert message.not_before_at == MORNING
    assert message.attempt.case_id == case.id
    assert ask() == {}  # once
    CaseStep.objects.update(asked_at=None)  # as if the answer had been lost with the process
    assert ask(NOW) == {"QUEUED": 1}
    assert Message.objects.count() == Attempt.objects.count() == 1


def test_what_the_door_refuses_is_kept_as_refused():
    case = make_debtor()
    version_of("hello")
    place_stop(borrower_id=case.borrower_id, kind=Stop.DISPUTE, actor=SYSTEM, now=NIGHT)
    begin()
    assert ask() == {"REFUSED": 1}
    assert Message.objects.count() == 0


def test_without_an_approved_wording_a_person_contacts():
    case = make_debtor()
    version_of("hello", status="DRAFT")
    Case.objects.filter(id=case.id).update(next_action="SKIP_TRACE")
    begin()
    assert ask() == {"NO_TEMPLATE": 1}
    assert Case.objects.get(id=case.id).next_action == "CONTACT_DEBTOR"


def test_a_value_that_is_not_known_is_left_to_a_person():
    make_debtor()
    version_of("{debtor_name} {promise_date}")
    begin()
    assert ask() == {"NO_VALUE": 1}


def test_a_day_of_the_past_writes_to_nobody():
    make_debtor()
    version_of("hello")
    begin()
    assert ask(NIGHT + timedelta(days=4)) == {"TOO_OLD": 1}
    assert Message.objects.count() == 0


def test_an_answered_step_sends_nothing():
    make_debtor()
    version_of("hello")
    begin()
    CaseStep.objects.update(answered_on=DAY)
    assert ask(NOW) == {}


def test_steps_of_many_are_asked_in_parts():
    for _ in range(3):
        make_debtor()
    version_of("hello")
    begin()
    assert ask(NOW) == {"QUEUED": 3}
    keys = set(Attempt.objects.values_list("key", flat=True))
    assert {key.split(":")[0] for key in keys} == {"step"}
