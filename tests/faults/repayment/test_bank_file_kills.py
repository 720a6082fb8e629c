"""A bank's file killed -9 at every named point and at random times: taken again it ends as if nobody had killed it."""

import os
import random
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.day.asking import Zygote

from qingshou.features.repayment.faultpoints import FILE_POINTS

RANDOM_KILLS = 15


@pytest.fixture(scope="module")
def taking(database_name: str) -> Iterator[Zygote]:
    """A forking process on this worker's database."""
    environment = {"DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_DATABASE_NAME": database_name}
    started = Zygote(environment, module="tests.faults.repayment.bank_file_zygote")
    yield started
    started.close()


class Taking:
    """One lender and its file."""

    def __init__(self, zygote: Zygote, folder: Path) -> None:
        self._zygote, self.code = zygote, f"l{uuid.uuid4().hex[:10]}"
        self._file = zygote.ask("found", code=self.code, folder=str(folder))["file"]

    def run(self, *, fault_point: str = "", kill_after_s: float | None = None) -> dict[str, Any]:
        number = self._zygote.send(
            "take", code=self.code, file=self._file, fault_point=fault_point, kill_after_s=kill_after_s
        )
        return self._zygote.take(number)

    def dump(self) -> dict[str, Any]:
        told = self._zygote.ask("dump", code=self.code)
        return {name: told[name] for name in ("files", "receipts", "broken", "findings")}


@pytest.fixture(scope="module")
def undisturbed(taking: Zygote, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """How all stands after a run nobody killed, and how long it took on this machine."""
    one = Taking(taking, tmp_path_factory.mktemp("files"))
    seconds = one.run()["seconds"]
    told = one.dump()
    assert (told["broken"], told["findings"]) == ({}, [])
    assert told["files"][0][:5] == ["1201", "1200", "0", "1", "0"]
    assert sum(" APPLIED " in row for row in told["receipts"]) == 11
    assert "R100 REVERSED 0.000" in told["receipts"]
    return told, seconds


@pytest.fixture(scope="module")
def unkilled(undisturbed: tuple[dict[str, Any], float]) -> dict[str, Any]:
    """How all stands after a run nobody killed."""
    return undisturbed[0]


@pytest.fixture(scope="module")
def run_s(undisturbed: tuple[dict[str, Any], float]) -> float:
    """How long a run that nobody kills takes here: kills are timed by it."""
    return undisturbed[1]


def test_killed_at_every_point_it_ends_the_same(taking: Zygote, unkilled: dict[str, Any], tmp_path: Path) -> None:
    one = Taking(taking, tmp_path)
    for point in FILE_POINTS:
        answer = one.run(fault_point=f"repayment.post:{point}")
        assert answer["killed"], (point, answer)
        assert one.dump()["broken"] == {}, point
    one.run()
    assert one.dump() == unkilled


def test_killed_at_random_times_it_ends_the_same(
    taking: Zygote, unkilled: dict[str, Any], run_s: float, tmp_path: Path
) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance, landed, runs = random.Random(seed), 0, 0
    while landed < RANDOM_KILLS and runs < 8 * RANDOM_KILLS:
        one = Taking(taking, tmp_path)
        for _ in range(4):
            landed += bool(one.run(kill_after_s=chance.uniform(0.02, 0.7 * run_s))["killed"])
            runs += 1
        one.run()
        assert one.dump() == unkilled, seed
    assert landed >= RANDOM_KILLS, f"too few kills hit a working process: seed {seed}"
