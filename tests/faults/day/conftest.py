"""The forking process, spoken to from the tests."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from benchmarks.synthetic_book import write_book
from tests.faults.day.asking import DAYS, LOANS, Zygote, new_lender


@pytest.fixture(scope="module")
def zygote(database_name: str) -> Iterator[Zygote]:
    """A forking process on this worker's database."""
    started = Zygote({"DJANGO_SETTINGS_MODULE": "qingshou.config.testing", "QINGSHOU_DATABASE_NAME": database_name})
    yield started
    started.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two days of a small made-up book."""
    folder = tmp_path_factory.mktemp("book")
    return {
        day.isoformat(): str(write_book(folder / f"{turn}.csv", loans=LOANS, as_of=day, day=turn))
        for turn, day in enumerate(DAYS, 1)
    }


@dataclass(frozen=True)
class Unkilled:
    """What two days leave behind when nobody kills anything, and how long the quicker of them took on this machine."""

    dump: list[str]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(zygote: Zygote, files: dict[str, str]) -> Unkilled:
    """Two days that nobody kills."""
    code = new_lender(zygote, files)
    runs = [zygote.ask("run", code=code, as_of=day.isoformat()) for day in DAYS]
    assert [run["status"] for run in runs] == ["DONE", "DONE"]
    answer = zygote.ask("dump", code=code)
    assert answer["wrong"] == {}
    lines: list[str] = answer["dump"]
    assert any(line.startswith("cases_case") for line in lines)
    return Unkilled(lines, min(run["seconds"] for run in runs))


@pytest.fixture(scope="module")
def unkilled(undisturbed: Unkilled) -> list[str]:
    """What two days leave behind when nobody kills anything."""
    return undisturbed.dump


@pytest.fixture(scope="module")
def run_s(undisturbed: Unkilled) -> float:
    """How long a day that nobody kills takes here: what is to hit one is timed by it."""
    return undisturbed.seconds
