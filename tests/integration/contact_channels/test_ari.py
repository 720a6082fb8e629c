"""Calls by an Asterisk exchange, against a loopback one: legs, outcomes, recording, broken lines."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.fakes.asterisk import WAV, Exchange, asterisk
from tests.integration.contact_channels.conftest import CANARY_NUMBER, NOW

from qingshou.features.contact.channels.ari import AGENT, PARTY, AriExchange, Leg
from qingshou.features.contact.channels.ari_follow import CallEvent, CallFollower, Step, outcome_of
from qingshou.features.contact.channels.base import AnswerLost, Rejected, Unreachable
from qingshou.kernel.errors import BadInput, Misconfigured, NotFound
from qingshou.law.contact.terms import Outcome


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with asterisk() as made:
        yield made


@pytest.fixture
def ari(exchange, closing) -> AriExchange:
    made = AriExchange(
        url=exchange.url, user="qingshou", password="secret", caller_id="示例银行 <95555>", extensions={"wang": "1001"},
        timeout_s=2.0,
    )  # fmt: skip
    closing.callback(made.close)
    return made


@dataclass
class Following:
    """A follower in a thread of its own; what it tells, in order."""

    events: list[CallEvent] = field(default_factory=list)
    is_stopped: bool = False

    def of(self, step: Step) -> list[CallEvent]:
        return [event for event in self.events if event.step is step]


@pytest.fixture
def following(exchange, ari) -> Iterator[Following]:
    told = Following()
    follower = CallFollower(ari, is_recording=lambda _key: True, pause=lambda _s: None, now=lambda: NOW)

    def run() -> None:
        for event in follower.follow(is_stopped=lambda: told.is_stopped, wait_s=0.05):
            told.events.append(event)

    thread = threading.Thread(target=run)
    thread.start()
    # listening, and done looking for calls that were there before
    assert exchange.waits(lambda: exchange.lines and any(path == "/ari/channels" for _, path, _ in exchange.requests))
    yield told
    told.is_stopped = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def call(exchange, ari, following):
    """Place a call and let the collector pick up; gives its key and the ids of both legs."""

    def make() -> tuple[uuid.UUID, str, str]:
        key = uuid.uuid4()
        agent = ari.originate(key=key, number="13912345678", caller="wang")
        party = Leg(key, PARTY).channel_id
        exchange.picks_up(agent)
        assert exchange.waits(lambda: party in exchange.channels)
        return key, agent, party

    return make


def test_a_call_that_is_answered(exchange, following, call, ari, silent):
    key, agent, party = call()
    first, second = exchange.originated
    assert (first["endpoint"], first["callerId"], first["app"]) == ("PJSIP/1001", "示例银行 <95555>", "qingshou")
    assert first["appArgs"] == f"agent,{key}"
    assert first["variables"]["QINGSHOU_KEY"] == str(key)
    assert second["endpoint"] == f"PJSIP/+{CANARY_NUMBER}@trunk"
    assert (second["appArgs"], second["originator"]) == (f"party,{key}", agent)
    exchange.becomes(party, "Ringing")
    exchange.passes(7)
    exchange.picks_up(party)
    assert exchange.waits(lambda: exchange.bridges.get(str(key)) == [agent, party])
    assert exchange.waits(lambda: str(key) in exchange.live)
    exchange.passes(93.4)
    exchange.ends(party, 16)
    assert exchange.waits(lambda: following.of(Step.ENDED) and following.of(Step.RECORDING_DONE))
    [ended] = following.of(Step.ENDED)
    assert (ended.key, ended.outcome, ended.duration_s, ended.cause) == (key, Outcome.CONVERSATION, 93, 16)
    assert ended.is_certain
    assert [event.step for event in following.events if event.step is not Step.RECORDING_DONE] == [
        Step.PICKED_UP, Step.RINGING, Step.ANSWERED, Step.ENDED,
    ]  # fmt: skip
    assert (exchange.channels, exchange.bridges) == ({}, {})  # the other leg was hung up, the bridge taken away
    assert ari.fetch_recording(key) == (WAV, "wav")
    ari.delete_recording(key)
    with pytest.raises(NotFound):
        ari.fetch_recording(key)
    # no number in any address, which logs keep
    assert not any(CANARY_NUMBER in path for _method, path, _body in exchange.requests)
    silent(ari, *following.events)


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [(17, Outcome.BUSY), (1, Outcome.NOT_IN_SERVICE), (28, Outcome.NOT_IN_SERVICE), (19, Outcome.NO_ANSWER),
     (21, Outcome.NO_ANSWER), (16, Outcome.NO_ANSWER), (34, Outcome.FAILED)],
)  # fmt: skip
def test_a_call_that_is_not_answered(exchange, following, call, cause: int, outcome: Outcome):
    key, agent, party = call()
    exchange.ends(party, cause)
    assert exchange.waits(lambda: following.of(Step.ENDED) and not exchange.channels)
    [ended] = following.of(Step.ENDED)
    assert (ended.key, ended.outcome, ended.duration_s, ended.cause) == (key, outcome, 0, cause)
    assert agent not in exchange.channels


def test_cut_at_once_is_dropped(exchange, following, call):
    _key, _agent, party = call()
    exchange.picks_up(party)
    exchange.passes(1)
    exchange.ends(party)
    assert exchange.waits(lambda: following.of(Step.ENDED))
    assert following.of(Step.ENDED)[0].outcome is Outcome.DROPPED


def test_the_collector_gives_up(exchange, following, call, ari):
    key, _agent, _party = call()
    ari.hang_up(Leg(key, AGENT))
    assert exchange.waits(lambda: following.of(Step.ENDED))
    assert exchange.waits(lambda: not exchange.channels)
    assert len(following.of(Step.ENDED)) == 1
    assert following.of(Step.ENDED)[0].outcome is Outcome.NO_ANSWER
    ari.hang_up(Leg(key, AGENT))  # twice does no harm


def test_an_end_that_will_not_go_leaves_no_recording_running(exchange, following, call):
    key, agent, party = call()
    exchange.picks_up(party)
    assert exchange.waits(lambda: str(key) in exchange.live)
    exchange.keeps_up = {"-party": 500, "-agent": 500}
    exchange.ends(agent)
    assert exchange.waits(lambda: following.of(Step.RECORDING_DONE))
    assert following.of(Step.ENDED)
    assert (exchange.live, exchange.bridges) == (set(), {})
    exchange.keeps_up = {}
    exchange.ends(party)


def test_a_collector_who_never_picked_up_rang_nobody(exchange, following, ari):
    key = uuid.uuid4()
    agent = ari.originate(key=key, number="13912345678", caller="wang")
    exchange.ends(agent, 19)
    assert exchange.waits(lambda: following.of(Step.ENDED))
    assert following.of(Step.ENDED)[0].outcome is Outcome.RELEASED
    assert len(exchange.originated) == 1


def test_placed_twice_it_rings_once(exchange, ari):
    key = uuid.uuid4()
    assert ari.originate(key=key, number="13912345678", caller="1002") == f"{key}-agent"
    assert ari.originate(key=key, number="13912345678", caller="1002") == f"{key}-agent"
    assert len(exchange.originated) == 1


def test_picked_up_twice_the_person_is_rung_once(exchange, following, call):
    _key, agent, party = call()
    exchange.picks_up(agent)
    exchange.ends(party, 19)
    assert exchange.waits(lambda: following.of(Step.ENDED))
    assert len(exchange.originated) == 2


@pytest.mark.parametrize(("status", "is_certain"), [(400, True), (503, True), (500, False)])
def test_a_person_who_cannot_be_rung_ends_the_call(exchange, following, ari, status: int, is_certain: bool):
    exchange.refuses = {"-party": status}
    key = uuid.uuid4()
    exchange.picks_up(ari.originate(key=key, number="13912345678", caller="wang"))
    assert exchange.waits(lambda: following.of(Step.ENDED) and not exchange.channels)
    [ended] = following.of(Step.ENDED)
    assert (ended.outcome, ended.is_certain) == (Outcome.FAILED, is_certain)


def test_a_broken_line_is_made_anew_and_the_call_goes_on(exchange, following, call):
    _key, _agent, party = call()
    exchange.cuts()
    assert exchange.waits(lambda: exchange.connects == 2)
    exchange.picks_up(party)
    exchange.passes(30)
    exchange.ends(party)
    assert exchange.waits(lambda: following.of(Step.ENDED))
    [ended] = following.of(Step.ENDED)
    assert (ended.outcome, ended.duration_s, ended.is_certain) == (Outcome.CONVERSATION, 30, True)


def test_a_call_that_ended_while_the_line_was_down_is_told(exchange, following, call):
    key, agent, party = call()
    exchange.picks_up(party)
    assert exchange.waits(lambda: following.of(Step.ANSWERED))
    with exchange.lock:
        exchange.channels.pop(party)
        exchange.channels.pop(agent)
        exchange.cuts()
    assert exchange.waits(lambda: following.of(Step.ENDED))
    [ended] = following.of(Step.ENDED)
    assert (ended.key, ended.outcome, ended.is_certain) == (key, Outcome.CONVERSATION, False)


def test_after_a_restart_nobody_is_rung_a_second_time(exchange, ari):
    key = uuid.uuid4()
    agent = ari.originate(key=key, number="13912345678", caller="wang")
    exchange.becomes(agent, "Up")  # the old follower died: whether the person was rung nobody knows
    follower = CallFollower(ari, pause=lambda _s: None, now=lambda: NOW)
    told = follower.follow(is_stopped=lambda: False, wait_s=0.05)
    ended = next(told)
    assert (ended.step, ended.outcome, ended.is_certain) == (Step.ENDED, Outcome.NO_ANSWER, False)
    told.close()
    assert len(exchange.originated) == 1
    assert exchange.channels == {}


def test_what_is_no_event_of_ours_is_passed_over(exchange, following, call):
    exchange.channels["1700000000.1"] = {"id": "1700000000.1", "state": "Up", "_args": []}
    exchange.event("StasisStart", "1700000000.1", args=[])
    exchange.event("Unheard", foo=1)
    exchange.event("RecordingFinished", recording={"name": "other"})
    del exchange.channels["1700000000.1"]
    _key, _agent, party = call()
    exchange.ends(party, 17)
    assert exchange.waits(lambda: following.of(Step.ENDED))
    assert {event.step for event in following.events} == {Step.PICKED_UP, Step.ENDED}


def test_recording_by_hand(exchange, ari):
    key = uuid.uuid4()
    exchange.bridges[str(key)] = []
    assert ari.start_recording(key) == str(key)
    ari.start_recording(key)
    with pytest.raises(NotFound):
        ari.fetch_recording(key)
    ari.stop_recording(key)
    ari.stop_recording(key)
    assert ari.fetch_recording(key)[0] == WAV


def test_failures_of_placing(exchange, ari, closing, silent):
    key = uuid.uuid4()
    with pytest.raises(Rejected) as no_extension:
        ari.originate(key=key, number="13912345678", caller="li si/../x")
    with pytest.raises(BadInput) as no_number:
        ari.originate(key=key, number="1391234567812345678", caller="wang")
    exchange.refuses = {"-agent": 500}
    with pytest.raises(AnswerLost) as lost:
        ari.originate(key=key, number="13912345678", caller="wang")
    away = AriExchange(url="http://127.0.0.1:9/ari", user="u", password="p", timeout_s=1.0)
    closing.callback(away.close)
    with pytest.raises(Unreachable) as unreachable:
        away.originate(key=key, number="13912345678", caller="1001")
    assert no_extension.value.error_code == "NO_EXTENSION"
    silent(no_extension.value, no_number.value, lost.value, unreachable.value, ari)
    with pytest.raises(Misconfigured):
        AriExchange(url="http://pbx.example/ari", user="u", password="p")


@pytest.mark.parametrize(
    ("form", "dialled"), [("e164", "+8613912345678"), ("digits", CANARY_NUMBER), ("national", "13912345678")]
)
def test_the_number_as_the_trunk_wants_it(exchange, closing, form: str, dialled: str):
    made = AriExchange(url=exchange.url, user="qingshou", password="secret", number_form=form)
    closing.callback(made.close)
    made.originate(key=uuid.uuid4(), number=CANARY_NUMBER, caller="1001")
    assert exchange.originated[0]["variables"]["QINGSHOU_NUMBER"] == dialled


def test_outcomes_and_legs():
    assert outcome_of(cause=16, spoken_s=3) is Outcome.CONVERSATION
    assert outcome_of(cause=16, spoken_s=2) is Outcome.DROPPED
    assert outcome_of(cause=99, spoken_s=None) is Outcome.FAILED
    key = uuid.uuid4()
    assert Leg.of(f"{key}-agent") == Leg(key, AGENT)
    assert [Leg.of(text) for text in ("", "1700000.1", f"{key}", f"{key}-other", "x-agent")] == [None] * 5
