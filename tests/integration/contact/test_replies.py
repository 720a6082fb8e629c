"""Replies taken in: threaded, noted as contacts, refused channels stopped and confirmed once; reasons confirmed."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.contact.messages import NOW, asked_of, version_of
from tests.integration.contact.rows import DAY, add_point, make_debtor

from qingshou.audit.actors import SYSTEM, Actor, ActorKind
from qingshou.audit.models import AuditEvent
from qingshou.audit.queries import list_events
from qingshou.features.cases.operations import close_case
from qingshou.features.contact.channels.base import Handed, Incoming
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.models import Attempt, Consent, Message, PointState, Reply, StopPlaced
from qingshou.features.contact.operations import answers, door, outbox
from qingshou.features.contact.operations.replies import assign_reply, take_incoming
from qingshou.features.contact.operations.reply_reasons import confirm_reason
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Channel, Purpose, Stop
from qingshou.privacy.sealing import unseal
from qingshou.tenancy.context import using

ADAPTER = "sms_http"
LATER = NOW + timedelta(minutes=5)
PHONE = "13800138000"
PERSON = Actor(ActorKind.USER, "li.lei")


def incoming(
    body: str, *, sender: str = PHONE, ref: str = "in-1", channel: Channel = Channel.SMS, **more: Any
) -> Incoming:
    return Incoming(event_ref=ref, channel=channel, at=LATER, sender=sender, body=body, **more)


def take(body: str, **more: Any) -> Reply:
    return take_incoming(adapter=ADAPTER, incoming=incoming(body, **more), actor=SYSTEM, now=LATER)


def sent(case: Any, *, channel: Channel = Channel.SMS) -> Message:
    """A message that the provider has."""
    item = outbox.ToSend(asked=asked_of(case, channel=channel), body="请回电。")
    (answer,) = outbox.queue_many(items=[item], actor=SYSTEM, now=NOW)
    Message.objects.filter(id=answer.message_id).update(state="SENDING", adapter=ADAPTER, tries=1)
    answers.note_handed(
        message_id=answer.message_id, adapter=ADAPTER, handed=Handed(f"ref-{answer.message_id}"), actor=SYSTEM, now=NOW
    )
    return Message.objects.get(id=answer.message_id)


def actions(case: Any) -> list[str]:
    return [one.action for one in list_events(subject_kind="CASE", subject_id=case.id)]


def close(case: Any) -> None:
    close_case(
        case_id=case.id, actor=SYSTEM, role="TEAM_LEAD", on=DAY, now=NOW, reason="for the test", is_approved=True
    )


def queued_by(purpose: Purpose) -> list[Message]:
    return list(Message.objects.filter(attempt__purpose=purpose.value))


def test_a_reply_to_our_message_is_threaded_and_marks_it() -> None:
    case = make_debtor()
    message = sent(case)
    reply = take("我失业了，公司裁员，没钱还", sender="19900000000", in_reply_to=message.id)
    assert (reply.case_id, reply.borrower_id, reply.message_id) == (case.id, case.borrower_id, message.id)
    assert (reply.suggested, reply.language, reply.reason) == ("LOST_INCOME", "zh-hans", "")
    assert reply.classifier_version.startswith("zh-hans-")
    message.refresh_from_db()
    assert (message.state, message.replied_at) == ("REPLIED", LATER)
    attempt = Attempt.objects.get(id=reply.attempt_id)
    assert (attempt.direction, attempt.outcome, attempt.case_id) == ("IN", "DELIVERED", case.id)
    assert "REPLY_RECEIVED" in actions(case)
    assert StopPlaced.objects.count() == 0


def test_the_providers_own_id_finds_the_message_of_its_adapter_only() -> None:
    message = sent(make_debtor())
    found = take("好的", sender="1", in_reply_to_ref=f"ref-{message.id}")
    assert found.message_id == message.id
    other = take_incoming(adapter="twilio", incoming=incoming("好的", sender="1", in_reply_to_ref=f"ref-{message.id}"),
                          actor=SYSTEM, now=LATER)  # fmt: skip
    assert (other.message_id, other.case_id) == (None, None)


def test_a_number_of_one_debtor_finds_the_open_case() -> None:
    case = make_debtor(phone=PHONE)
    reply = take("能分期吗", sender="+86 138 0013 8000")
    assert (reply.case_id, reply.suggested) == (case.id, "WANTS_PLAN")


def test_an_address_finds_the_debtor() -> None:
    case = make_debtor(email="Some.One@debtor.example")
    reply = take("I lost my job", sender="some.one@DEBTOR.example", channel=Channel.EMAIL)
    assert (reply.case_id, reply.suggested, reply.language) == (case.id, "LOST_INCOME", "en")


def test_debtors_of_one_identity_number_are_one_person() -> None:
    first = make_debtor(phone=PHONE, national_id="11010519491231002X")
    second = make_debtor(phone=PHONE, national_id="11010519491231002X")
    assert take("好的").case_id in (first.id, second.id)


def test_nobody_known_and_several_people_wait_for_a_person() -> None:
    unknown = take("好的", sender="13700000000", ref="in-2")
    make_debtor(phone=PHONE)
    make_debtor(phone=PHONE)
    several = take("好的")
    for reply in (unknown, several):
        assert (reply.borrower_id, reply.case_id, reply.attempt_id) == (None, None, None)
        (event,) = list_events(subject_kind="REPLY", subject_id=reply.id)
        assert event.action == "REPLY_RECEIVED"


def test_a_reply_after_the_case_was_closed_goes_to_it() -> None:
    case = make_debtor(phone=PHONE)
    close(case)
    assert take("已经还清").case_id == case.id


def test_what_came_in_is_kept_sealed_and_whole() -> None:
    make_debtor(phone=PHONE)
    reply = take("我忘了\n\n> 您有一笔待还", channel=Channel.SMS)
    assert unseal(bytes(reply.body), place="contact_reply.body", row_id=reply.id) == "我忘了\n\n> 您有一笔待还"
    assert unseal(bytes(reply.sender), place="contact_reply.sender", row_id=reply.id) == PHONE
    assert reply.suggested == "FORGOT"


def test_the_same_event_again_is_one_reply() -> None:
    case = make_debtor(phone=PHONE)
    first, again = take("退订"), take("退订")
    assert first.id == again.id
    assert Reply.objects.count() == 1
    assert Attempt.objects.filter(direction="IN").count() == 1
    assert actions(case).count("REPLY_RECEIVED") == 1
    assert take("退订", ref="in-9").id != first.id


def test_an_opt_out_stops_the_channel_at_once_and_is_confirmed_once() -> None:
    version_of("{lender_name}：已停止。", code="OPT_OUT_CONFIRMED")
    case = make_debtor(phone=PHONE)
    waiting = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="请还款。"), actor=SYSTEM, now=NOW)
    reply = take("退订")
    assert reply.is_opt_out
    stop = StopPlaced.objects.get()
    assert (stop.kind, stop.channel, stop.source) == ("CHANNEL", "SMS", "REPLY")
    verdict = door.clear(person=case.borrower_id, channel=Channel.SMS, purpose=Purpose.COLLECT, now=LATER)
    assert "CHANNEL_REFUSED" in {one.code for one in verdict.reasons}
    assert len(queued_by(Purpose.CONFIRM_STOP)) == 1
    waiting.refresh_from_db()
    assert waiting.state in ("CANCELLED", "QUEUED")  # taken back where the outbox listens to stops
    take("TD", ref="in-2")
    assert StopPlaced.objects.count() == 1
    assert len(queued_by(Purpose.CONFIRM_STOP)) == 1
    told = [one.facts["confirmation"] for one in list_events(subject_kind="CASE", subject_id=case.id)
            if one.action == "REPLY_OPT_OUT"]  # fmt: skip
    assert sorted(told) == ["", "QUEUED"]


def test_without_an_approved_wording_the_stop_stands_all_the_same() -> None:
    case = make_debtor(phone=PHONE)
    take("STOP")
    assert StopPlaced.objects.get().channel == "SMS"
    (told,) = [one for one in list_events(subject_kind="CASE", subject_id=case.id) if one.action == "REPLY_OPT_OUT"]
    assert told.facts["confirmation"] == "NO_TEMPLATE"


def test_a_wording_that_cannot_be_filled_in_does_not_keep_the_stop_back() -> None:
    version_of("{plan_amount}", code="OPT_OUT_CONFIRMED")
    make_debtor(phone=PHONE)
    take("STOP")
    assert (StopPlaced.objects.get().channel, queued_by(Purpose.CONFIRM_STOP)) == ("SMS", [])


def test_outside_the_hours_the_confirmation_waits_and_the_stop_does_not() -> None:
    version_of("已停止。", code="OPT_OUT_CONFIRMED")
    case = make_debtor(phone=PHONE)
    night = NOW + timedelta(hours=13)  # 23:30 there
    take_incoming(adapter=ADAPTER, incoming=incoming("退订"), actor=SYSTEM, now=night)
    (message,) = queued_by(Purpose.CONFIRM_STOP)
    clearance = door.clear(person=case.borrower_id, channel=Channel.SMS, purpose=Purpose.COLLECT, now=night)
    assert not clearance.is_allowed
    assert message.not_before_at >= night


def test_the_channel_that_is_named_is_stopped() -> None:
    make_debtor(phone=PHONE)
    take("别再打电话了")
    assert StopPlaced.objects.get().channel == "PHONE"


def test_an_opt_out_from_a_shared_number_stops_it_for_everybody() -> None:
    make_debtor(phone=PHONE)
    make_debtor(phone=PHONE)
    reply = take("退订")
    assert (reply.case_id, StopPlaced.objects.filter(kind="CHANNEL", channel="SMS").count()) == (None, 2)


def test_an_opt_out_of_nobody_known_acts_when_it_is_assigned() -> None:
    version_of("已停止。", code="OPT_OUT_CONFIRMED")
    case = make_debtor()
    reply = take("退订", sender="13700000000")
    assert StopPlaced.objects.count() == 0
    assign_reply(reply_id=reply.id, case_id=case.id, actor=PERSON, now=LATER)
    assert StopPlaced.objects.get().channel == "SMS"
    assert len(queued_by(Purpose.CONFIRM_STOP)) == 1
    assert actions(case).count("REPLY_ASSIGNED") == 1
    with pytest.raises(NotNow):
        assign_reply(reply_id=reply.id, case_id=case.id, actor=PERSON, now=LATER)


def test_the_agreed_word_takes_a_refusal_by_reply_back_and_no_other() -> None:
    case = make_debtor(phone=PHONE)
    take("退订")
    place_stop(borrower_id=case.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=NOW)
    take("恢复", ref="in-2")
    lifted = StopPlaced.objects.get(kind="CHANNEL")
    assert lifted.lifted_at == LATER
    assert StopPlaced.objects.get(kind="CEASE").lifted_at is None
    assert (Consent.objects.get().kind, Consent.objects.get().is_given) == ("CHANNEL", True)


def test_a_suggestion_alone_changes_nothing() -> None:
    case = make_debtor(phone=PHONE)
    before = case.next_action
    for number, text in enumerate(("滚，再打我弄死你", "我没借过这笔钱，金额不对", "我住院了，刚做完手术")):
        take(text, ref=f"in-{number}")
    case.refresh_from_db()
    assert (StopPlaced.objects.count(), PointState.objects.filter(is_struck=True).count()) == (0, 0)
    assert case.next_action == before
    assert set(Reply.objects.values_list("suggested", flat=True)) == {"HOSTILE", "DISPUTE", "ILLNESS"}


def test_a_wrong_person_strikes_the_number_for_that_debtor() -> None:
    case = make_debtor(phone=PHONE)
    reply = take("你打错了，我不认识这个人")
    done = confirm_reason(reply_id=reply.id, reason="WRONG_PERSON", effects=["STRIKE_POINT"], actor=PERSON, now=LATER)
    assert (done.reason, done.confirmed_by, done.confirmed_at) == ("WRONG_PERSON", "li.lei", LATER)
    state = PointState.objects.get(is_struck=True)
    assert (state.borrower_id, state.struck_reason) == (case.borrower_id, "WRONG_PERSON")
    with pytest.raises(NotNow):
        confirm_reason(reply_id=reply.id, reason="OTHER", actor=PERSON, now=LATER)


def test_the_number_struck_is_the_one_the_message_went_to_where_the_sender_is_another() -> None:
    case = make_debtor(phone=PHONE)
    add_point(case.borrower_id, "PHONE", "13900000001", position=2)
    message = sent(case)
    reply = take("发错人了，我不是他", sender="19900000000", in_reply_to=message.id)
    confirm_reason(reply_id=reply.id, reason="WRONG_PERSON", effects=["STRIKE_POINT"], actor=PERSON, now=LATER)
    struck = PointState.objects.get(is_struck=True)
    assert bytes(struck.point_index) == bytes(message.attempt.point_index)


@pytest.mark.parametrize(
    ("reason", "effect", "kind"),
    [("DISPUTE", "STOP_DISPUTE", "DISPUTE"), ("ILLNESS", "STOP_VULNERABLE", "VULNERABLE"),
     ("HOSTILE", "STOP_CEASE", "CEASE"), ("OTHER", "STOP_CHANNEL", "CHANNEL")],
)  # fmt: skip
def test_stops_that_a_person_ticks(reason: str, effect: str, kind: str) -> None:
    case = make_debtor(phone=PHONE)
    reply = take("好的")
    confirm_reason(reply_id=reply.id, reason=reason, effects=[effect], actor=PERSON, now=LATER)
    assert StopPlaced.objects.get().kind == kind
    events = list_events(subject_kind="CASE", subject_id=case.id)
    (event,) = [one for one in events if one.action == "REPLY_REASON_CONFIRMED"]
    assert event.facts["effects"] == [effect]


def test_the_next_action_is_set_for_today_and_the_number_counts_as_seen() -> None:
    case = make_debtor(phone=PHONE)
    reply = take("能分期吗")
    confirm_reason(reply_id=reply.id, reason="WANTS_PLAN", effects=["NEGOTIATE_PLAN"], actor=PERSON, now=LATER)
    case.refresh_from_db()
    assert (case.next_action, case.next_action_on) == ("NEGOTIATE_PLAN", DAY)
    assert PointState.objects.exclude(checked_at=None).get().checked_at == LATER


def test_all_or_nothing() -> None:
    case = make_debtor(phone=PHONE)
    reply = take("我没借过")
    held = AuditEvent.objects.count()
    with pytest.raises(BadContactInput):
        confirm_reason(reply_id=reply.id, reason="DISPUTE", effects=["STOP_DISPUTE", "STRIKE_POINT"], actor=PERSON,
                       now=LATER)  # fmt: skip
    reply.refresh_from_db()
    assert (reply.reason, StopPlaced.objects.count(), AuditEvent.objects.count()) == ("", 0, held)
    close(case)
    with pytest.raises(BadContactInput):
        confirm_reason(reply_id=reply.id, reason="DISPUTE", effects=["CALL_BACK"], actor=PERSON, now=LATER)


def test_what_cannot_be_confirmed() -> None:
    reply = take("好的", sender="13700000000")
    with pytest.raises(NotNow, match="Assign"):
        confirm_reason(reply_id=reply.id, reason="OTHER", actor=PERSON, now=LATER)
    with pytest.raises(BadContactInput, match="no reason"):
        confirm_reason(reply_id=reply.id, reason="REFUSES", actor=PERSON, now=LATER)
    with pytest.raises(NoSuchContact):
        confirm_reason(reply_id=make_debtor().id, reason="OTHER", actor=PERSON, now=LATER)


def test_lenders_do_not_see_each_others_replies(other_tenant: Any) -> None:
    reply = take("好的")
    with using(other_tenant.id):
        assert Reply.objects.count() == 0
        with pytest.raises(NoSuchContact):
            confirm_reason(reply_id=reply.id, reason="OTHER", actor=PERSON, now=LATER)
