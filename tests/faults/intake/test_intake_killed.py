"""kill -9 at every named point and at random moments: what is seen is whole, and running again ends as if unkilled."""

import multiprocessing
import random
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.faults.intake.conftest import KILLED, state

from qingshou.features.book.intake.faultpoints import NAMES
from qingshou.features.book.intake.run import run_import
from qingshou.features.book.intake.sealed import VaultKeys

SEED = 20261123
KILLS_RANDOM = 50


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory):
    from tests.faults.intake.conftest import Runner

    folder = tmp_path_factory.mktemp("unkilled")
    code, result, errors = Runner(folder).run(folder / "home")
    assert code == 0, errors
    assert (result["rows_read"], result["rows_accepted"], result["rows_rejected"], result["rows_duplicate"]) == (
        3_000, 2_998, 1, 1,
    )  # fmt: skip
    return state(folder / "home")


def _only_whole(home, unkilled):
    """Whatever is visible under a lasting name is exactly what the unkilled run made."""
    for name, content in state(home).items():
        if "/_staging/" not in name and ".tmp" not in name and ".pending" not in name:
            assert unkilled[name] == content, name


def test_a_manifest_half_written_leaves_no_scrap(runner, unkilled):
    """Found by the random kills: a temporary manifest stayed behind."""
    home = runner.folder / "home"
    assert runner.run(home, fault="intake.pending")[0] == KILLED
    pending = next(home.rglob("*.pending.json"))
    scrap = pending.with_name(f".{pending.name}.4711.tmp")
    scrap.write_bytes(b"{")
    assert runner.run(home)[0] == 0
    assert sorted(state(home)) == sorted(unkilled)


@pytest.mark.parametrize("point", NAMES)
def test_killed_at_a_named_point(runner, unkilled, point):
    home = runner.folder / "home"
    code, _result, errors = runner.run(home, fault=point)
    assert code == KILLED, errors
    _only_whole(home, unkilled)
    code, _result, errors = runner.run(home)
    assert code == 0, errors
    assert state(home) == unkilled


def _import(source: str, home: str) -> None:
    """Run in a fork of a warm server, so that fifty kills take seconds."""
    run_import(
        source_path=Path(source),
        mapping="canonical",
        as_of=date(2026, 10, 31),
        tenant="bank",
        home=Path(home),
        keys=VaultKeys(current="k", keys={"k": b"1" * 32}),
        now=datetime(2026, 11, 1, tzinfo=UTC),
    )


def _start(home: Path, source: Path):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_import, args=(str(source), str(home)))
    process.start()
    return process


def _unkilled_s(home: Path, source: Path) -> float:
    """Return how long an import takes now that nobody kills: the kills are timed by it."""
    started = time.monotonic()
    process = _start(home, source)
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - started


def test_killed_at_random_moments(runner, unkilled):
    """A home is run and killed until a run gets through, then a new one begins; seed and moments are printed."""
    rng = random.Random(SEED)
    _start(runner.folder / "warm", runner.source).join()
    pace = _unkilled_s(runner.folder / "pace", runner.source)
    deaths, attempts, number, in_parts = 0, 0, 0, 0
    while deaths < KILLS_RANDOM and attempts < 4 * KILLS_RANDOM:
        attempts += 1
        home = runner.folder / f"home{number}"
        process = _start(home, runner.source)
        moment = (0.15 + 0.85 * rng.random()) * pace
        time.sleep(moment)
        process.kill()
        process.join()
        print(f"seed {SEED} attempt {attempts} at {moment:.3f} s: {process.exitcode}")  # noqa: T201
        deaths += process.exitcode == KILLED
        _only_whole(home, unkilled)
        in_parts += any(home.rglob("_staging/*"))
        if process.exitcode == 0 or attempts % 5 == 0:
            run = _start(home, runner.source)
            run.join()
            assert run.exitcode == 0
            assert sorted(state(home)) == sorted(unkilled)
            assert state(home) == unkilled
            number += 1
            pace = _unkilled_s(runner.folder / f"pace{number}", runner.source)  # the machine may have others to serve
    assert deaths == KILLS_RANDOM
    assert in_parts > KILLS_RANDOM // 2, "the kills came too early or too late to mean anything"


def test_the_check_can_fail(runner, unkilled):
    """Negative control: a part cut short by hand is noticed."""
    home = runner.folder / "home"
    assert runner.run(home)[0] == 0
    part = next(home.rglob("part-*.parquet"))
    part.write_bytes(part.read_bytes()[:-10])
    with pytest.raises(AssertionError):
        _only_whole(home, unkilled)


def test_two_at_once_end_with_one(runner, unkilled):
    home = runner.folder / "home"
    processes = [runner.start(home, wait=True) for _ in range(4)]
    for process in processes:
        process.stdout.readline()
    ends = [runner.end(process) for process in _released(processes)]
    assert [code for code, _result, _errors in ends] == [0] * 4
    assert sum(result["duplicate_of"] is None for _code, result, _errors in ends) == 1
    assert state(home) == unkilled
    parts = list(home.rglob("part-*.parquet"))
    assert [pq.read_metadata(part).num_rows for part in parts] == [2_998]


def _released(processes):
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    return processes
