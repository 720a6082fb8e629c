"""Transition matrices: the known answer of a public data set, hand-counted panels, and what must be refused."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qingshou.features.delinquency.matrices import (
    VARIANCE_STEPS_MAX,
    Steps,
    aalen_johansen,
    cohort,
    powered,
    wilson,
)

HERE = Path(__file__).parent
TWO_STATES = HERE / "transition_two_states.csv"
PANEL = """id,month,state
a,2024-01-31,current
a,2024-02-29,late
a,2024-03-31,current
b,2024-01-31,current
b,2024-02-29,current
b,2024-03-31,late
c,2024-01-31,late
c,2024-03-31,late
d,2024-02-29,
e,2024-02-29,late
e,2024-02-29,current
"""


def _run(arguments: Sequence[str], *, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "qingshou.interfaces.commands.matrix", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def _matrix(*arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_run([*arguments, "--json"]).stdout)
    return answer


@pytest.mark.parametrize("shape", [("--from", "From", "--to", "To"), ("--state", "To")])
def test_aalen_johansen_of_the_public_two_state_data(shape: tuple[str, ...]) -> None:
    """Open-risk's data set 8; its stated estimate is over the half-open window, before the last of 2,517 moves."""
    answer = _matrix("--panel", str(TWO_STATES), "--id", "ID", "--period", "Time", *shape)
    found = answer["aalen_johansen"]
    assert found["matrix"][0] == pytest.approx([0.49710, 0.50290], abs=5e-6)
    assert found["matrix"][1] == [0.0, 1.0]
    # Nobody is censored, so the estimate through the last move is the plain share, and its error is the binomial one.
    assert found["matrix_through_last_time"][0][0] == pytest.approx(2486 / 5003, abs=1e-8)
    share = 2487 / 5003
    assert found["standard_error"][0][0] == pytest.approx((share * (1 - share) / 5003) ** 0.5, rel=1e-6)
    assert answer["cohort"]["counts"] == [[2486, 2517], [0, 4997]]


def test_panel_counts_only_neighbouring_periods(tmp_path: Path) -> None:
    """The gap of c is no pair, d has no state, e says two things of one month: each is told."""
    panel = tmp_path / "panel.csv"
    panel.write_text(PANEL, encoding="utf-8")
    answer = _matrix("--panel", str(panel), "--id", "id", "--period", "month", "--state", "state", "--direct", "2")
    assert answer["states"] == ["current", "late"]
    assert answer["periods_read_as"] == "month"
    assert (answer["rows"], answer["incomplete_rows"], answer["duplicate_rows"]) == (11, 1, 2)
    assert answer["cohort"]["counts"] == [[1, 2], [1, 0]]
    assert answer["cohort"]["matrix"][0] == pytest.approx([1 / 3, 2 / 3])
    assert answer["direct"]["counts"] == [[1, 1], [0, 1]]


def test_power_carries_its_warning(tmp_path: Path) -> None:
    panel = tmp_path / "panel.csv"
    panel.write_text(PANEL, encoding="utf-8")
    given = ["--panel", str(panel), "--id", "id", "--period", "month", "--state", "state", "--power", "3", "--json"]
    done = _run(given)
    assert "overstate cure" in done.stderr
    assert "overstate cure" in json.loads(done.stdout)["power"]["warning"]


@pytest.mark.parametrize(
    "periods", [("1", "2", "3"), ("202311", "202312", "202401"), ("2023-11", "2023-12", "2024-01")]
)
def test_periods_are_months_numbers_or_dates(tmp_path: Path, periods: tuple[str, str, str]) -> None:
    panel = tmp_path / "panel.csv"
    panel.write_text("i,p,s\n" + "".join(f"x,{one},{n}\n" for n, one in enumerate(periods)), encoding="utf-8")
    answer = _matrix("--panel", str(panel), "--id", "i", "--period", "p", "--state", "s")
    assert answer["cohort"]["counts"] == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert answer["cohort"]["matrix"][2] == [None, None, None]  # never left: unknown, not zero


def test_absorbing_state_has_a_certain_row() -> None:
    found = cohort(("0", "1"), np.array([[1, 1], [0, 0]]), absorbing=["1"])
    assert found.matrix.tolist() == [[0.5, 0.5], [0.0, 1.0]]


def test_wilson_interval_against_the_textbook() -> None:
    """10 of 100 at 95 %: 5.52 % to 17.44 %."""
    low, high = wilson(np.array([10.0]), np.array([100.0]))
    assert (round(float(low[0]), 4), round(float(high[0]), 4)) == (0.0552, 0.1744)


def test_power_of_a_never_seen_row_stays() -> None:
    assert powered(np.array([[0.5, 0.5], [np.nan, np.nan]]), 2).tolist() == [[0.25, 0.75], [0.0, 1.0]]


def test_many_steps_are_joined_for_the_interval_only() -> None:
    count = VARIANCE_STEPS_MAX * 2
    moved = np.zeros((count, 2, 2), dtype=np.int64)
    moved[:, 0, 1] = 1
    at_risk = np.stack([2 * count - np.arange(count), np.arange(count)], axis=1)
    found = aalen_johansen(Steps(("0", "1"), tuple(range(count)), moved, at_risk))
    assert found.matrix[0, 0] == pytest.approx(0.5)
    assert found.standard_error[0, 0] == pytest.approx((0.25 / (2 * count)) ** 0.5, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--panel", "absent.csv", "--id", "i", "--period", "p", "--state", "s"], 66, "There is no file"),
        (["--panel", str(TWO_STATES), "--id", "Nobody", "--period", "Time", "--state", "x"], 65, "no column 'Nobody'"),
        (["--panel", str(TWO_STATES), "--id", "ID", "--period", "Time"], 65, "Give --state"),
        (
            ["--panel", str(TWO_STATES), "--id", "ID", "--period", "Time", "--state", "To", "--absorbing", "9"],
            65,
            "no state 9",
        ),
    ],
)
def test_refusals(arguments: list[str], code: int, says: str) -> None:
    assert says in _run(arguments, code=code).stderr
