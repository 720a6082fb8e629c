"""61 month-ends of 45,985 real card accounts through intake, ageing, classes and the day; entry, roll, cure and vintage
must equal an independent query over the file. Amounts are unknown on this tape and must stay unknown.

Data: the folder named in QINGSHOU_DATA (see data/README.md of the data set); without it the result is 'data not given'.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

LATEST = date(2020, 12, 31)  # MONTHS_BALANCE 0; the tape names no year, so one is chosen and said
MONTHS = 61

# status -> bucket, as the shipped mapping's band midpoints give it: 15, 45, 75, 105, 135, 165 days
BUCKET = "CASE status WHEN '0' THEN 1 WHEN '1' THEN 2 WHEN '2' THEN 3 WHEN '3' THEN 4 WHEN '4' THEN 5 WHEN '5' THEN 6 ELSE 0 END"


def month_ends(count: int) -> Iterator[tuple[int, date]]:
    from qingshou.kernel.days import add_months, month_end

    for back in range(count - 1, -1, -1):
        yield -back, month_end(add_months(LATEST.replace(day=1), -back))


def independent(panel: Path, months: int) -> dict[str, dict[str, int]]:
    """Count entries, rolls and cures month by month straight from the file, by SQL that shares nothing with the product."""
    connection = duckdb.connect()
    rows = connection.execute(
        f"""
        WITH p AS (SELECT id, months_balance AS m, {BUCKET} AS b, status FROM read_parquet('{panel}')
                   WHERE status <> 'X' AND months_balance > -{months})
        SELECT a.m,
               count(*) FILTER (WHERE z.b = 0 AND a.b > 0) AS entered,
               count(*) FILTER (WHERE z.b > 0 AND a.b > z.b) AS rolled,
               count(*) FILTER (WHERE z.b > 0 AND a.b = 0) AS cured,
               count(*) FILTER (WHERE a.b > 0 AND a.b < z.b) AS rolled_back
        FROM p a JOIN p z ON z.id = a.id AND z.m = a.m - 1 GROUP BY a.m ORDER BY a.m
        """
    ).fetchall()
    names = ("entered", "rolled", "cured", "rolled_back")
    return {str(row[0]): dict(zip(names, row[1:], strict=True)) for row in rows}


def through_the_product(panel: Path, months: int, home: Path) -> tuple[dict[str, dict[str, int]], list[float], int]:
    """Take every month-end through the real path and return the movements counted, seconds a month, and unknown amounts kept."""
    os.environ.setdefault("QINGSHOU_MODE", "test")
    os.environ["QINGSHOU_HOME"] = str(home)
    from qingshou.config import start

    start.migrate()
    start.setup()
    from qingshou.config.settings import QINGSHOU_HOME
    from qingshou.interfaces.bench_support import count_movements, known_amounts_count, make_lender, take_month

    tenant = make_lender(jurisdiction="china", currency="CNY")
    seconds, counted = [], {}
    for offset, as_of in month_ends(months):
        began = time.perf_counter()
        take_month(tenant, panel, mapping="credit_record", as_of=as_of, home=QINGSHOU_HOME, now=datetime.now(UTC))
        seconds.append(time.perf_counter() - began)
        counted[str(offset)] = count_movements(tenant, as_of)
        print(f"{as_of} {seconds[-1]:.1f} s", file=sys.stderr)
    return counted, seconds, known_amounts_count(tenant)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    folder = os.environ.get("QINGSHOU_DATA")
    if not folder:
        print(json.dumps({"result": "data not given", "needs": "QINGSHOU_DATA"}))
        return 0
    panel = Path(folder) / "credit_record" / "credit_record.parquet"
    home = Path(tempfile.mkdtemp(prefix="qingshou-bench-"))
    try:
        expected = independent(panel, given.months)
        counted, seconds, known_amounts = through_the_product(panel, given.months, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    wrong = {month: (expected[month], counted[month]) for month in expected if expected[month] != counted[month]}
    print(
        json.dumps(
            {
                "months": given.months,
                "months_that_differ": len(wrong),
                "first_difference": dict(list(wrong.items())[:1]),
                "amounts_taken_as_known": known_amounts,
                "seconds_in_all": round(sum(seconds), 1),
                "seconds_a_month_max": round(max(seconds), 1),
                "met": not wrong and known_amounts == 0,
            }
        )
    )
    return 0 if not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
