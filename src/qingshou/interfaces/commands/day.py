"""`qingshou day`: run a business day, list the days that were run, show one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput

app = typer.Typer(help="The day: intake, ageing, classes, cases and worklists, in one run.", no_args_is_help=True)

AsOf = Annotated[str, typer.Option("--as-of", help="The business day, YYYY-MM-DD.", metavar="DATE")]
Lender = Annotated[str, typer.Option("--tenant", help="Code of the lender; not needed where there is only one.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command("run")
def run(
    as_of: AsOf,
    tenant: Lender = "",
    now: Annotated[str, typer.Option(help="The instant to write on all that is done; the clock's when empty.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for another run of this lender to end.")] = False,
    engine: Annotated[str, typer.Option(help="duckdb, or spark.")] = "duckdb",
    master: Annotated[str, typer.Option(help="Spark's master, such as local[2] or a cluster's address.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run a business day, or take up a run that stopped; a day that is done is reported and nothing changes.

    Exit code 75 when another process runs a day of this lender, or when the day is out of order.
    """
    day, instant = parse_date(as_of), _instant(now)
    lender = _lender(tenant)
    from django.conf import settings

    from qingshou.audit.actors import SYSTEM
    from qingshou.interfaces.daily import run_day

    with _bar(as_of, shown=not as_json) as progress:
        report = run_day(
            tenant_id=lender.id, as_of=day, now=instant, actor=SYSTEM, home=settings.QINGSHOU_HOME, engine=engine,
            master=master or None, progress=progress, wait=wait,
        )  # fmt: skip
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))  # noqa: T201
        return
    if report.was_done_already:
        Console().print(f"The day {day} was done already: nothing was changed.")
    _show_steps({name: (one.rows_in, one.rows_out, dict(one.facts)) for name, one in report.steps.items()},
                report.taken_ms)  # fmt: skip


@app.command("list")
def list_days(tenant: Lender = "", as_json: AsJson = False) -> None:
    """List the days that were run, the latest first."""
    lender = _lender(tenant)
    from qingshou.features.oversight.queries import list_runs
    from qingshou.tenancy.context import using

    with using(lender.id):
        rows = [
            {"as_of": run.as_of, "status": run.status, "attempts": run.attempts, "steps": len(run.steps.all()),
             "started_at": run.started_at, "ended_at": run.ended_at, "error": run.error}
            for run in list_runs()
        ]  # fmt: skip
    if as_json:
        print(json.dumps(rows, default=str, ensure_ascii=False))  # noqa: T201
        return
    table = Table("day", "status", "steps", "attempts", "started", "ended", "error")
    for row in rows:
        table.add_row(*(str(row[name] or "") for name in
                        ("as_of", "status", "steps", "attempts", "started_at", "ended_at", "error")))  # fmt: skip
    Console().print(table)


@app.command("show")
def show(as_of: AsOf, tenant: Lender = "", as_json: AsJson = False) -> None:
    """Show one day's run: its steps and its checks."""
    day = parse_date(as_of)
    lender = _lender(tenant)
    from qingshou.features.oversight.queries import get_run
    from qingshou.tenancy.context import using

    with using(lender.id):
        page = get_run(as_of=day)
    if as_json:
        steps = {step.name: {"rows_in": step.rows_in, "rows_out": step.rows_out, "taken_ms": step.taken_ms,
                             "facts": step.facts} for step in page.steps}  # fmt: skip
        checks = {check.name: check.count for check in page.checks}
        print(json.dumps({"as_of": as_of, "status": page.run.status, "runner": page.run.runner,  # noqa: T201
                          "error": page.run.error, "steps": steps, "checks": checks}, ensure_ascii=False))  # fmt: skip
        return
    Console().print(f"{day}: {page.run.status} {page.run.error}".rstrip(), highlight=False)
    _show_steps({step.name: (step.rows_in, step.rows_out, step.facts) for step in page.steps},
                {step.name: step.taken_ms for step in page.steps})  # fmt: skip


def _lender(code: str) -> Any:
    from qingshou.config.start import setup

    setup()
    from qingshou.tenancy.queries import get_tenant_by_code, list_tenants

    if code:
        return get_tenant_by_code(code=code)
    lenders = list_tenants()
    if len(lenders) != 1:
        raise BadInput(f"There are {len(lenders)} lenders here: name one with --tenant.", count=len(lenders))
    return lenders[0]


def _instant(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)  # noqa: TID251  the command line is an edge: it knows the time
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text[:40]}' is not an instant: write it as 2026-11-23T01:30:00+00:00.") from None
    if instant.tzinfo is None:
        raise BadInput("The instant needs a time zone: add +00:00 for UTC.")
    return instant


@contextmanager
def _bar(as_of: str, *, shown: bool) -> Iterator[Any]:
    if not shown:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[step]}"),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(as_of, total=None, step="")
        yield lambda step, done, total: bars.update(task, completed=done, total=total, step=step)


def _show_steps(steps: dict[str, tuple[int, int, dict[str, Any]]], taken_ms: dict[str, int]) -> None:
    table = Table("step", "rows in", "rows out", "ms", "what")
    for name, (rows_in, rows_out, facts) in steps.items():
        told = ", ".join(f"{key} {value}" for key, value in facts.items() if isinstance(value, int))
        if "checks" in facts:
            told = ", ".join(f"{key} {value}" for key, value in facts["checks"].items())
        table.add_row(name, f"{rows_in:,}", f"{rows_out:,}", f"{taken_ms.get(name, 0):,}", told)
    Console().print(table)
