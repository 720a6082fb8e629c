"""The day's run, killed at every named point and at random times, then run again: the state of an unkilled run."""

import os
import random
import sys

from tests.faults.day.asking import DAYS, Zygote, new_lender

from qingshou.features.oversight.faultpoints import POSITIONS
from qingshou.features.oversight.phrases import STEPS

FIRST, SECOND = (day.isoformat() for day in DAYS)
RANDOM_KILLS = 8


def test_killed_at_every_point_and_run_again_ends_the_same(
    zygote: Zygote, files: dict[str, str], unkilled: list[str]
) -> None:
    code = new_lender(zygote, files)
    kills = 0
    for step in STEPS:
        for position in POSITIONS:
            answer = zygote.ask("run", code=code, as_of=FIRST, fault_point=f"day.{step}:{position}")
            assert answer["killed"], (step, position, answer)
            kills += 1
    assert kills == 39
    ended = zygote.ask("run", code=code, as_of=FIRST)
    assert ended["status"] == "DONE"
    assert ended["attempts"] == 40
    assert zygote.ask("run", code=code, as_of=SECOND)["status"] == "DONE"
    answer = zygote.ask("dump", code=code)
    assert answer["wrong"] == {}
    assert answer["dump"] == unkilled


def test_killed_at_random_times_and_run_again_ends_the_same(
    zygote: Zygote, files: dict[str, str], unkilled: list[str], run_s: float
) -> None:
    seed = int(os.environ.get("QINGSHOU_SEED", random.randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    code = new_lender(zygote, files)
    landed = 0
    for day in (FIRST, SECOND):
        for _ in range(RANDOM_KILLS // 2):
            answer = zygote.ask("run", code=code, as_of=day, kill_after_s=chance.uniform(0.02, 0.7 * run_s))
            landed += answer["killed"]
        assert zygote.ask("run", code=code, as_of=day)["status"] == "DONE", seed
    assert landed >= 2, f"too few kills hit a running day: seed {seed}"
    answer = zygote.ask("dump", code=code)
    assert answer["wrong"] == {}, seed
    assert answer["dump"] == unkilled, seed


def test_the_checker_sees_a_checkpoint_outside_its_effects_transaction(
    zygote: Zygote, files: dict[str, str], unkilled: list[str]
) -> None:
    """Negative control: with checkpoints written first, a kill loses effects, and the dump shows it."""
    code = new_lender(zygote, files)
    killed = zygote.ask("run", code=code, as_of=FIRST, fault_point="day.cases:inside", broken=True)
    assert killed["killed"]
    assert zygote.ask("run", code=code, as_of=FIRST, broken=True)["failed"]  # the run's summary misses what was lost
    answer = zygote.ask("dump", code=code)
    assert not any(line.startswith("cases_case") for line in answer["dump"])
    assert answer["dump"] != unkilled
    assert answer["wrong"]["debtors_without_case"] > 0


def test_a_day_that_is_done_changes_nothing_when_run_again(zygote: Zygote, files: dict[str, str]) -> None:
    code = new_lender(zygote, files)
    assert zygote.ask("run", code=code, as_of=FIRST)["was_done_already"] is False
    before = zygote.ask("dump", code=code)["dump"]
    again = zygote.ask("run", code=code, as_of=FIRST)
    assert again["was_done_already"] is True
    assert zygote.ask("dump", code=code)["dump"] == before


def test_of_two_runs_at_once_one_works_and_the_other_says_who(zygote: Zygote, files: dict[str, str]) -> None:
    code = new_lender(zygote, files)
    asked = [zygote.send("run", code=code, as_of=FIRST, wait=False) for _ in range(2)]
    answers = [zygote.take(number) for number in asked]
    assert sorted(answer.get("status", answer.get("error")) for answer in answers) == ["DAY_BUSY", "DONE"]
    busy = next(answer for answer in answers if "error" in answer)
    assert busy["exit_code"] == 75
    assert FIRST in busy["message"] or "about to run" in busy["message"]


def test_of_two_runs_at_once_the_second_waits_when_told_to(zygote: Zygote, files: dict[str, str]) -> None:
    code = new_lender(zygote, files)
    asked = [zygote.send("run", code=code, as_of=FIRST, wait=True) for _ in range(2)]
    answers = [zygote.take(number) for number in asked]
    assert [answer["status"] for answer in answers] == ["DONE", "DONE"]
    assert sorted(answer["was_done_already"] for answer in answers) == [False, True]
