"""Reports of providers by many senders at once, on committed rows: exactly once, and the same end."""

import json
import random
import threading
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.reported import hand_over, picture, report, sent, take
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.audit.models import AuditEvent
from qingshou.audit.verification import verify
from qingshou.features.contact.channels.base import Report
from qingshou.features.contact.models import DeliveryEvent, Message
from qingshou.features.contact.operations import outbox, reports
from qingshou.features.contact.rules.messages import Standing, State, Told, joined_all
from qingshou.tenancy.context import using

SENDERS = 8


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
