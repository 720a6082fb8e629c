"""61 month-ends of 45,985 real card accounts through intake, classes and the day, each checked against plain SQL.

    QINGSHOU_DATA=<folder of the data sets> .venv/bin/python benchmarks/credit_record.py [--months 61] [--json]

Every month-end is a tape of its own, as a lender would send it; nothing else of the file reaches the product. Compared
on every month-end: accounts and overdue ones, movements by kind, both roll matrices (one and three months) cell by
cell, entry, roll and cure rates, and every point of the vintage curves. The tape holds no amounts: that none is known
anywhere, in loans, cases, figures or totals, is counted too. Without the data the result is 'data not given'.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

import credit_record_by_hand as by_hand
import measuring

LATEST = date(2020, 2, 29)  # the tape's month 0, as the shipped mapping says it (base_month)
MONTHS = 61
WORKERS = {"COLLECTOR": 40_000, "TEAM_LEAD": 40_000, "LEGAL_OFFICER": 40_000, "ADMINISTRATOR": 0}


def write_tape(panel: Path, month: int, path: Path) -> None:
    """Write one month-end of the panel as a file of its own."""
    duckdb.execute(
        f"COPY (SELECT * FROM read_parquet('{panel}') WHERE months_balance = {month} ORDER BY id) "
        f"TO '{path}' (FORMAT parquet)"
    )


def make_lender() -> UUID:
    """Open a lender with people enough to own every case."""
    from qingshou.access.operations import create_user
    from qingshou.access.tenants import open_tenant
    from qingshou.audit.actors import SYSTEM
    from qingshou.tenancy.context import using

    now = datetime(2015, 1, 5, tzinfo=UTC)
    tenant = open_tenant(code="credit-record", name="Credit record", actor=SYSTEM, now=now)
    with using(tenant.id):
        for role, capacity in WORKERS.items():
            create_user(username=f"bench.{role.lower().replace('_', '-')}", display_name=role, role=role, actor=SYSTEM,
                        now=now, capacity_cases=capacity)  # fmt: skip
    return tenant.id


def take_month(tenant_id: UUID, tape: Path, as_of: date, home: Path) -> tuple[dict[str, float], Any]:
    """Take one month-end in and run its day; give the seconds of each part and the day's report."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.operations import record_import
    from qingshou.interfaces.daily import run_day
    from qingshou.tenancy.context import using

    now = datetime(as_of.year, as_of.month, as_of.day, 16, tzinfo=UTC)
    begun = time.perf_counter()
    with using(tenant_id):
        record_import(tenant_id=tenant_id, source_path=tape, mapping="credit_record", as_of=as_of, home=home,
                      actor=SYSTEM, now=now)  # fmt: skip
    taken_in = time.perf_counter()
    report = run_day(tenant_id=tenant_id, as_of=as_of, now=now, actor=SYSTEM, home=home)
    seconds = {"import": taken_in - begun, "day": time.perf_counter() - taken_in}
    return seconds | {f"day.{name}": taken / 1000 for name, taken in report.taken_ms.items()}, report


def differences(tenant_id: UUID, month: int, report: Any, expected: by_hand.ByHand) -> list[str]:
    """Return what of a month-end is not as counted by hand, in words; empty when all is."""
    from qingshou.features.delinquency.queries import get_portfolio
    from qingshou.tenancy.context import using

    as_of = by_hand.month_end(LATEST, month)
    wrong = []
    classes = report.steps["classes"]
    if (classes.rows_in, classes.facts["overdue"]) != expected.book[month]:
        wrong.append("book")
    if _without_zeros(report.steps["difference"].facts["kinds"]) != expected.kinds[month]:
        wrong.append("movements")
    with using(tenant_id):
        for gap in (1, 3):
            if (month, gap) not in expected.matrix:
                continue
            portfolio = get_portfolio(as_of=as_of, base_date=by_hand.month_end(LATEST, month - gap))
            cells = expected.matrix[month, gap]
            if {pair: int(count) for pair, count in portfolio.roll_matrix().items()} != cells:
                wrong.append(f"roll matrix over {gap}")
            wrong += [f"{name} over {gap}" for name in _wrong_rates(portfolio, cells)]
        if _vintage_points(as_of) != {
            (by_hand.month_end(LATEST, born).strftime("%Y-%m"), days): point
            for (born, days), point in expected.vintage.get(month, {}).items()
        }:
            wrong.append("vintage")
    return [f"{as_of} {what}" for what in wrong]


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: count for kind, count in counts.items() if count}


def _wrong_rates(portfolio: Any, cells: Mapping[tuple[str, str], int]) -> list[str]:
    """Compare the rates shown with the same made from the matrix counted by hand."""
    rows: Counter[str] = Counter()
    for (old, _new), count in cells.items():
        rows[old] += count
    wanted = {}
    for old, whole in rows.items():
        if old == "M0":
            entered = sum(count for (a, b), count in cells.items() if a == "M0" and b not in ("M0", "GONE"))
            wanted["entry_rate", "ALL"] = (entered, whole)
            continue
        rolled_to = f"M{int(old[1:]) + 1}"
        wanted["cure_rate", old] = (cells.get((old, "M0"), 0), whole)
        wanted["roll_rate", f"{old}>{rolled_to}"] = (cells.get((old, rolled_to), 0), whole)
    wrong = []
    for (name, key), (part, whole) in wanted.items():
        share = portfolio.share(name, key)
        if (share.part, share.whole) != (part, whole):
            wrong.append(f"{name} {key}")
    return wrong


def _vintage_points(as_of: date) -> dict[tuple[str, int], tuple[int, int]]:
    from qingshou.features.delinquency.queries import list_vintages

    return {
        (point.cohort, days): (int(point.share.part or 0), int(point.share.whole or 0))
        for days, points in list_vintages(as_of=as_of, currency="CNY").items()
        for point in points
        if point.as_of == as_of
    }


def amounts_taken_as_known(tenant_id: UUID) -> dict[str, int]:
    """Count every amount that is known although the tape holds none: all must be 0."""
    from django.db import connection

    from qingshou.tenancy.context import using

    questions = {
        "loans": "SELECT count(*) FROM book_loan WHERE coalesce(balance, arrears, provision, credit_limit) IS NOT NULL",
        "cases": "SELECT count(*) FROM cases_case WHERE coalesce(balance, arrears) IS NOT NULL",
        "figures": "SELECT count(*) FROM delinquency_figure WHERE amount IS NOT NULL "
        "OR (key LIKE '%|BALANCE' AND coalesce(numerator, denominator) IS NOT NULL)",
        "movements": "SELECT count(*) FROM delinquency_movement "
        "WHERE coalesce(balance_before, balance_after) IS NOT NULL",
        "imports": "SELECT count(*) FROM book_import WHERE totals <> '{}'",
    }  # fmt: skip
    found = {}
    with using(tenant_id), connection.cursor() as cursor:
        for name, question in questions.items():
            cursor.execute(question)
            found[name] = cursor.fetchone()[0]
    return found


def live_cases(tenant_id: UUID) -> dict[str, int]:
    """Count cases open and ever opened, and the debtors they are of."""
    from django.db import connection

    from qingshou.tenancy.context import using

    with using(tenant_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE closed_on IS NULL), count(DISTINCT borrower_id) FROM cases_case"
        )
        opened, live, debtors = cursor.fetchone()
    return {"cases_opened": opened, "cases_live": live, "debtors": debtors}


def forecast(panel: Path) -> dict[str, Any]:
    """Compare the chain of one-month matrices with the direct matrix, and see that the product warns of it."""
    command = ["book", "matrix", "--panel", str(panel), "--id", "ID", "--period", "MONTHS_BALANCE", "--state", "STATUS"]
    done = subprocess.run([sys.executable, "-m", "qingshou.interfaces.cli", *command, "--horizon", "3", "--json"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    answer = json.loads(done.stdout)
    found = by_hand.still_current_after_three(panel)
    return found | {"warning_given": answer["power"]["warning"] in done.stderr}


def run(panel: Path, months: int, home: Path) -> dict[str, Any]:
    """Take every month-end through the product and compare it; give the figures."""
    os.environ["QINGSHOU_MODE"], os.environ["QINGSHOU_HOME"] = "test", str(home)
    from qingshou.config import start

    start.migrate()
    start.setup()
    expected = by_hand.count(panel, 1 - months, 0)
    tenant_id = make_lender()
    spent: Counter[str] = Counter()
    slowest, wrong, counted = 0.0, [], 0
    for month in range(1 - months, 1):
        as_of = by_hand.month_end(LATEST, month)
        tape = home / f"credit_record_{as_of}.parquet"
        write_tape(panel, month, tape)
        seconds, report = take_month(tenant_id, tape, as_of, home)
        tape.unlink()
        spent.update(seconds)
        slowest = max(slowest, seconds["import"] + seconds["day"])
        wrong += differences(tenant_id, month, report, expected)
        counted += len(expected.vintage.get(month, {})) + sum(
            len(expected.matrix.get((month, gap), {})) for gap in (1, 3)
        )
        print(f"{as_of} {seconds['import']:.1f} + {seconds['day']:.1f} s", file=sys.stderr, flush=True)
    known = amounts_taken_as_known(tenant_id)
    figures = {
        "months": months,
        "accounts": duckdb.execute(f"SELECT count(DISTINCT id) FROM read_parquet('{panel}')").fetchall()[0][0],
        "rows": sum(accounts for accounts, _late in expected.book.values()),
        "cells_and_points_compared": counted,
        "differences": len(wrong),
        "first_differences": wrong[:5],
        "amounts_taken_as_known": known,
        **live_cases(tenant_id),
        "seconds_in_all": round(spent["import"] + spent["day"], 1),
        "seconds_a_month_max": round(slowest, 1),
        "seconds_by_part": {name: round(spent[name], 1) for name in sorted(spent)},
        "after_three_months": forecast(panel),
    }
    figures["met"] = not wrong and not any(known.values()) and figures["after_three_months"]["warning_given"]
    return figures


def main() -> int:
    """Run, print, and end with 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = os.environ.get("QINGSHOU_DATA")
    if not folder:
        measuring.tell({"result": "data not given", "needs": "QINGSHOU_DATA"}, as_json=given.json)
        return 0
    machine = measuring.machine()
    figures = run(
        Path(folder) / "credit_record" / "credit_record.parquet", given.months, measuring.scratch_until_exit()
    )
    measuring.tell({"benchmark": "credit_record", **figures, **machine}, as_json=given.json)
    return 0 if figures["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
