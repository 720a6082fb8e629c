"""Ageing 1 million loans (24 million instalments, 23 million payments) against two bare group-by sums over the files.

Limit: 2.5 times the time of the two sums, in the same run. `--loans 10000000` shows that ten times as much finishes.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from measuring import in_child, machine, report_part, scratch, tell
from qingshou.engine import Limits, open_engine
from qingshou.features.delinquency.columns import age_frame
from qingshou.features.delinquency.rules import AgeTerms

LIMIT_RATIO = 2.5
AS_OF = date(2023, 12, 31)
INSTALMENTS = 24


def make(folder: Path, loans: int) -> None:
    """Write a schedule with its running total, and payments in the order of their dates; 7 loans in 100 owe."""
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '2GiB'")
    connection.execute(f"SET temp_directory = '{folder}/spill'")
    connection.execute(f"""
        COPY (SELECT 'L' || lpad(l::VARCHAR, 8, '0') AS loan_id,
                     (DATE '2022-01-15' + to_months(k::INT))::DATE AS due_date,
                     (100 + hash(l) % 900)::DECIMAL(18,3) AS amount,
                     ((100 + hash(l) % 900) * (k + 1))::DECIMAL(18,3) AS cum_amount
              FROM range({loans}) a(l), range({INSTALMENTS}) b(k))
        TO '{folder}/instalments.parquet'""")
    connection.execute(f"""
        COPY (SELECT 'L' || lpad(l::VARCHAR, 8, '0') AS loan_id,
                     (DATE '2022-01-15' + to_months(k::INT))::DATE - (hash(l * 31 + k) % 5)::INT AS paid_date,
                     (100 + hash(l) % 900)::DECIMAL(18,3) AS amount
              FROM range({INSTALMENTS}) b(k), range({loans}) a(l)
              WHERE NOT (hash(l * 7 + 1) % 100 < 7 AND k >= {INSTALMENTS} - 1 - hash(l * 3) % 20))
        TO '{folder}/payments.parquet'""")
    connection.close()


def sums(folder: Path, memory_mib: int) -> dict[str, Any]:
    """The yardstick: what was scheduled and what was paid, by loan, nothing else."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory_mib}MiB'")
    connection.execute(f"SET temp_directory = '{folder}/spill'")
    start = time.perf_counter()
    for name in ("instalments", "payments"):
        connection.execute(
            f"CREATE TABLE {name} AS SELECT loan_id, sum(amount) FROM '{folder}/{name}.parquet' GROUP BY loan_id"
        )
    return {"seconds": time.perf_counter() - start}


def age(folder: Path, memory_mib: int, *, with_total: bool) -> dict[str, Any]:
    """Ageing as the day runs it, from the files to a file."""
    start = time.perf_counter()
    with open_engine("duckdb", limits=Limits(memory_mib=memory_mib)) as engine:
        instalments = engine.scan(folder / "instalments.parquet")
        if not with_total:
            instalments = instalments.drop("cum_amount")
        prepared = time.perf_counter()
        frame = age_frame(
            instalments=instalments,
            payments=engine.scan(folder / "payments.parquet"),
            terms=AgeTerms(as_of=AS_OF),
            keep=engine.keep,
        )
        walked = time.perf_counter()
        engine.sink(frame, folder / "aged.parquet")
        ended = time.perf_counter()
    count, overdue, arrears = duckdb.execute(
        f"SELECT count(*), count(*) FILTER (overdue_days > 0), sum(arrears)::VARCHAR FROM '{folder}/aged.parquet'"
    ).fetchall()[0]
    return {
        "seconds": ended - start,
        "seconds_sums_and_walk": walked - prepared,
        "seconds_join_and_write": ended - walked,
        "loans": count,
        "overdue_loans": overdue,
        "arrears": arrears,
    }


def main(argv: list[str]) -> dict[str, Any]:
    """Measure, or run one part when asked by the parent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--memory-mib", type=int, default=1536)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("make", "sums", "age", "age-window"))
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args(argv)
    if given.part:
        parts = {
            "make": lambda: make(given.folder, given.loans) or {},
            "sums": lambda: sums(given.folder, given.memory_mib),
            "age": lambda: age(given.folder, given.memory_mib, with_total=True),
            "age-window": lambda: age(given.folder, given.memory_mib, with_total=False),
        }
        report_part(parts[given.part])
        return {}
    result: dict[str, Any] = {"loans": given.loans, **machine()}
    with scratch() as folder:
        options = ("--folder", str(folder), "--loans", str(given.loans), "--memory-mib", str(given.memory_mib))
        in_child(__file__, "make", *options)
        runs = {part: [in_child(__file__, part, *options) for _ in range(given.runs)] for part in ("sums", "age")}
        window = in_child(__file__, "age-window", *options)
    best = {part: min(found, key=lambda one: one["seconds"]) for part, found in runs.items()}
    ratio = best["age"]["seconds"] / best["sums"]["seconds"]
    result |= {
        "sums_seconds": round(best["sums"]["seconds"], 2),
        "age_seconds": round(best["age"]["seconds"], 2),
        "age_sums_and_walk_seconds": round(best["age"]["seconds_sums_and_walk"], 2),
        "age_join_and_write_seconds": round(best["age"]["seconds_join_and_write"], 2),
        "age_without_running_total_seconds": round(window["seconds"], 2),
        "overdue_loans": best["age"]["overdue_loans"],
        "peak_mib": max(one["peak_mib"] for one in runs["age"]),
        "ratio": round(ratio, 2),
        "limit_ratio": LIMIT_RATIO,
        "met": ratio <= LIMIT_RATIO,
    }
    tell(result, as_json=given.json)
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
