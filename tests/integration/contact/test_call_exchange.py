"""A call by an Asterisk exchange, from the door to the sealed recording, against a loopback one."""

import threading

import pytest
from django.conf import settings
from tests.fakes.asterisk import WAV, asterisk
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.access.actors import actor_of
from qingshou.features.contact.channels.ari import PARTY, AriExchange, Leg
from qingshou.features.contact.channels.ari_follow import CallEvent, CallFollower, Step
from qingshou.features.contact.channels.base import Rejected
from qingshou.features.contact.models import Attempt, Call, Recording
from qingshou.features.contact.operations import calls
from qingshou.features.contact.operations.following import follow_calls
from qingshou.features.contact.queries.recordings import open_recording


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "QINGSHOU_HOME", tmp_path)


@pytest.fixture
def exchange():
    with asterisk() as made:
        yield made


@pytest.fixture
def ari(exchange):
    made = AriExchange(
        url=exchange.url, user="qingshou", password="secret", extensions={"collector": "1001"}, timeout_s=2.0
    )
    yield made
    made.close()


@pytest.fixture
def told(exchange, ari):
    """What the exchange tells, gathered by a follower in a thread of its own."""
    events: list[CallEvent] = []
    stopped = threading.Event()
    follower = CallFollower(ari, is_recording=lambda _key: True, pause=lambda _s: None, now=lambda: NOW)

    def run() -> None:
        events.extend(follower.follow(is_stopped=stopped.is_set, wait_s=0.05))

    thread = threading.Thread(target=run)
    thread.start()
    assert exchange.waits(lambda: exchange.lines)
    yield events
    stopped.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("x1", phone="13912345678", national_id="11010519491231002X", owner=users["COLLECTOR"])


def begin(case, me, ari):
    point = case.borrower.contact_points.get(channel="PHONE")
    return calls.begin_call(case_id=case.id, contact_point_id=point.id, actor=me, now=NOW, adapter=ari).call


def test_a_call_is_dialled_answered_recorded_and_written_up(exchange, ari, told, case, me):
    call = begin(case, me, ari)
    assert exchange.originated[0]["endpoint"] == "PJSIP/1001"
    exchange.picks_up(call.provider_ref)
    party = Leg(call.id, PARTY).channel_id
    assert exchange.waits(lambda: party in exchange.channels)
    assert "13912345678" in exchange.originated[1]["endpoint"]
    exchange.picks_up(party)
    assert exchange.waits(lambda: str(call.id) in exchange.live)
    calls.pass_identity(call_id=call.id, heard=["NAME"], said={"NATIONAL_ID_LAST4": "002X"}, actor=me, now=NOW)
    exchange.passes(95)
    exchange.ends(party)
    assert exchange.waits(lambda: {one.step for one in told} >= {Step.ENDED, Step.RECORDING_DONE})
    follow_calls(exchange=ari, steps=[*told, *told], clock=lambda: NOW)  # every step told twice
    held = Call.objects.get()
    assert held.duration_s == 95
    assert b"".join(open_recording(recording=Recording.objects.get())) == WAV
    assert exchange.stored == {}  # ours now; the exchange keeps no copy
    calls.save_call(call_id=call.id, outcome="CONVERSATION", reason="FORGOT", next_action="CONTACT_DEBTOR",
                    next_action_on=DAY, actor=me, now=NOW)  # fmt: skip
    assert Attempt.objects.get().outcome == "CONVERSATION"
    assert Call.objects.get().duration_s == 95


def test_a_telephone_nobody_picked_up_calls_nobody(exchange, ari, told, case, me):
    call = begin(case, me, ari)
    exchange.ends(call.provider_ref, cause=19)
    assert exchange.waits(lambda: told)
    follow_calls(exchange=ari, steps=told, clock=lambda: NOW)
    assert Attempt.objects.get().outcome == "RELEASED"
    begin(case, me, ari)  # and the next may begin


def test_a_collector_without_an_extension_is_told(exchange, ari, case, me):
    exchange.refuses["-agent"] = 400
    with pytest.raises(Rejected):
        begin(case, me, ari)
    assert Attempt.objects.get().outcome == "RELEASED"
