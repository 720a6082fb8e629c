"""A tape nobody prepared for: 899,164 small-business loans, dirty, guessed, corrected, taken in and classed.

    .venv/bin/python benchmarks/business_loans.py [--rows 899164] [--seed 11] [--json]

The mapping is the wizard's own guess, changed only where a person would: what the guess marks as an assumption. Every
row must be accounted for and every total must balance to the cent against what the generator counted while writing. The
tape does not say how late a loan is: that stays unknown, and unknown is neither overdue nor on time.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import business_loans_tape as tape_of
import measuring
from import_csv import Watch

AS_OF = date(2014, 6, 30)
NOW = datetime(2014, 7, 1, tzinfo=UTC)
ROWS = 899_164
# What the guess can only assume, as a person who knows the tape confirms or corrects it.
SETTLED_BY_HAND = {
    "borrower_kind": {"constant": "SMALL_BUSINESS"},
    "product": {"constant": "BUSINESS"},
    "currency": {"constant": "USD"},
}


def guess(tape: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the proposed mapping as corrected, and which columns had to be settled by hand."""
    from qingshou.features.book.intake.guess import guess_mapping
    from qingshou.features.book.intake.profile import sniff

    proposal = guess_mapping(sniff(tape), "snapshot")
    changed = [name for name, given in SETTLED_BY_HAND.items() if proposal.raw["columns"].get(name) != given]
    raw = {**proposal.raw, "name": "business_loans", "columns": {**proposal.raw["columns"], **SETTLED_BY_HAND}}
    return raw, changed


def make_lender() -> UUID:
    """Open a lender whose administrator takes the file in."""
    from qingshou.access.tenants import first_administrator, open_tenant
    from qingshou.audit.actors import SYSTEM

    tenant = open_tenant(code="business-loans", name="Business loans", currency="USD", actor=SYSTEM, now=NOW,
                         law_date=date(2024, 1, 2))  # fmt: skip
    first_administrator(tenant_id=tenant.id, actor=SYSTEM, now=NOW, username="bench.admin")
    return tenant.id


def take_in(tenant_id: UUID, tape: Path, raw: dict[str, Any], home: Path) -> tuple[Any, Any, Any, dict[str, float]]:
    """Import the tape, run the day, import it again; give the import's row, the day's report and the repeat."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.operations import record_import
    from qingshou.interfaces.daily import run_day
    from qingshou.tenancy.context import using

    def import_it() -> Any:
        return record_import(tenant_id=tenant_id, source_path=tape, mapping=raw, as_of=AS_OF, home=home, actor=SYSTEM,
                             now=NOW)  # fmt: skip

    started = time.perf_counter()
    with using(tenant_id):
        imported = import_it()
        taken_in = time.perf_counter()
        report = run_day(tenant_id=tenant_id, as_of=AS_OF, now=NOW, actor=SYSTEM, home=home)
        ran = time.perf_counter()
        again = import_it()
    return imported, report, again, {"import": taken_in - started, "day": ran - taken_in,
                                     "again": time.perf_counter() - ran}  # fmt: skip


def faults(imported: Any, report: Any, again: Any, written: tape_of.Written) -> list[str]:
    """Return what is not as the generator counted it, in words."""
    row, classes = imported.row, report.steps["classes"]
    total = {name: Decimal(str(value)) for name, value in row.totals["balance"].items() if value is not None}
    live = written.rows - written.written_off - written.closed
    holds = {
        "every row read": row.rows_read == written.rows,
        "every row accounted for": row.rows_read == row.rows_accepted + row.rows_rejected + row.rows_duplicate,
        "no sound row refused": row.rows_rejected == row.rows_duplicate == 0,
        "balance to the cent": total["accepted"] == Decimal(written.balance_cents) / 100 == total["read"],
        "every loan classed": classes.rows_in == written.rows,
        "days unknown, not zero": classes.facts["days_unknown"] == live,
        "severity unknown": classes.facts["severities"] == {"UNKNOWN": live},
        "nothing overdue for certain": classes.facts["overdue"] == 0,
        "the day ended": report.status == "DONE",
        "the same file changes nothing": again.is_repeat,
    }  # fmt: skip
    return [name for name, is_so in holds.items() if not is_so]


def run(rows: int, seed: int, home: Path) -> dict[str, Any]:
    """Write the tape, take it through, compare; give the figures."""
    os.environ["QINGSHOU_MODE"], os.environ["QINGSHOU_HOME"] = "test", str(home)
    from qingshou.config import start

    start.migrate()
    start.setup()
    tape = home / "business_loans.csv"
    written = tape_of.write(tape, rows, seed)
    tenant_id = make_lender()
    watch = Watch(os.getpid())
    watch.start()
    begun = time.perf_counter()
    raw, by_hand = guess(tape)
    guessed = time.perf_counter() - begun
    imported, report, again, seconds = take_in(tenant_id, tape, raw, home)
    watch.done = True
    wrong = faults(imported, report, again, written)
    return {
        "rows": rows,
        "megabytes": round(tape.stat().st_size / 1e6, 1),
        "columns_mapped": len(raw["columns"]),
        "settled_by_hand": by_hand,
        "rejected": imported.row.rows_rejected,
        "reasons": imported.row.reasons,
        "severities": report.steps["classes"].facts["severities"],
        "classes": report.steps["classes"].facts["classes"],
        "unclassified": report.steps["classes"].facts["unclassified"],
        "guess_seconds": round(guessed, 2),
        **{f"{name}_seconds": round(value, 2) for name, value in seconds.items()},
        "day_ms": report.taken_ms,
        "peak_mib": round(watch.peak / 2**20),
        "wrong": wrong,
        "met": not wrong,
    }


def main() -> int:
    """Run, print, and end with 1 when anything is not as counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    machine = measuring.machine()
    figures = run(given.rows, given.seed, measuring.scratch_until_exit())
    print(f"mapped {figures['columns_mapped']} columns", file=sys.stderr)
    measuring.tell(json.loads(json.dumps({"benchmark": "business_loans", **figures, **machine}, default=str)),
                   as_json=given.json)  # fmt: skip
    return 0 if figures["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
