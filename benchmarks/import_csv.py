"""Import of a million CSV rows with 1 % bad in 30 ways: time, memory of all processes, and each bad row reported.

    .venv/bin/python benchmarks/import_csv.py [--rows 1000000] [--seed 7]

Prints one JSON object. What is expected (line and reason of every planted row, total of the good ones) is computed by
the generator, which shares no code with the intake.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import psutil
import pyarrow.parquet as pq

AS_OF = "2026-10-31"
LIMIT_SECONDS, LIMIT_MIB = 60, 1024
HEADERS = [
    "loan_id",
    "borrower_id",
    "borrower_kind",
    "product",
    "branch",
    "region",
    "currency",
    "contract_rate",
    "originated_date",
    "maturity_date",
    "credit_limit",
    "balance",
    "arrears",
    "arrears_principal",
    "arrears_interest",
    "arrears_penalty",
    "arrears_fees",
    "overdue_days",
    "credit_standing",
    "is_secured",
    "paid_in_period",
]
AT = {name: index for index, name in enumerate(HEADERS)}


def _cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def good_row(number: int, rng: random.Random) -> list[str]:
    """Return one sound row."""
    start = date(2020, 1, 1) + timedelta(days=rng.randrange(2000))
    late = rng.random() < 0.07
    parts = (
        [rng.randrange(500_000), rng.randrange(90_000), rng.randrange(9_000), rng.randrange(900)] if late else [0] * 4
    )
    return [
        f"LN{number:09d}",
        f"C{number * 7 % 600_011:07d}",
        "RETAIL",
        rng.choice(("CARD", "CONSUMER", "MORTGAGE")),
        f"分行{rng.randrange(300):03d}",
        rng.choice(("华东", "华南", "北方", "西部")),
        "CNY",
        f"0.{rng.randrange(300, 2400):04d}",
        start.isoformat(),
        (start + timedelta(days=1100)).isoformat(),
        _cents(rng.randrange(10**8)),
        _cents(rng.randrange(10**8)),
        _cents(sum(parts)),
        *map(_cents, parts),
        str(rng.randrange(1, 200) if late else 0),
        rng.choice("ABCDE"),
        rng.choice(("true", "false")),
        _cents(rng.randrange(10**6)),
    ]


def _set(**values: str):
    def change(row: list[str]) -> list[str]:
        for name, value in values.items():
            row[AT[name]] = value
        return row

    return change


# way -> (reason expected, what is done to the fields); ways without a function work on the raw line.
WAYS = {
    "few_fields": ("TOO_FEW_FIELDS", lambda row: row[:-3]),
    "many_fields": ("TOO_MANY_FIELDS", lambda row: [*row, "more", "and more"]),
    "open_quote": ("BAD_QUOTES", _set(product='"CARD')),
    "long_field": ("FIELD_TOO_LONG", _set(branch="x" * 40_000)),
    "bad_bytes": ("BAD_ENCODING", _set(branch="\udcff\udcfe")),
    "nul": ("NUL_CHARACTER", _set(borrower_id="C1\x002")),
    "control": ("CONTROL_CHARACTER", _set(region="a\x07b")),
    "bidi": ("HIDDEN_CHARACTER", _set(borrower_id="C\u202e21")),
    "zero_width": ("HIDDEN_CHARACTER", _set(branch="x\u200by")),
    "missing": ("REQUIRED_MISSING", _set(borrower_id="  ")),
    "letters": ("NOT_A_NUMBER", _set(balance="12O0.00")),
    "underscore": ("NOT_A_NUMBER", _set(balance="1_000.00")),
    "nan": ("NOT_FINITE", _set(balance="NaN")),
    "overflow": ("EXPONENT", _set(balance="1e309")),
    "arabic_digits": ("FOREIGN_DIGITS", _set(balance="\u0661\u0662\u0663")),
    "huge": ("TOO_MANY_DIGITS", _set(balance="1234567890123456.00")),
    "decimals": ("TOO_MANY_DECIMALS", _set(balance="10.0001")),
    "half_day": ("NOT_A_WHOLE_NUMBER", _set(overdue_days="3.5")),
    "negative": ("NEGATIVE", _set(credit_limit="-1.00")),
    "rate": ("OUT_OF_RANGE", _set(contract_rate="36.5")),
    "no_date": ("NOT_A_DATE", _set(originated_date="31/12/2024")),
    "no_such_day": ("IMPOSSIBLE_DATE", _set(originated_date="2025-02-30")),
    "future": ("FUTURE_DATE", _set(originated_date="2026-11-01", maturity_date="2030-01-01")),
    "order": ("DATE_ORDER", _set(maturity_date="2019-01-01")),
    "standing": ("NOT_ALLOWED", _set(credit_standing="Q")),
    "currency": ("UNKNOWN_CURRENCY", _set(currency="RMB")),
    "maybe": ("NOT_A_YES_NO", _set(is_secured="maybe")),
    "parts": ("PARTS_DO_NOT_ADD_UP", _set(arrears="1.00", arrears_principal="2.00")),
    "conflict": ("CONFLICTING_DUPLICATE", None),
    "repeat": ("DUPLICATE_ROW", None),
}


def generate(path: Path, rows: int, seed: int) -> dict:
    """Write the tape; return what is expected of its import."""
    rng = random.Random(seed)
    names = list(WAYS)
    bad = dict(
        zip(rng.sample(range(10, rows), rows // 100), (names[i % len(names)] for i in range(rows)), strict=False)
    )
    expected: dict[int, str] = {}
    total, line = 0, 1
    previous: tuple[int, list[str]] | None = None
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out:
        out.write(",".join(HEADERS) + "\r\n")
        for number in range(rows):
            line += 1
            row = good_row(number, rng)
            way = bad.get(number)
            cents = int(row[AT["balance"]].replace(".", ""))
            if way in ("conflict", "repeat") and previous is not None:
                before_line, row = previous[0], list(previous[1])
                if way == "conflict":
                    row[AT["balance"]] = "0.01"
                    expected[before_line] = "CONFLICTING_DUPLICATE"
                    total -= int(previous[1][AT["balance"]].replace(".", ""))
                expected[line], previous = WAYS[way][0], None
            elif way is not None and way not in ("conflict", "repeat"):
                expected[line] = WAYS[way][0]
                row = WAYS[way][1](row)
                previous = None
            else:
                total += cents
                previous = (line, row)
            out.write(",".join(row) + "\r\n")
    return {"rows": rows, "bad": expected, "good_balance": Decimal(total) / 100}


class Watch(threading.Thread):
    """Samples the resident memory of a process and all it started."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self.peak = 0
        self.done = False

    def run(self) -> None:
        while not self.done:
            total = 0
            try:
                for process in [self._root, *self._root.children(recursive=True)]:
                    total += process.memory_info().rss
            except psutil.NoSuchProcess:
                pass
            self.peak = max(self.peak, total)
            time.sleep(0.02)


def measure(tape: Path, home: Path) -> tuple[float, float, float, dict]:
    """Import the tape in a process of its own; return seconds, processor seconds, peak MiB and the result."""
    command = [sys.executable, "-m", "qingshou.interfaces.commands.book_import", "import", str(tape)]
    command += ["--mapping", "canonical", "--as-of", AS_OF, "--home", str(home), "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    watch.start()
    output, _none = process.communicate()
    seconds = time.perf_counter() - start
    watch.done = True
    if process.returncode not in (0, 2):
        raise SystemExit(f"the import failed with exit code {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, busy, watch.peak / 2**20, json.loads(output)


def compare(result: dict, home: Path, expected: dict) -> dict:
    """Check every planted row and the totals; return what differs, which should be nothing."""
    places = pq.read_table(home / result["refused"])
    found: dict[int, set[str]] = {}
    for at, reason in zip(places.column("line").to_pylist(), places.column("reason").to_pylist(), strict=True):
        found.setdefault(at, set()).add(reason)
    missed = {line: reason for line, reason in expected["bad"].items() if reason not in found.get(line, ())}
    extra = sorted(set(found) - set(expected["bad"]))
    balance = result["amounts"]["balance"]
    parts = [pq.read_table(home / name, columns=["balance"]) for name in result["parts"]["loans"]]
    in_lake = sum((value for part in parts for value in part.column("balance").to_pylist()), Decimal(0))
    sums = [Decimal(balance[key]) for key in ("accepted", "rejected", "duplicate")]
    return {
        "missed": len(missed),
        "missed_first": dict(list(missed.items())[:5]),
        "extra": len(extra),
        "extra_first": extra[:5],
        "good_balance_exact": in_lake == expected["good_balance"] == Decimal(balance["accepted"]),
        "balanced": sum(sums) == Decimal(balance["read"])
        and result["rows_read"] == result["rows_accepted"] + result["rows_rejected"] + result["rows_duplicate"],
    }


def main() -> int:
    """Generate, import, import again, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qingshou-bench-") as folder:
        tape, home = Path(folder) / "tape.csv", Path(folder) / "home"
        expected = generate(tape, options.rows, options.seed)
        seconds, busy, peak, result = measure(tape, home)
        faults = compare(result, home, expected)
        again_seconds, _busy, _peak, again = measure(tape, home)
        report = {
            "benchmark": "import_csv",
            "rows": options.rows,
            "seed": options.seed,
            "megabytes": round(tape.stat().st_size / 1e6, 1),
            "ways": len(WAYS),
            "bad_rows": len(expected["bad"]),
            "seconds": round(seconds, 2),
            "processor_seconds": round(busy, 2),
            "load_average": os.getloadavg()[0],
            "limit_seconds": LIMIT_SECONDS,
            "peak_mib": round(peak),
            "limit_mib": LIMIT_MIB,
            **faults,
            "again_seconds": round(again_seconds, 2),
            "again_changes": 0 if again["duplicate_of"] == result["import_id"] else 1,
        }
    sound = report["missed"] == report["extra"] == report["again_changes"] == 0
    sound = sound and report["balanced"] and report["good_balance_exact"]
    report["met"] = sound and (options.rows > 1_000_000 or (seconds <= LIMIT_SECONDS and peak <= LIMIT_MIB))
    print(json.dumps(report))
    return 0 if report["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
