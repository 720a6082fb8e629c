"""Known answers of 66.8 million loan-months: cure and roll of 30-59 days, and the trap of the matrix power.

Counts of US mortgages over 1, 3 and 6 months, read from the folder QINGSHOU_DATA; without it: 'data not given'.
The estimation itself is timed on a panel made from the first counts, against the 60,000 rows a second of the best
known Python package for it.
"""

import argparse
import csv
import os
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from measuring import machine, scratch, tell
from qingshou.features.delinquency.matrices import POWER_WARNING, aalen_johansen, cohort, powered
from qingshou.features.delinquency.panels import Shape, open_panel

# Read from the notebook that published the counts: share of 30-59, in one month and after three.
KNOWN = {"cure_1m": 0.449, "roll_1m": 0.184, "power_3_says_current": 0.740, "truth_3m_current": 0.547}
ROWS_PER_SECOND_PUBLISHED = 60_000
TIMES_FASTER_LIMIT = 10


def read_counts(path: Path) -> tuple[tuple[str, ...], Any]:
    """Read a square table of counts with names in its first row and column."""
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    states = tuple(rows[0][1:])
    return states, np.array([[int(cell) for cell in row[1:]] for row in rows[1:]])


def known_answers(folder: Path) -> dict[str, Any]:
    """Estimate from the counts and compare with what is known."""
    states, one_month = read_counts(folder / "counts_1m.csv")
    _, three_months = read_counts(folder / "counts_3m.csv")
    late, current, worse = states.index("30-59"), states.index("0-29"), states.index("60-89")
    one, three = cohort(states, one_month), cohort(states, three_months)
    found = {
        "cure_1m": one.matrix[late, current],
        "roll_1m": one.matrix[late, worse],
        "power_3_says_current": powered(one.matrix, 3)[late, current],
        "truth_3m_current": three.matrix[late, current],
    }
    return {
        "loan_months": int(one_month.sum()),
        **{name: round(float(value), 4) for name, value in found.items()},
        "cure_1m_interval": [round(float(one.low[late, current]), 4), round(float(one.high[late, current]), 4)],
        "answers_met": all(abs(found[name] - KNOWN[name]) < 0.0006 for name in KNOWN),
        "warning": POWER_WARNING,
    }


def speed(rows: int) -> dict[str, Any]:
    """Time both estimators, from file to matrices with intervals, on a panel of so many rows."""
    with scratch() as folder:
        path = folder / "panel.parquet"
        duckdb.execute(f"""
            COPY (SELECT i AS id, m AS month, ((hash(i * 31 + m) % 100)::INT // 30)::VARCHAR AS state
                  FROM range({rows // 50}) a(i), range(50) b(m)) TO '{path}'""")
        start = time.perf_counter()
        with open_panel(path, Shape(id_column="id", period_column="month", state_column="state")) as panel:
            cohort(panel.states, panel.pair_counts())
            aalen_johansen(panel.steps())
        seconds = time.perf_counter() - start
    times = rows / seconds / ROWS_PER_SECOND_PUBLISHED
    return {
        "panel_rows": rows,
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds),
        "times_published": round(times, 1),
        "times_limit": TIMES_FASTER_LIMIT,
        "speed_met": times >= TIMES_FASTER_LIMIT,
    }


def main(argv: list[str]) -> dict[str, Any]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    result: dict[str, Any] = {**machine(), **speed(given.rows)}
    home = os.environ.get("QINGSHOU_DATA")
    folder = Path(home) / "roll_counts" if home else None
    if folder is None or not folder.is_dir():
        result["known_answers"] = "data not given"
    else:
        result |= known_answers(folder)
        result["met"] = bool(result["answers_met"] and result["speed_met"])
    tell(result, as_json=given.json)
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
