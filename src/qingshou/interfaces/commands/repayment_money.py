"""`qingshou repayment bank-file`, `match`: banks' files taken in, the queue of receipts matched again."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands.book_import import _bar, _watch
from qingshou.interfaces.commands.day import _lender
from qingshou.kernel.errors import NotFound

Lender = Annotated[str, typer.Option("--tenant", help="Code of the lender; not needed where there is only one.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
_KINDS = ("read", "accepted", "duplicate", "no_credit", "rejected")


def bank_file(
    file: Annotated[
        Path,
        typer.Argument(help="CSV, XLSX, camt.052 to camt.054, MT940 or MT942, also .gz; a .zip is sent on the page."),
    ],
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="YAML file: how this bank's table is read.")] = "",
    account: Annotated[str, typer.Option(help="Our account, where a table does not name it.")] = "",
    currency: Annotated[str, typer.Option(help="Three capital letters, where a table does not name it.")] = "",
    tenant: Lender = "",
    as_json: AsJson = False,
) -> None:
    """Take a bank's file in: every credit a receipt, matched, put on debts; the same file twice changes nothing.

    Broken off, it is taken again and goes on where it stopped. Exit code 65 when the file cannot be read at all.
    """
    if not file.is_file():
        raise NotFound(f"There is no file '{file.name[:80]}'.")
    lender = _lender(tenant)
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.repayment.operations.bank_files import take_bank_file
    from qingshou.tenancy.context import using

    with using(lender.id), _bar(quiet=as_json) as progress:
        done = take_bank_file(
            path=file, name=file.name, mapping=Path(mapping) if mapping else None, account=account, currency=currency,
            actor=SYSTEM, now=_now(), progress=_watch(progress),
        )  # fmt: skip
    row = done.row
    rows = {kind: getattr(row, f"rows_{kind}") for kind in _KINDS}
    if as_json:
        print(json.dumps({"bank_file": str(row.id), "is_repeat": done.is_repeat, "format": row.format, "rows": rows,  # noqa: T201
                          "totals": row.totals, "matched": done.matched.as_dict(), "rejects": row.rejects,
                          "warnings": row.warnings}, ensure_ascii=False))  # fmt: skip
        return
    console = Console()
    if done.is_repeat:
        console.print("This file was taken in before: nothing was changed.")
    table = Table("", *_KINDS, title=f"{row.file_name}: {row.format}")
    table.add_row("rows", *(f"{count:,}" for count in rows.values()))
    for code, sums in sorted(row.totals.items()):
        table.add_row(code, *(sums[kind] for kind in _KINDS))
    console.print(table)
    for one in row.rejects:
        console.print(f"  line {one['line']}, {one['column'] or 'the whole row'}: {one['code']}", highlight=False)
    if not done.is_repeat:
        console.print(", ".join(f"{count:,} {name}" for name, count in done.matched.as_dict().items()), highlight=False)


def match(tenant: Lender = "", as_json: AsJson = False) -> None:
    """Match every receipt that waits again: a tape, a promise or a reference may have come since."""
    lender = _lender(tenant)
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.repayment.operations.matching import match_waiting
    from qingshou.tenancy.context import using

    with using(lender.id), _bar(quiet=as_json) as progress:
        done = match_waiting(actor=SYSTEM, now=_now(), progress=_watch(progress)).as_dict()
    if as_json:
        print(json.dumps({"lender": lender.code, **done}))  # noqa: T201
        return
    Console().print(", ".join(f"{count:,} {name}" for name, count in done.items()), highlight=False)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the command line is an edge: it knows the time
