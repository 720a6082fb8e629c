"""What the commands on plain files share: reading with rejects, money as text, running one command alone."""

import json
import sys
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import typer

from qingshou.engine.cells import Column
from qingshou.engine.checked import Checked, RowRule, check_file
from qingshou.engine.plan import Frame, format_of
from qingshou.kernel.errors import BadInput, QingshouError
from qingshou.kernel.money import minor_digits

REJECTS_SHOWN_MAX = 1000


def read_checked(
    path: Path, columns: Sequence[Column], *, work: Path, rule: RowRule | None = None, encoding: str = "utf-8"
) -> Checked:
    """Read a file's good rows into the work folder and tell each bad one on stderr."""
    checked = check_file(
        path, columns=columns, into=work / f"{len(list(work.iterdir()))}.parquet", rule=rule, encoding=encoding
    )
    for reject in checked.rejects[:REJECTS_SHOWN_MAX]:
        where = f"{reject.file}:{reject.line}: {reject.column}: " if reject.column else f"{reject.file}:{reject.line}: "
        typer.echo(f"{where}{reject.reason} Row left out.", err=True)
    if checked.rejected_rows > REJECTS_SHOWN_MAX:
        typer.echo(f"{checked.file}: {checked.rejected_rows} rows left out in all.", err=True)
    return checked


def rejects_json(*files: Checked) -> dict[str, Any]:
    """Give what was left out, for machines."""
    return {
        "rows_read": {one.file: one.rows_read for one in files},
        "rejected_rows": sum(one.rejected_rows for one in files),
        "rejects": [
            {"file": reject.file, "line": reject.line, "column": reject.column, "reason": reject.reason}
            for one in files
            for reject in one.rejects
        ],
    }


def stop_if_strict(strict: bool, *files: Checked) -> None:
    """With --strict, a row left out makes the whole run fail (after the rest was written)."""
    left_out = sum(one.rejected_rows for one in files)
    if strict and left_out:
        raise BadInput(f"{left_out} rows were left out: correct them, or run without --strict.", rejected_rows=left_out)


def money_text(amount: Decimal | None, currency: str) -> str:
    """Write an amount with the decimals of its currency."""
    unit = Decimal(1).scaleb(-minor_digits(currency))
    return str((amount or Decimal(0)).quantize(unit, rounding=ROUND_HALF_UP))


def for_file(frame: Frame, out: Path, money: Sequence[str], currency: str) -> Frame:
    """Bring amounts to the currency's minor unit where they leave as text; Parquet keeps the frame's own type."""
    if format_of(out) == "parquet":
        return frame
    kind = nw.Decimal(18, minor_digits(currency))
    return frame.with_columns(*(nw.col(name).cast(kind) for name in money))


def tell(summary: dict[str, Any], *, as_json: bool) -> None:
    """Print a summary: JSON for machines, one line a figure for people."""
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, default=str))
        return
    for name, value in summary.items():
        if name not in ("rejects", "rows_read"):
            typer.echo(f"{name.replace('_', ' ')}: {value}")


def run_alone(app: typer.Typer) -> None:
    """Run one command file by `python -m`, with the exit codes of the main program."""
    try:
        app()
    except QingshouError as error:
        typer.echo(f"{error.code}: {error.message}", err=True)
        sys.exit(error.exit_code)
