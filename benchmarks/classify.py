"""Classing a snapshot of 10 million loans, contagion included, to Parquet, against DuckDB copying the same columns.

Limits: 1.5 times the copy, in the same run; peak memory 2 GiB. The columns copied are those classing reads and those it
writes, from one Parquet file to another: what any program must read and write to do this job.
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
from qingshou.features.delinquency.columns import CLASSIFIED_COLUMNS, classify_frame
from qingshou.features.delinquency.severity import load_severity_table
from qingshou.features.delinquency.terms import class_terms

LIMIT_RATIO = 1.5
LIMIT_PEAK_MIB = 2048
AS_OF = date(2024, 6, 30)


def make(folder: Path, loans: int) -> None:
    """Write a snapshot: 1.4 loans a borrower, 12 in 100 borrowers not retail, 7 in 100 loans overdue."""
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '2GiB'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"""
        COPY (SELECT 'L' || lpad(l::VARCHAR, 8, '0') AS loan_id,
                     'B' || lpad((hash(l) % ({loans} * 5 // 7))::VARCHAR, 8, '0') AS borrower_id,
                     CASE WHEN hash(l) % ({loans} * 5 // 7) % 100 < 8 THEN 'SMALL_BUSINESS'
                          WHEN hash(l) % ({loans} * 5 // 7) % 100 < 12 THEN 'CORPORATE' ELSE 'RETAIL' END
                         AS borrower_kind,
                     CASE WHEN hash(l * 3) % 10 < 4 THEN 'CARD' WHEN hash(l * 3) % 10 < 8 THEN 'CONSUMER'
                          ELSE 'BUSINESS' END AS product,
                     'CNY' AS currency,
                     (hash(l * 5) % 20000000 / 100)::DECIMAL(18,3) AS balance,
                     CASE WHEN hash(l * 7) % 100 < 7 THEN (hash(l * 11) % 500000 / 100) ELSE 0 END::DECIMAL(18,3)
                         AS arrears,
                     CASE WHEN hash(l * 7) % 100 < 7 THEN 1 + hash(l * 13) % 400 ELSE 0 END::INTEGER AS overdue_days,
                     chr(65 + (hash(l * 17) % 5)::INT) AS credit_standing,
                     hash(l * 19) % 3 = 0 AS is_secured,
                     CASE WHEN hash(l * 23) % 200 = 0 THEN DATE '2023-12-01' END AS restructured_date,
                     hash(l * 29) % 500 = 0 AS is_impaired,
                     false AS is_written_off, false AS is_closed
              FROM range({loans}) t(l)) TO '{folder}/loans.parquet'""")
    connection.close()


def classify(folder: Path, memory_mib: int) -> dict[str, Any]:
    """Classing as the day runs it, from the file to a file."""
    terms, table = class_terms(jurisdiction="china", as_of=AS_OF), load_severity_table()
    start = time.perf_counter()
    with open_engine("duckdb", limits=Limits(memory_mib=memory_mib)) as engine:
        loans = engine.scan(folder / "loans.parquet")
        frame = classify_frame(loans=loans, terms=terms, table=table, keep=engine.keep)
        spread = time.perf_counter()
        engine.sink(frame, folder / "classified.parquet")
        ended = time.perf_counter()
    found = duckdb.execute(
        "SELECT count(*), count(*) FILTER (is_contaminated), count(*) FILTER (is_non_performing), "
        "sum(provision)::VARCHAR "
        f"FROM '{folder}/classified.parquet'"
    ).fetchall()[0]
    names = ("loans", "contaminated_loans", "non_performing_loans", "provision")
    return {
        "seconds": ended - start,
        "seconds_contagion": spread - start,
        "seconds_class_and_write": ended - spread,
        **dict(zip(names, found, strict=True)),
    }


def copy(folder: Path, memory_mib: int) -> dict[str, Any]:
    """The yardstick: the same columns, from Parquet to Parquet, by DuckDB alone."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory_mib}MiB'")
    connection.execute("SET preserve_insertion_order = false")
    start = time.perf_counter()
    connection.execute(f"COPY (SELECT * FROM '{folder}/classified.parquet') TO '{folder}/copy.parquet'")
    return {"seconds": time.perf_counter() - start}


def copy_read(folder: Path, memory_mib: int) -> dict[str, Any]:
    """A stricter yardstick beside it: only the columns that are read."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory_mib}MiB'")
    connection.execute("SET preserve_insertion_order = false")
    start = time.perf_counter()
    connection.execute(f"COPY (SELECT * FROM '{folder}/loans.parquet') TO '{folder}/copy.parquet'")
    return {"seconds": time.perf_counter() - start}


def main(argv: list[str]) -> dict[str, Any]:
    """Measure, or run one part when asked by the parent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loans", type=int, default=10_000_000)
    parser.add_argument("--memory-mib", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("make", "classify", "copy", "copy-read"))
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args(argv)
    if given.part:
        parts = {
            "make": lambda: make(given.folder, given.loans) or {},
            "classify": lambda: classify(given.folder, given.memory_mib),
            "copy": lambda: copy(given.folder, given.memory_mib),
            "copy-read": lambda: copy_read(given.folder, given.memory_mib),
        }
        report_part(parts[given.part])
        return {}
    result: dict[str, Any] = {"loans": given.loans, "columns_added": len(CLASSIFIED_COLUMNS), **machine()}
    with scratch() as folder:
        options = ("--folder", str(folder), "--loans", str(given.loans), "--memory-mib", str(given.memory_mib))
        in_child(__file__, "make", *options)
        runs: dict[str, list[dict[str, Any]]] = {"classify": [], "copy": [], "copy-read": []}
        for _ in range(given.runs):
            for part, found in runs.items():
                found.append(in_child(__file__, part, *options))
    best = {part: min(found, key=lambda one: one["seconds"]) for part, found in runs.items()}
    ratio = best["classify"]["seconds"] / best["copy"]["seconds"]
    peak = max(one["peak_mib"] for one in runs["classify"])
    result |= {
        "classify_seconds": round(best["classify"]["seconds"], 2),
        "contagion_seconds": round(best["classify"]["seconds_contagion"], 2),
        "class_and_write_seconds": round(best["classify"]["seconds_class_and_write"], 2),
        "copy_seconds": round(best["copy"]["seconds"], 2),
        "copy_of_columns_read_seconds": round(best["copy-read"]["seconds"], 2),
        "contaminated_loans": best["classify"]["contaminated_loans"],
        "loans_per_second": round(given.loans / best["classify"]["seconds"]),
        "peak_mib": peak,
        "limit_peak_mib": LIMIT_PEAK_MIB,
        "ratio": round(ratio, 2),
        "limit_ratio": LIMIT_RATIO,
        "ratio_to_copy_of_columns_read": round(best["classify"]["seconds"] / best["copy-read"]["seconds"], 2),
        "met": ratio <= LIMIT_RATIO and peak <= LIMIT_PEAK_MIB,
    }
    tell(result, as_json=given.json)
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
