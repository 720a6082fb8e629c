"""The database restarts while a sender works: nothing doubled, nothing lost, the same end."""

import os
import random
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.sms_gateway import SmsGateway
from tests.faults.contact.harness import MODULE, Killing, all_sent
from tests.faults.day.asking import Zygote
from tests.faults.own_server import restart_at_once, zygote_on

RESTARTS = 4
MESSAGES = 80


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def own_sender(own_home: Path) -> Iterator[Zygote]:
    with zygote_on(own_home, module=MODULE) as started:
        yield started


def test_a_restart_in_the_middle_doubles_and_loses_nothing(own_sender: Zygote, own_home: Path) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    with SmsGateway(slow_s=0.02) as gateway:
        run_s = float(str(Killing(own_sender, gateway, MESSAGES).run()["seconds"]))  # undisturbed
        one = Killing(own_sender, gateway, MESSAGES, received_before=len(gateway.received))
        hit = 0
        for _ in range(RESTARTS):
            number = own_sender.send("send", code=one.code, url=gateway.url, after_s=one.after_s)
            threading.Event().wait(chance.uniform(0.1, 0.5) * run_s)
            restart_at_once(own_home)
            hit += own_sender.take(number).get("error") == "DATABASE"
            one.after_s += 130
        assert hit >= 1, f"no restart hit a working sender: seed {seed}"
        one.come_to_rest()
        assert (gateway.doubled(), one.lost) == ([], 0), seed
        assert one.rows == all_sent(MESSAGES), seed
