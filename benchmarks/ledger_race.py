"""Payments and reversals racing on one loan in processes, with and without the lock; counted by plain SQL.

Usage: python benchmarks/ledger_race.py [--workers 8] [--tries 2000] [--json]
Fills a database of its own under the temporary directory. The control runs a tenth of the tries without the lock.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", tempfile.mkdtemp(prefix="qingshou-bench-"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # what the tests' race does is done here too

from measuring import machine, report_part, tell

BALANCE = Decimal(1_000_000)


def main() -> None:
    """Race, control; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--tries", type=int, default=2_000)
    parser.add_argument("--part", choices=["race"])
    parser.add_argument("--tenant")
    parser.add_argument("--borrower")
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--unlocked", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    from qingshou.config import start

    if given.part == "race":
        start.setup()
        report_part(
            lambda: part(UUID(given.tenant), UUID(given.borrower), given.number, given.tries, unlocked=given.unlocked)
        )
        return
    start.migrate()
    start.setup()
    here = machine()  # the load it names is the one before the run
    raced = race(given.workers, given.tries, unlocked=False)
    control = race(given.workers, max(50, given.tries // 10), unlocked=True)
    result = {
        **here,
        "race": raced,
        "control_without_lock": control,
        "met": raced["violations"] == 0 and raced["cents_astray"] == "0.00" and control["violations"] > 0,
    }
    tell(result, as_json=given.json)


def race(workers: int, tries: int, *, unlocked: bool) -> dict[str, Any]:
    """Let processes pay and take back on one loan."""
    from tests.integration.repayment.ledger_rows import NOW, broken, make_loan, pay

    from qingshou.features.repayment.queries.owed import owed_of_loan
    from qingshou.tenancy.context import using
    from qingshou.tenancy.operations import create_tenant

    tenant = create_tenant(code=f"race-{uuid4().hex[:8]}", name="Bench", now=NOW)
    with using(tenant.id):
        loan = make_loan(balance=BALANCE)
        first = pay(loan, "1").applied  # its ledger is open
        borrower = str(loan.borrower_id)
    command = [sys.executable, __file__, "--part", "race", "--tenant", str(tenant.id), "--tries", str(tries),
               "--borrower", borrower, *(["--unlocked"] if unlocked else [])]  # fmt: skip
    began = time.monotonic()
    running = [
        subprocess.Popen([*command, "--number", str(number)], stdout=subprocess.PIPE, text=True)
        for number in range(workers)
    ]
    told = [json.loads(process.communicate()[0].strip().splitlines()[-1]) for process in running]
    taken_s = time.monotonic() - began
    with using(tenant.id):
        found = broken(tenant.id)
        owed = owed_of_loan(loan_id=loan.id).total
    standing = sum((Decimal(one["standing"]) for one in told), Decimal(0))
    return {
        "operations": workers * tries,
        "violations": sum(found.values()),
        "broken": found,
        "cents_astray": f"{BALANCE + 100 - first - standing - owed:.2f}",
        "stopped": sum(one["stopped"] for one in told),
        "taken_s": round(taken_s, 1),
        "per_s": round(workers * tries / taken_s),
    }


def part(tenant_id: UUID, borrower_id: UUID, number: int, tries: int, *, unlocked: bool) -> dict[str, Any]:
    """One racer."""
    from django.db import DatabaseError
    from tests.faults.repayment import racing

    from qingshou.features.repayment.operations import locked_books
    from qingshou.kernel.errors import QingshouError
    from qingshou.tenancy.context import using

    stop_on: tuple[type[Exception], ...] = ()
    if unlocked:
        locked_books.lock_ledgers = racing.without_lock
        stop_on = (DatabaseError, QingshouError, ValueError, KeyError)
    with using(tenant_id):
        return racing.work(borrower_id=borrower_id, number=number, tries=tries, stop_on=stop_on)


if __name__ == "__main__":
    main()
