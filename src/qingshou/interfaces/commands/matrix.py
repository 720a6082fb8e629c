"""`qingshou book matrix`: how loans move between states, from any panel, with counts and intervals.

Exit codes: 0 done; 65 the panel cannot be used; 66 it is not there.
"""

import json
import math
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from qingshou.features.delinquency.matrices import (
    POWER_WARNING,
    AalenJohansen,
    Cohort,
    Matrix,
    aalen_johansen,
    cohort,
    powered,
)
from qingshou.features.delinquency.panels import Panel, Shape, open_panel
from qingshou.interfaces.commands.files import run_alone
from qingshou.kernel.errors import BadInput

app = typer.Typer(help="Transition matrices of a panel.")

DIGITS = 9


@app.command()
def matrix(
    panel: Annotated[Path, typer.Option(help="CSV or Parquet: a row per id and period, or per move.")],
    id_column: Annotated[str, typer.Option("--id", metavar="COL")],
    period_column: Annotated[str, typer.Option("--period", metavar="COL", help="Numbers, months or dates.")],
    state_column: Annotated[str | None, typer.Option("--state", metavar="COL", help="The state at the period.")] = None,
    from_column: Annotated[str | None, typer.Option("--from", metavar="COL", help="Moves: the state left.")] = None,
    to_column: Annotated[str | None, typer.Option("--to", metavar="COL", help="Moves: the state entered.")] = None,
    direct: Annotated[int | None, typer.Option(min=1, help="Count over so many periods at once.")] = None,
    power: Annotated[int | None, typer.Option(min=1, help="Raise the one-period matrix; prints a warning.")] = None,
    horizon: Annotated[int | None, typer.Option(min=1, help="Both, side by side, for so many periods.")] = None,
    absorbing: Annotated[str, typer.Option(help="States never left, separated by commas.")] = "",
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Estimate transition matrices: cohort (with Wilson intervals) and Aalen-Johansen (with its variance)."""
    shape = _shape(id_column, period_column, state_column, from_column, to_column)
    final = [name.strip() for name in absorbing.split(",") if name.strip()]
    with open_panel(panel, shape) as opened:
        unknown = sorted(set(final) - set(opened.states))
        if unknown:
            raise BadInput(f"The panel has no state {', '.join(unknown)}: it has {', '.join(opened.states)}.")
        answer = _estimated(opened, final, level)
        one = cohort(opened.states, opened.pair_counts(), absorbing=final, level=level)
        for periods in sorted({n for n in (direct, horizon) if n}):
            counted = cohort(opened.states, opened.pair_counts(periods), absorbing=final, level=level)
            answer["direct"] = {"periods": periods, **_cohort_json(counted)}
    for periods in sorted({n for n in (power, horizon) if n}):
        answer["power"] = {
            "periods": periods,
            "matrix": _rounded(powered(one.matrix, periods)),
            "warning": POWER_WARNING,
        }
        typer.echo(f"Warning: {POWER_WARNING}", err=True)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)


def _shape(
    id_column: str, period_column: str, state_column: str | None, from_column: str | None, to_column: str | None
) -> Shape:
    is_moves = from_column is not None and to_column is not None
    if is_moves == (state_column is not None) or (from_column is None) != (to_column is None):
        raise BadInput("Give --state, or --from and --to together: a panel holds states or moves.")
    return Shape(
        id_column=id_column,
        period_column=period_column,
        state_column=state_column,
        from_column=from_column,
        to_column=to_column,
    )


def _estimated(panel: Panel, final: list[str], level: float) -> dict[str, Any]:
    reading = panel.reading
    steps = panel.steps()
    first, last = panel.span()
    one = cohort(panel.states, panel.pair_counts(), absorbing=final, level=level)
    # A row of a panel tells what happened since the row before: the last one belongs in. A move stands at an instant,
    # and a window of instants is half-open like every period here: what happens at its end is not in it.
    window = steps.before(last) if panel.shape.is_moves else steps
    answer: dict[str, Any] = {
        "states": list(panel.states),
        "rows": reading.rows,
        "incomplete_rows": reading.incomplete_rows,
        "duplicate_rows": reading.duplicate_rows,
        "ids": reading.ids,
        "periods_read_as": reading.period_kind,
        "level": level,
        "cohort": _cohort_json(one),
        "aalen_johansen": {
            "from": first,
            "until": last,
            "event_times": len(window.times),
            **_aalen_johansen_json(aalen_johansen(window, level=level)),
        },
    }
    if panel.shape.is_moves:
        whole = aalen_johansen(steps, level=level)
        answer["aalen_johansen"]["matrix_through_last_time"] = _rounded(whole.matrix)
    return answer


def _cohort_json(found: Cohort) -> dict[str, Any]:
    return {
        "counts": found.counts.tolist(),
        "row_totals": found.counts.sum(axis=1).tolist(),
        "matrix": _rounded(found.matrix),
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "interval": "Wilson",
    }


def _aalen_johansen_json(found: AalenJohansen) -> dict[str, Any]:
    return {
        "matrix": _rounded(found.matrix),
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "standard_error": _rounded(found.standard_error),
        "interval": "Greenwood, normal",
    }


def _rounded(values: Matrix) -> list[list[float | None]]:
    """Write shares; a row never seen is null, not zero."""
    return [[None if math.isnan(one) else round(float(one), DIGITS) for one in row] for row in np.asarray(values)]


def _show(answer: dict[str, Any]) -> None:
    console = Console()
    left_out = answer["incomplete_rows"] + answer["duplicate_rows"]
    console.print(
        f"{answer['rows']} rows, {answer['ids']} ids, periods read as {answer['periods_read_as']}, {left_out} left out"
    )
    for name in ("cohort", "direct", "power", "aalen_johansen"):
        if name in answer:
            periods = answer[name].get("periods")
            title = name.replace("_", "-") + (f", {periods} periods" if periods else "")
            console.print(_table(title, answer["states"], answer[name]))


def _table(title: str, states: list[str], found: dict[str, Any]) -> Table:
    table = Table("from", *states, title=title)
    for place, state in enumerate(states):
        cells = []
        for value, low, high in zip(
            found["matrix"][place],
            found.get("low", found["matrix"])[place],
            found.get("high", found["matrix"])[place],
            strict=True,
        ):
            if value is None:
                cells.append("never seen")
            else:
                cells.append(f"{value:.2%}" + (f"\n{low:.2%}-{high:.2%}" if "low" in found else ""))
        table.add_row(state, *cells)
    return table


if __name__ == "__main__":
    run_alone(app)
