"""T1: a campaign killed -9 twenty times, while it is prepared and while it runs, ends as one that nobody killed."""

import os
import random
import sys
import uuid
from collections.abc import Iterator

import pytest
from tests.faults.day.asking import Zygote

DEBTORS = 60
KILLS = 20


@pytest.fixture(scope="module")
def zygote(database_name: str) -> Iterator[Zygote]:
    """A forking process on this worker's database."""
    environment = {"DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_DATABASE_NAME": database_name}
    started = Zygote(environment, module="tests.faults.contact.campaign_zygote")
    yield started
    started.close()


def _found(zygote: Zygote) -> str:
    code = f"k{uuid.uuid4().hex[:10]}"
    assert zygote.ask("found", code=code, debtors=DEBTORS).get("campaign")
    return code


def _rows(zygote: Zygote, code: str) -> list[str]:
    answer = zygote.ask("dump", code=code)
    assert answer["findings"] == []
    return list(answer["rows"])


def test_killed_twenty_times_it_ends_the_same(zygote: Zygote) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    code = _found(zygote)
    took = zygote.ask("work", code=code)
    assert took.get("done"), took
    unkilled = _rows(zygote, code)
    assert sum(" QUEUED " in row for row in unkilled[:DEBTORS]) == DEBTORS - DEBTORS // 6
    landed = 0
    while landed < KILLS:
        code = _found(zygote)
        for _ in range(8):
            number = zygote.send("work", code=code, kill_after_s=chance.uniform(0.02, 0.7 * took["seconds"]))
            killed = zygote.take(number)["killed"]
            landed += killed
            if not killed:
                break
        assert zygote.ask("work", code=code).get("done"), seed
        assert _rows(zygote, code) == unkilled, seed


def test_the_checker_sees_what_a_run_without_members_states_does(zygote: Zygote) -> None:
    """Negative control: nobody notes who was queued, and keys differ: the next run writes to the same people again."""
    code = _found(zygote)
    for _ in range(2):
        assert zygote.ask("work", code=code, broken=True).get("done")
    doubled = [row for row in _rows(zygote, code)[:DEBTORS] if ";" in row]
    assert doubled
