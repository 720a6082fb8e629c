"""The sender against a gateway on loopback: every answer a provider may give, throttles, stops, letters left alone."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.fakes.sms_gateway import BUSY, DROPPED, KEY, LOST, REFUSED, SmsGateway
from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.contact.channels.base import CannotAsk, Report
from qingshou.features.contact.channels.sms_http import HttpSms
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.models import Attempt, Campaign, Message
from qingshou.features.contact.operations import asking, claiming, outbox
from qingshou.features.contact.operations.providers import Given
from qingshou.features.contact.operations.reports import take_reports
from qingshou.features.contact.operations.sending import send_due
from qingshou.features.contact.operations.stops import place_stop
from qingshou.features.contact.rules.sending import pace
from qingshou.law.contact.terms import Channel, Stop
from qingshou.privacy.models import PersonalDataRead


class Clock:
    """A clock that tests move; it goes on a millisecond at each look, as clocks do."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def go(self, **more: float) -> None:
        self.at += timedelta(**more)


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with SmsGateway() as opened:
        yield opened


def providers_of(gateway: SmsGateway, *, timeout_s: float = 5.0, most: int | None = None) -> Given:
    adapter = HttpSms(url=gateway.url, signing_key=KEY, timeout_s=timeout_s)
    return Given({Channel.SMS: adapter}, {} if most is None else {adapter.code: most})


@pytest.fixture
def send(gateway: SmsGateway) -> Callable[..., dict[str, int]]:
    def run(clock: Callable[[], datetime] = Clock(), *, providers: Any = None, **more: Any) -> dict[str, int]:  # noqa: B008
        return send_due(
            providers=providers or providers_of(gateway), actor=SYSTEM, clock=clock, **more
        ).counts  # fmt: skip

    return run


def queued(number: int = 1, *, campaign_id: Any = None, at: datetime = NOW, **more: Any) -> list[Message]:
    items = [
        outbox.ToSend(asked=asked_of(make_debtor(), at=at), body=f"请回电 {turn}。", **more) for turn in range(number)
    ]
    answers = outbox.queue_many(items=items, actor=SYSTEM, now=NOW, campaign_id=campaign_id)
    return [Message.objects.get(id=one.message_id) for one in answers]


def states(messages: list[Message]) -> list[str]:
    found = dict(Message.objects.values_list("id", "state"))
    return [found[message.id] for message in messages]


def test_what_is_due_is_sent_and_settled_and_recorded(gateway, send):
    messages = queued(3)
    later = queued(1, at=NOW + timedelta(hours=1))
    assert send(Clock()) == {"SENT": 3}
    assert states(messages + later) == ["SENT"] * 3 + ["QUEUED"]
    assert gateway.received == {str(message.id): 1 for message in messages}
    sent = Message.objects.get(id=messages[0].id)
    assert (sent.adapter, sent.provider_ref, sent.tries) == ("sms_http", f"ref-{sent.id}", 1)
    assert (sent.lease_until, sent.lease_token) == (None, None)
    assert sent.attempt.outcome == "SENT"
    assert list_events(subject_kind="CASE", subject_id=sent.attempt.case_id)[0].action == "MESSAGE_SENT"
    assert gateway.messages[str(sent.id)]["text"] == "请回电 0。"
    read = PersonalDataRead.objects.filter(purpose="MESSAGE").get()
    assert read.role == "SENDER"
    assert len(read.subject_ids) == 3
    assert send(Clock()) == {}


def test_one_that_is_refused_has_failed_and_the_next_goes_on(gateway, send):
    gateway.behave = lambda number, _message: REFUSED if number == 1 else "OK"
    messages = queued(2)
    assert send(Clock()) == {"REJECTED": 1, "SENT": 1}
    assert sorted(states(messages)) == ["FAILED", "SENT"]
    failed = Message.objects.get(state="FAILED")
    assert failed.error_code == "BAD_NUMBER"
    assert failed.attempt.outcome == "FAILED"


def test_a_gateway_that_is_busy_is_left_alone_and_tried_again_later(gateway, send):
    gateway.behave = lambda number, _message: BUSY if number == 1 else "OK"
    messages = queued(5)
    clock = Clock()
    assert send(clock) == {"UNREACHABLE": 1}
    assert states(messages) == ["QUEUED"] * 5
    assert send(clock) == {}
    clock.go(seconds=61)
    assert send(clock) == {"SENT": 5}
    assert gateway.doubled() == []
    assert not gateway.asked


def test_after_the_last_try_it_has_failed(gateway, send):
    gateway.behave = lambda _number, _message: BUSY
    (message,) = queued(1, not_after=NOW + timedelta(days=20))
    clock = Clock()
    for _ in range(pace().tries_max):
        clock.at = max(clock.at, Message.objects.get(id=message.id).not_before_at)
        counts = send(clock)
        while not counts:  # outside the hours in which it may be sent
            clock.go(hours=1)
            counts = send(clock)
    message.refresh_from_db()
    assert (message.state, message.error_code, message.tries) == ("FAILED", "GIVEN_UP", pace().tries_max)


def test_an_answer_that_is_lost_is_asked_about_and_never_sent_again_unasked(gateway, send):
    gateway.behave = lambda _number, _message: LOST
    messages = queued(2)
    clock = Clock()
    assert send(clock) == {"ANSWER_LOST": 2}
    assert states(messages) == ["UNCERTAIN"] * 2
    assert send(clock) == {}  # the provider is given time first
    assert not gateway.asked
    clock.go(seconds=pace().ask_after_s)
    assert send(clock) == {"ASKED_FOUND": 2}
    assert states(messages) == ["SENT"] * 2
    assert gateway.doubled() == []
    assert Message.objects.get(id=messages[0].id).error_code == ""


def test_what_the_provider_never_received_is_sent_again_under_the_same_key(gateway, send):
    gateway.behave = lambda number, _message: DROPPED if number == 1 else "OK"
    (message,) = queued(1)
    clock = Clock()
    assert send(clock) == {"ANSWER_LOST": 1}
    clock.go(seconds=pace().ask_after_s)
    assert send(clock) == {"ASKED_NOT_RECEIVED": 1, "SENT": 1}
    assert gateway.received == {str(message.id): 1}
    actions = [one.action for one in list_events(subject_kind="CASE", subject_id=message.attempt.case_id)]
    assert actions[:4] == ["MESSAGE_SENT", "MESSAGE_REQUEUED", "MESSAGE_UNCERTAIN", "MESSAGE_QUEUED"]


class Silent(HttpSms):
    """A provider that cannot be asked."""

    def ask(self, **_: Any) -> Report | None:
        raise CannotAsk("This gateway has no records.")


def test_where_nobody_can_be_asked_a_person_decides(gateway, send):
    gateway.behave = lambda number, _message: LOST if number <= 2 else "OK"
    messages = queued(2)
    mute = Given({Channel.SMS: Silent(url=gateway.url, signing_key=KEY)})
    clock = Clock()
    assert send(clock, providers=mute) == {"ANSWER_LOST": 2}
    clock.go(seconds=pace().ask_after_s)
    assert send(clock, providers=mute) == {"ASKED_CANNOT_ASK": 2}
    clock.go(hours=1)
    assert send(clock, providers=mute) == {}
    assert states(messages) == ["UNCERTAIN"] * 2
    with pytest.raises(BadContactInput):
        asking.decide(message_id=messages[0].id, was_sent=True, reason=" ", actor=SYSTEM, now=clock())
    asking.decide(message_id=messages[0].id, was_sent=True, reason="in the gateway's list", actor=SYSTEM, now=clock())
    asking.decide(message_id=messages[1].id, was_sent=False, reason="not in the list", actor=SYSTEM, now=clock())
    assert states(messages) == ["SENT", "QUEUED"]
    with pytest.raises(NotNow):
        asking.decide(message_id=messages[0].id, was_sent=False, reason="again", actor=SYSTEM, now=clock())
    assert send(clock, providers=mute) == {"SENT": 1}


def test_quiet_hours_put_off_and_a_stop_cancels_at_the_moment_of_sending(gateway, send):
    waiting, stopped = queued(2, not_after=NOW + timedelta(days=2))
    night = Clock(NOW + timedelta(hours=13))  # 23:30 in Shanghai
    assert send(night) == {"HELD": 2}
    assert states([waiting, stopped]) == ["QUEUED"] * 2
    waiting.refresh_from_db()
    assert night.at < waiting.not_before_at < NOW + timedelta(days=1)
    place_stop(borrower_id=stopped.attempt.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=night())
    assert states([waiting, stopped]) == ["QUEUED", "CANCELLED"]
    morning = Clock(waiting.not_before_at)
    assert send(morning) == {"SENT": 1}
    assert gateway.received == {str(waiting.id): 1}
    assert Attempt.objects.get(id=waiting.attempt_id).local_date == (NOW + timedelta(days=1)).date()


def test_a_stop_between_claim_and_hand_over_wins(gateway):
    (message,) = queued(1)
    clock = Clock()
    providers = providers_of(gateway)
    claimed = claiming.claim(providers=providers, channels=[Channel.SMS], now=clock(), pace=pace(), most=10)
    place_stop(borrower_id=message.attempt.borrower_id, kind=Stop.CEASE, actor=SYSTEM, now=clock())
    given = {"message_id": message.id, "adapter": "sms_http", "now": clock(), "pace": pace()}
    assert claiming.mark(token=claimed.token, **given) is False
    assert states([message]) == ["CANCELLED"]


def test_what_is_too_old_is_cancelled_unsent(gateway, send):
    messages = queued(2, not_after=NOW + timedelta(minutes=5))
    assert send(Clock(NOW + timedelta(minutes=6))) == {"OVERDUE": 2}
    assert states(messages) == ["CANCELLED"] * 2
    assert Message.objects.get(id=messages[0].id).error_code == "TOO_LATE"
    assert not gateway.received


def campaign_of(status: str = "RUNNING", per_minute: int = 600) -> Campaign:
    return Campaign.objects.create(
        name="Reminders", channel="SMS", template_code="MISSED", tone="FRIENDLY", seed=1, status=status,
        per_minute=per_minute, made_by="lead", made_at=NOW,
    )  # fmt: skip


def test_a_campaign_leaves_no_faster_than_it_may_and_others_are_not_kept_waiting(gateway, send):
    campaign = campaign_of(per_minute=4)
    slow = queued(10, campaign_id=campaign.id)
    other = queued(3, at=NOW + timedelta(seconds=1))
    clock = Clock(NOW + timedelta(seconds=2))
    assert send(clock) == {"SENT": 7}
    assert states(other) == ["SENT"] * 3
    assert states(slow).count("SENT") == 4
    clock.go(seconds=30)
    assert send(clock) == {}
    clock.go(seconds=31)
    assert send(clock) == {"SENT": 4}


def test_a_paused_campaign_rests_and_a_gateway_has_its_own_measure(gateway, send):
    paused = queued(2, campaign_id=campaign_of("PAUSED").id)
    queued(5)
    clock = Clock()
    narrow = providers_of(gateway, most=3)
    assert send(clock, providers=narrow) == {"SENT": 3}
    clock.go(seconds=61)
    assert send(clock, providers=narrow) == {"SENT": 2}
    assert states(paused) == ["QUEUED"] * 2
    Campaign.objects.update(status="RUNNING")
    clock.go(seconds=61)
    assert send(clock) == {"SENT": 2}


def test_whoever_lost_the_lease_may_not_put_back_but_its_good_news_is_taken(gateway):
    from qingshou.features.contact.channels.base import Handed
    from qingshou.features.contact.operations import answers

    (message,) = queued(1)
    providers, clock, values = providers_of(gateway), Clock(), pace()
    claimed = claiming.claim(providers=providers, channels=[Channel.SMS], now=clock(), pace=values, most=1)
    assert claiming.mark(message_id=message.id, token=claimed.token, adapter="sms_http", now=clock(), pace=values)
    clock.go(seconds=values.lease_s)
    assert asking.recover(actor=SYSTEM, now=clock()) == 1
    late = {"message_id": message.id, "token": claimed.token, "actor": SYSTEM, "now": clock()}
    assert answers.note_unreachable(pace=values, **late) is False
    assert answers.note_rejected(error_code="X", **late) is False
    assert answers.note_lost(pace=values, **late) is False
    assert states([message]) == ["UNCERTAIN"]
    answers.note_handed(message_id=message.id, adapter="sms_http", handed=Handed("ref-1"), actor=SYSTEM, now=clock())
    assert states([message]) == ["SENT"]


def test_with_too_little_of_the_lease_left_nothing_is_handed_over(gateway):
    (message,) = queued(1)
    clock, values = Clock(), pace()
    claimed = claiming.claim(providers=providers_of(gateway), channels=[Channel.SMS], now=clock(), pace=values, most=1)
    clock.go(seconds=values.lease_s - values.send_s_max)
    marked = claiming.mark(message_id=message.id, token=claimed.token, adapter="sms_http", now=clock(), pace=values)
    assert marked is False


def test_a_report_that_overtakes_the_answer_is_not_overwritten(gateway, send):
    (message,) = queued(1)

    def report_first(_number: int, _told: dict[str, Any]) -> str:
        return "OK"

    gateway.behave = report_first
    take_reports(
        adapter="sms_http", actor=SYSTEM, now=NOW,
        reports=[Report(event_ref="e1", state="DELIVERED", at=NOW, provider_ref=f"ref-{message.id}")],
    )  # fmt: skip
    assert send(Clock()) == {"SENT": 1}
    message.refresh_from_db()
    assert message.state == "DELIVERED"
    assert message.delivered_at == NOW
    assert message.attempt.outcome == "DELIVERED"


def test_without_an_address_it_fails_and_says_so(gateway, send):
    (message,) = queued(1)
    type(message.attempt.contact_point).objects.filter(id=message.attempt.contact_point_id).update(value=None)
    assert send(Clock()) == {"REJECTED": 1}
    message.refresh_from_db()
    assert (message.state, message.error_code) == ("FAILED", "NO_ADDRESS")
    assert not gateway.received
