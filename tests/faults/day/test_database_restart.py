"""The database restarts in the middle of a day (as after a power cut); the day is run again and ends the same."""

import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.day.asking import DAYS, Zygote, new_lender
from tests.faults.own_server import restart_at_once, zygote_on

RESTARTS = 2  # a day; each costs a crash recovery


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def own_zygote(own_home: Path) -> Iterator[Zygote]:
    with zygote_on(own_home) as started:
        yield started


def test_a_restart_in_the_middle_loses_and_doubles_nothing(
    own_zygote: Zygote, own_home: Path, files: dict[str, str], unkilled: list[str], run_s: float
) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    code = new_lender(own_zygote, files)
    hit = 0
    for day in DAYS:
        for _ in range(RESTARTS):
            number = own_zygote.send("run", code=code, as_of=day.isoformat())
            waiting = threading.Event()
            waiting.wait(chance.uniform(0.1, 0.5) * run_s)
            restart_at_once(own_home)
            answer = own_zygote.take(number)
            hit += answer.get("error") == "DATABASE"
        until = time.monotonic() + 120
        while own_zygote.ask("run", code=code, as_of=day.isoformat()).get("status") != "DONE":
            assert time.monotonic() < until, seed
    assert hit >= 1, f"no restart hit a running day: seed {seed}"
    answer = own_zygote.ask("dump", code=code)
    assert answer["wrong"] == {}, seed
    assert answer["dump"] == unkilled, seed
