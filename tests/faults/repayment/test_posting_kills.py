"""Posting killed -9 at every named point and at random times: run again it ends as if nobody had killed it."""

import os
import random
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.faults.day.asking import Zygote

from qingshou.features.repayment.faultpoints import POINTS

PAYMENTS, RANDOM_KILLS = 12, 50


@pytest.fixture(scope="module")
def posting(database_name: str) -> Iterator[Zygote]:
    """A forking process on this worker's database."""
    environment = {"DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_DATABASE_NAME": database_name}
    started = Zygote(environment, module="tests.faults.repayment.posting_zygote")
    yield started
    started.close()


class Posting:
    """One lender with one loan, and payments that are told again until all are taken."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote, self.code = zygote, f"l{uuid.uuid4().hex[:10]}"
        made = zygote.ask("found", code=self.code)
        self._borrower, self._loan = made["borrower"], made["loan"]

    def run(self, **more: Any) -> dict[str, Any]:
        given = {"fault_point": more.pop("fault_point", ""), "kill_after_s": more.pop("kill_after_s", None)}
        number = self._zygote.send(
            "post", code=self.code, borrower=self._borrower, payments=more.pop("payments", PAYMENTS), **given, **more
        )  # fmt: skip
        return self._zygote.take(number)

    def dump(self) -> dict[str, Any]:
        told = self._zygote.ask("dump", code=self.code, loan=self._loan)
        return {name: told[name] for name in ("owed", "receipts", "broken", "findings")}


@pytest.fixture(scope="module")
def undisturbed(posting: Zygote) -> tuple[dict[str, Any], float]:
    """How all stands after a run nobody killed, and how long it took on this machine."""
    one = Posting(posting)
    run = one.run()
    assert run["done"] == PAYMENTS
    told = one.dump()
    assert (told["broken"], told["findings"]) == ({}, [])
    assert told["receipts"][3].startswith("p3 REVERSED")
    return told, run["seconds"]


@pytest.fixture(scope="module")
def unkilled(undisturbed: tuple[dict[str, Any], float]) -> dict[str, Any]:
    """How all stands after a run nobody killed."""
    return undisturbed[0]


@pytest.fixture(scope="module")
def run_s(undisturbed: tuple[dict[str, Any], float]) -> float:
    """How long a run that nobody kills takes here: kills are timed by it."""
    return undisturbed[1]


def test_killed_at_every_point_it_ends_the_same(posting: Zygote, unkilled: dict[str, Any]) -> None:
    one, kills = Posting(posting), 0
    for point in POINTS:
        answer = one.run(fault_point=f"repayment.post:{point}")
        assert answer["killed"], (point, answer)
        assert one.dump()["broken"] == {}, point
        kills += 1
    one.run()
    assert (kills, one.dump()) == (len(POINTS), unkilled)


def test_killed_at_random_times_it_ends_the_same(posting: Zygote, unkilled: dict[str, Any], run_s: float) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance, landed, runs = random.Random(seed), 0, 0
    while landed < RANDOM_KILLS and runs < 8 * RANDOM_KILLS:
        one = Posting(posting)
        for _ in range(6):
            landed += bool(one.run(kill_after_s=chance.uniform(0.02, 0.7 * run_s))["killed"])
            runs += 1
        one.run()
        assert one.dump() == unkilled, seed
    assert landed >= RANDOM_KILLS, f"too few kills hit a working process: seed {seed}"


def test_apart_from_its_effect_a_receipt_is_lost(posting: Zygote) -> None:
    """Negative control: recorded in a transaction of its own, a receipt known again is never applied."""
    one = Posting(posting)
    assert one.run(fault_point="repayment.post:committed", split=True)["killed"]
    one.run(split=True)
    assert one.dump()["receipts"][0].startswith("p0 UNMATCHED")
