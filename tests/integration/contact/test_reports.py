"""Reports of providers: exactly once, in any order, by many senders at once, known to us already or not."""

import json
import random
import threading
from collections import Counter
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.models import AuditEvent
from qingshou.audit.verification import verify
from qingshou.features.contact.channels.base import Handed, Report
from qingshou.features.contact.models import DeliveryEvent, Message
from qingshou.features.contact.operations import answers, outbox, reports
from qingshou.features.contact.operations.reports import Taken, note_replied, take_reports
from qingshou.features.contact.rules.messages import Standing, State, Told, joined_all
from qingshou.tenancy.context import using

ADAPTER = "sms_http"
SENDERS = 8


def sent(number: int = 1) -> list[Message]:
    """Queue messages and hand them over; their provider's id follows from theirs."""
    items = [outbox.ToSend(asked=asked_of(make_debtor()), body="请回电。") for _ in range(number)]
    found = []
    for answer in outbox.queue_many(items=items, actor=SYSTEM, now=NOW):
        hand_over(answer.message_id)
        found.append(Message.objects.get(id=answer.message_id))
    return found


def hand_over(message_id: UUID) -> None:
    Message.objects.filter(id=message_id).update(state="SENDING", adapter=ADAPTER, tries=1)
    answers.note_handed(
        message_id=message_id, adapter=ADAPTER, handed=Handed(f"ref-{message_id}"), actor=SYSTEM, now=NOW
    )


def report(message: Message, state: str, seconds: int = 1, *, by_ref: bool = False, ref: str = "") -> Report:
    return Report(
        event_ref=ref or f"{message.id}:{state}:{seconds}", state=state, at=NOW + timedelta(seconds=seconds),
        key=None if by_ref else message.id, provider_ref=f"ref-{message.id}" if by_ref else "",
        error_code="30003" if state in ("FAILED", "BOUNCED") else "",
    )  # fmt: skip


def take(*told: Report) -> Taken:
    return take_reports(adapter=ADAPTER, reports=told, actor=SYSTEM, now=NOW + timedelta(minutes=1))


def picture(message: Message) -> tuple[Any, ...]:
    message.refresh_from_db()
    return (message.state, message.state_at, message.error_code, message.sent_at, message.delivered_at,
            message.read_at, message.attempt.outcome)  # fmt: skip


def test_a_report_lifts_its_message_once():
    (message,) = sent()
    assert take(report(message, "DELIVERED")) == Taken(applied=1)
    assert take(report(message, "DELIVERED")) == Taken(repeated=1)
    assert take(report(message, "DELIVERED"), report(message, "DELIVERED")) == Taken(repeated=2)
    assert picture(message)[0] == "DELIVERED"
    assert message.attempt.outcome == "DELIVERED"
    assert DeliveryEvent.objects.count() == 1
    assert AuditEvent.objects.filter(action="MESSAGE_DELIVERED").count() == 1


def test_by_the_providers_id_alone():
    (message,) = sent()
    assert take(report(message, "FAILED", by_ref=True)) == Taken(applied=1)
    assert picture(message)[:3] == ("FAILED", NOW + timedelta(seconds=1), "30003")
    assert message.attempt.outcome == "FAILED"


def test_of_another_adapter_the_same_id_is_another_message():
    (message,) = sent()
    told = report(message, "DELIVERED", by_ref=True)
    assert take_reports(adapter="sms_twilio", reports=[told], actor=SYSTEM, now=NOW) == Taken(unknown=1)
    assert picture(message)[0] == "SENT"


def test_six_reports_in_every_order_end_alike():
    told = [("SENT", 1), ("DELIVERED", 2), ("READ", 9), ("FAILED", 4), ("DELIVERED", 3), ("READ", 5)]
    orders = list(permutations(range(6)))
    chosen = random.Random(7).sample(orders, 12)
    ends = set()
    for order, message in zip(chosen, sent(12), strict=True):
        for turn in order:
            state, seconds = told[turn]
            take(report(message, state, seconds, ref=f"{message.id}:{turn}"))
        ends.add(picture(message))
    assert ends == {
        ("READ", NOW + timedelta(seconds=5), "", NOW, NOW + timedelta(seconds=2), NOW + timedelta(seconds=5),
         "DELIVERED")
    }  # fmt: skip


def test_one_that_speaks_of_nobody_is_kept_and_found_when_its_id_is_learned():
    case = make_debtor()
    message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
    assert take(report(message, "READ", by_ref=True)) == Taken(unknown=1)
    assert reports.count_unmatched() == 1
    assert picture(message)[0] == "QUEUED"
    hand_over(message.id)
    assert picture(message)[0] == "READ"
    assert message.read_at == NOW + timedelta(seconds=1)
    assert reports.count_unmatched() == 0


def test_the_id_may_also_be_learned_from_a_report():
    case = make_debtor()
    message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
    Message.objects.filter(id=message.id).update(state="UNCERTAIN", adapter=ADAPTER)
    take(report(message, "READ", 5, by_ref=True))
    both = Report(event_ref="x", state="SENT", at=NOW, key=message.id, provider_ref=f"ref-{message.id}")
    assert take(both) == Taken(applied=1)
    assert picture(message)[0] == "READ"


def test_a_report_for_what_was_put_back_keeps_it_from_being_sent_again():
    case = make_debtor()
    message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
    take(report(message, "DELIVERED"))
    assert picture(message)[0] == "DELIVERED"
    assert message.lease_token is None


def test_a_reply_outranks_what_the_provider_tells():
    (message,) = sent()
    note_replied(message_id=message.id, at=NOW + timedelta(minutes=3), actor=SYSTEM, now=NOW + timedelta(minutes=4))
    take(report(message, "DELIVERED"))
    assert picture(message)[0] == "REPLIED"
    assert message.delivered_at is not None


def test_another_lenders_message_is_nobodys(other_tenant):
    (message,) = sent()
    with using(other_tenant.id):
        assert take(report(message, "DELIVERED")) == Taken(unknown=1)
    assert picture(message)[0] == "SENT"


# --- many senders at once, on committed rows


@pytest.fixture
def lender(committed: Any) -> Any:
    from tests.conftest import make_users

    make_users(committed, committed.code)
    return committed


def thousand(messages: list[Message], chance: random.Random) -> list[Report]:
    """Make five reports a message, half of them known by the provider's id alone."""
    told = []
    for message in messages:
        for turn in range(5):
            state = chance.choice(["SENT", "DELIVERED", "DELIVERED", "READ", "FAILED", "BOUNCED"])
            told.append(report(message, state, chance.randint(1, 60), by_ref=turn % 2 == 0, ref=f"{message.id}:{turn}"))
    return told


def deliver_all(lender: Any, told: list[Report], chance: random.Random) -> None:
    """Let 8 senders deliver every report 1-5 times, 1-4 together, in an order of their own."""
    sendings = [one for one in told for _ in range(chance.randint(1, 5))]
    chance.shuffle(sendings)
    shares = [sendings[number::SENDERS] for number in range(SENDERS)]
    faults: list[BaseException] = []

    def run(share: list[Report], seed: int) -> None:
        mine = random.Random(seed)
        try:
            with using(lender.id):
                while share:
                    size = mine.randint(1, 4)
                    take(*share[:size])
                    share = share[size:]
        except BaseException as error:  # noqa: BLE001  told by the test
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(share, chance.random())) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def expected(message: Message, told: list[Report]) -> State:
    mine = [Told(State(one.state), one.at, one.error_code) for one in told if one.event_ref.startswith(str(message.id))]
    return joined_all(Standing(State.SENT, NOW), mine).state


def test_a_thousand_reports_by_eight_senders_have_their_effect_once(lender):
    seed = 20261123
    chance = random.Random(seed)
    messages = sent(200)
    told = thousand(messages, chance)
    deliver_all(lender, told, chance)
    assert DeliveryEvent.objects.count() == len(told) == 1000
    states = dict(Message.objects.values_list("id", "state"))
    assert [states[one.id] for one in messages] == [expected(one, told) for one in messages], seed
    changes = Counter(
        (json.loads(facts)["message"], action)
        for facts, action in AuditEvent.objects.filter(action__startswith="MESSAGE_").values_list("facts", "action")
    )
    assert max(changes.values()) == 1, seed
    assert verify().findings == ()


def test_to_let_the_last_report_win_would_show(lender, monkeypatch):
    """Negative control: the same senders without ranks end in another state."""

    def last_wins(message: Message, told: Any) -> bool:
        for one in told:
            message.state, message.state_at, message.error_code = one.state.value, one.at, one.error_code
        return False

    chance = random.Random(20261124)
    messages = sent(40)
    told = thousand(messages, chance)
    monkeypatch.setattr(reports, "learn", last_wins)
    deliver_all(lender, told, chance)
    states = dict(Message.objects.values_list("id", "state"))
    assert sum(states[one.id] != expected(one, told) for one in messages) > 0


def test_an_id_learned_while_its_report_comes_in_is_never_missed(lender):
    """The answer that tells the provider's id, and the report that has nothing else, at the same moment."""
    missed = 0
    for _ in range(40):
        case = make_debtor(uuid4().hex[:10])
        message = outbox.queue(to_send=outbox.ToSend(asked=asked_of(case), body="好。"), actor=SYSTEM, now=NOW)
        both = threading.Barrier(2)

        def tell(message: Message = message, both: threading.Barrier = both) -> None:
            with using(lender.id):
                both.wait()
                take(report(message, "DELIVERED", by_ref=True))
            connections.close_all()

        thread = threading.Thread(target=tell)
        thread.start()
        both.wait()
        hand_over(message.id)
        thread.join()
        missed += picture(message)[0] != "DELIVERED"
    assert missed == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contact_deliveryevent")
        assert cursor.fetchone()[0] == 40
