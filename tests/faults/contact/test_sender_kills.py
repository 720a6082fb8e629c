"""The sender killed -9 at every named point and at random times: nothing doubled, nothing lost, the same end."""

import os
import random
import sys
from collections.abc import Iterator

import pytest
from tests.fakes.sms_gateway import LOST, SmsGateway
from tests.faults.contact.harness import MODULE, Killing, all_sent
from tests.faults.day.asking import Zygote

from qingshou.features.contact.faultpoints import AFTERWARDS, POINTS

RANDOM_KILLS = 50
MESSAGES = 60


@pytest.fixture(scope="module")
def sender(database_name: str) -> Iterator[Zygote]:
    """A forking process on this worker's database."""
    environment = {"DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_DATABASE_NAME": database_name}
    started = Zygote(environment, module=MODULE)
    yield started
    started.close()


def test_without_a_kill_everything_is_sent_once(sender: Zygote) -> None:
    with SmsGateway() as gateway:
        one = Killing(sender, gateway, 5)
        assert one.run()["counts"] == {"SENT": 5}
        assert one.rows == all_sent(5)
        assert one.run()["counts"] == {}


def test_killed_at_every_point_and_run_again_ends_the_same(sender: Zygote) -> None:
    with SmsGateway() as gateway:
        one = Killing(sender, gateway, 20)
        kills = 0
        for point in (*POINTS, *POINTS):
            answer = one.run(fault_point=f"contact.send:{point}")
            assert answer["killed"], (point, answer)
            kills += 1
        for point in AFTERWARDS:
            assert one.run(fault_point="contact.send:handed")["killed"]
            assert one.run(fault_point=f"contact.send:{point}")["killed"], point
            kills += 2
        one.come_to_rest()
        assert (kills, gateway.doubled(), one.lost) == (18, [], 0)
        assert one.rows == all_sent(20)


def test_killed_at_random_times_and_run_again_ends_the_same(sender: Zygote) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    landed = runs = 0
    with SmsGateway(slow_s=0.003) as gateway:
        run_s = float(str(Killing(sender, gateway, MESSAGES).run()["seconds"]))  # nobody kills it
    while landed < RANDOM_KILLS and runs < 4 * RANDOM_KILLS:
        with SmsGateway(slow_s=0.003) as gateway:
            one = Killing(sender, gateway, MESSAGES)
            while landed < RANDOM_KILLS and len(gateway.received) < MESSAGES:
                landed += bool(one.run(kill_after_s=chance.uniform(0.02, 0.7 * run_s))["killed"])
                runs += 1
            one.come_to_rest()
            assert gateway.doubled() == [], seed
            assert one.lost == 0, seed
            assert one.rows == all_sent(MESSAGES), seed
    assert landed == RANDOM_KILLS, f"too few kills hit a working sender: seed {seed}"


def test_without_the_question_messages_are_doubled(sender: Zygote) -> None:
    """Negative control: a sender that sends again what a dead one had in hand, unasked."""
    with SmsGateway() as gateway:
        one = Killing(sender, gateway, 10)
        for _ in range(3):
            assert one.run(fault_point="contact.send:handed", unasked=True)["killed"]
        one.come_to_rest(unasked=True)
        # the one in hand each time was sent again by the next
        assert sum(gateway.received.values()) - len(gateway.received) == 3


def test_where_nobody_can_be_asked_the_killed_ones_wait_for_a_person(sender: Zygote) -> None:
    with SmsGateway() as gateway:
        one = Killing(sender, gateway, 10)
        for point in ("marked", "handed", "writing"):
            assert one.run(fault_point=f"contact.send:{point}", mute=True)["killed"]
        one.come_to_rest(mute=True)
        assert gateway.doubled() == []
        states = [row.split()[1] for row in one.rows]
        assert (states.count("SENT"), states.count("UNCERTAIN")) == (7, 3)


def test_two_hundred_answers_lost_none_is_sent_again_unasked(sender: Zygote) -> None:
    with SmsGateway(lambda _number, _message: LOST) as gateway:
        one = Killing(sender, gateway, 200)
        assert one.run()["counts"] == {"ANSWER_LOST": 200}
        assert not gateway.asked
        one.come_to_rest()
        assert (len(gateway.received), gateway.doubled()) == (200, [])
        assert set(gateway.asked.values()) == {1}
        assert one.rows == all_sent(200)


def test_two_senders_at_once_share_the_work(sender: Zygote) -> None:
    with SmsGateway(slow_s=0.02) as gateway:  # so slow that one alone is not done before the next has begun
        one = Killing(sender, gateway, 120)
        asked = [sender.send("send", code=one.code, url=gateway.url, after_s=0) for _ in range(3)]
        handed = [sender.take(number)["counts"].get("SENT", 0) for number in asked]
        assert sum(handed) == 120
        assert sorted(handed)[1] > 0, "no two of them worked at once"
        assert (gateway.doubled(), one.lost) == ([], 0)
        assert one.rows == all_sent(120)
