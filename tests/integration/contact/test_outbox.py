"""The outbox: reserved, worded, sealed and recorded together; taken back by hand and by stops."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.contact.messages import NOW, asked_of, version_of
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.contact.errors import BadContactInput, ContactRefused, NotNow
from qingshou.features.contact.models import Attempt, Message, Refusal
from qingshou.features.contact.operations import outbox
from qingshou.features.contact.operations.door import Asked
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.rules.messages import State
from qingshou.features.contact.templating.rendering import MissingValue
from qingshou.law.contact.terms import Channel, Purpose, Stop
from qingshou.privacy.places import place_of
from qingshou.privacy.sealing import unseal


def text(case, *, key="", body="请回电。", **more):
    return outbox.ToSend(asked=asked_of(case, key=key, **more), body=body)


def test_a_message_is_there_with_its_place_its_words_and_its_event():
    case = make_debtor("A1")
    version = version_of("{debtor_name}，您有 {amount_due} 待还。", code="MISSED")
    values = {"debtor_name": "王小明", "amount_due": "1200.50 元"}
    to_send = outbox.ToSend(asked=asked_of(case, key="k1"), version=version, values=values)
    message = outbox.queue(to_send=to_send, actor=SYSTEM, now=NOW)
    assert message.state == State.QUEUED
    assert message.not_before_at == NOW
    assert message.not_after_at == NOW + timedelta(days=3)
    assert message.template_version == version
    body = unseal(message.body, place=place_of(Message, "body"), row_id=message.id)
    assert body == "王小明，您有 1200.50 元 待还。"
    assert "王小明" in unseal(message.values, place=place_of(Message, "values"), row_id=message.id)
    assert Attempt.objects.get(key="k1").id == message.attempt_id
    events = list_events(subject_kind="CASE", subject_id=case.id)
    assert [event.action for event in events[:2]] == ["MESSAGE_QUEUED", "CASE_OPENED"]  # one event for both
    assert "china." in events[0].law
    assert events[0].facts["template"] == "MISSED"
    assert "王小明" not in str([event.facts for event in events])


def test_the_same_key_is_one_message():
    case = make_debtor("A2")
    first = outbox.queue(to_send=text(case, key="once"), actor=SYSTEM, now=NOW)
    second = outbox.queue(to_send=text(case, key="once", body="另一段话。"), actor=SYSTEM, now=NOW)
    assert first.id == second.id
    assert Message.objects.count() == 1


def test_who_is_refused_is_answered_with_every_reason_and_the_others_are_queued():
    fine, stopped = make_debtor("A3"), make_debtor("A4")
    place_stop(borrower_id=stopped.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    answers = outbox.queue_many(items=[text(stopped), text(fine)], actor=SYSTEM, now=NOW)
    assert answers[0].message_id is None
    assert [reason.code for reason in answers[0].clearance.reasons]
    assert answers[1].message_id == Message.objects.get().id
    assert Refusal.objects.count() == 1
    with pytest.raises(ContactRefused):
        outbox.queue(to_send=text(stopped), actor=SYSTEM, now=NOW)


def test_what_cannot_be_worded_reserves_nothing():
    case = make_debtor("A5")
    version = version_of("{debtor_name}")
    with pytest.raises(MissingValue):
        outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), version=version), actor=SYSTEM, now=NOW)
    with pytest.raises(BadContactInput):
        outbox.queue(to_send=text(case, body="  "), actor=SYSTEM, now=NOW)
    draft = version_of("您好", code="DRAFTED", status="DRAFT")
    with pytest.raises(BadContactInput):
        outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), version=draft), actor=SYSTEM, now=NOW)
    assert Attempt.objects.count() == 0


def test_taken_back_by_hand_once_and_its_place_is_free_again():
    case = make_debtor("A6")
    message = outbox.queue(to_send=text(case), actor=SYSTEM, now=NOW)
    outbox.cancel(message_id=message.id, actor=SYSTEM, now=NOW)
    message.refresh_from_db()
    assert (message.state, message.error_code) == ("CANCELLED", "BY_HAND")
    assert message.attempt.outcome == "RELEASED"
    with pytest.raises(NotNow):
        outbox.cancel(message_id=message.id, actor=SYSTEM, now=NOW)


def test_a_stop_takes_back_what_waits_for_that_person_and_nothing_else():
    one, other = make_debtor("A7", national_id="11010519491231002X"), make_debtor("A8")
    same_person = make_debtor("A9", national_id="11010519491231002X")
    waiting = [outbox.queue(to_send=text(case), actor=SYSTEM, now=NOW) for case in (one, other, same_person)]
    place_stop(borrower_id=one.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    states = dict(Message.objects.values_list("id", "state"))
    assert [states[message.id] for message in waiting] == ["CANCELLED", "QUEUED", "CANCELLED"]
    assert Message.objects.get(id=waiting[0].id).error_code != ""


def test_the_confirmation_of_a_stop_is_not_taken_back_by_it():
    case = make_debtor("A10")
    place_stop(borrower_id=case.borrower_id, kind=Stop.CHANNEL, channel="SMS", actor=SYSTEM, now=NOW)
    confirming = outbox.queue(to_send=text(case, purpose=Purpose.CONFIRM_STOP, body="已退订。"), actor=SYSTEM, now=NOW)
    taken = outbox.cancel_stopped(person_id=confirming.attempt.person_id, actor=SYSTEM, now=NOW)
    assert (taken.cancelled, taken.on_their_way) == (0, 0)
    confirming.refresh_from_db()
    assert confirming.state == "QUEUED"


def test_a_campaign_that_is_stopped_takes_back_what_waits():
    from uuid import uuid4

    campaign = uuid4()
    items = [text(make_debtor(f"C{number}")) for number in range(3)]
    outbox.queue_many(items=items, actor=SYSTEM, now=NOW, campaign_id=campaign)
    assert outbox.cancel_campaign(campaign_id=campaign, actor=SYSTEM, now=NOW) == 3
    assert outbox.cancel_campaign(campaign_id=campaign, actor=SYSTEM, now=NOW) == 0


def test_a_thousand_are_queued_in_as_many_questions_as_a_hundred():
    """How fast that is, the benchmark of campaigns measures; a clock here would judge the machine."""
    cases = [make_debtor(f"M{number}") for number in range(50)]
    questions = {}
    for days in (2, 20):
        items = [
            outbox.ToSend(asked=Asked(borrower_id=case.borrower_id, case_id=case.id, channel=Channel.EMAIL,
                                      key=f"{days}:{turn}:{case.id}", at=NOW + timedelta(days=days + turn)),
                          body="请回电。")
            for turn in range(days) for case in cases
        ]  # fmt: skip
        before = Message.objects.count()
        with CaptureQueriesContext(connection) as asked:
            answers = outbox.queue_many(items=items, actor=SYSTEM, now=NOW)
        assert len(answers) == 50 * days
        assert sum(one.message_id is not None for one in answers) == Message.objects.count() - before >= 100
        questions[days] = len(asked)
    assert questions[20] <= questions[2], questions  # the first also asks what is known from then on
