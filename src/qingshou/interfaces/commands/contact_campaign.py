"""`qingshou contact campaign`: a campaign prepared, started and looked at from the command line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from qingshou.interfaces.commands.day import _lender
from qingshou.interfaces.heap import settle_heap
from qingshou.kernel.errors import BadInput

app = typer.Typer(help="Campaigns: one message to many, each cleared first.", no_args_is_help=True)

Campaign = Annotated[str, typer.Argument(help="The campaign's id, as its page's address has it.")]
Lender = Annotated[str, typer.Option("--tenant", help="Code of the lender; not needed where there is only one.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the command line is an edge: it knows the time


@app.command("prepare")
def prepare(campaign: Campaign, tenant: Lender = "", as_json: AsJson = False) -> None:
    """Choose the campaign's people, draw the lots and judge everyone; nothing is sent.

    A preparation that was stopped goes on where it stopped. Exit code 75 when the campaign runs or has ended.
    """
    campaign_id = _id(campaign)
    lender = _lender(tenant)
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.campaign_judging import prepare_campaign
    from qingshou.tenancy.context import using

    settle_heap()
    with using(lender.id), _bar("judging", shown=not as_json) as progress:
        prepare_campaign(campaign_id=campaign_id, actor=SYSTEM, now=_now(), progress=progress)
    _show(lender, campaign_id, as_json)


@app.command("start")
def start(
    campaign: Campaign,
    count: Annotated[int, typer.Option(help="How many you expect to be written to, as `show` says.", min=1)],
    tenant: Lender = "",
    as_json: AsJson = False,
) -> None:
    """Start a prepared campaign and queue its messages here and now; the worker sends them at the campaign's pace.

    Exit code 75 when it is not ready, or when another number are to be written to.
    """
    campaign_id = _id(campaign)
    lender = _lender(tenant)
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.campaign_running import run_campaign
    from qingshou.features.contact.operations.campaigns import start_campaign
    from qingshou.tenancy.context import using

    settle_heap()
    with using(lender.id), _bar("queueing", shown=not as_json) as progress:
        start_campaign(campaign_id=campaign_id, expected_count=count, actor=SYSTEM, now=_now())
        run_campaign(campaign_id=campaign_id, actor=SYSTEM, clock=_now, progress=progress)
    _show(lender, campaign_id, as_json)


@app.command("show")
def show(campaign: Campaign, tenant: Lender = "", as_json: AsJson = False) -> None:
    """Show how far everyone of a campaign came, why some are refused, and what it was worth so far."""
    campaign_id = _id(campaign)
    _show(_lender(tenant), campaign_id, as_json)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(f"'{text[:40]}' is no campaign's id: its page's address has it.") from None


@contextmanager
def _bar(what: str, *, shown: bool) -> Iterator[Any]:
    if not shown:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _show(lender: Any, campaign_id: UUID, as_json: bool) -> None:
    from qingshou.features.contact.queries.campaign_results import results_of
    from qingshou.features.contact.queries.campaigns import funnel_of, get_campaign, reasons_of
    from qingshou.tenancy.context import using

    with using(lender.id):
        found = get_campaign(campaign_id=campaign_id)
        told = {
            "id": str(found.id), "name": found.name, "status": found.status, "channel": found.channel,
            "segment": found.segment, "holdout_share": str(found.holdout_share),
            **asdict(funnel := funnel_of(campaign_id=campaign_id)), "to_contact": funnel.to_contact,
            "reasons": {one.code: one.count for one in reasons_of(campaign=found)},
        }  # fmt: skip
        results = results_of(campaign=found, now=_now())
    told["results"] = _results(results) if results else None
    if as_json:
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
        return
    table = Table("what", "value")
    for name, value in told.items():
        table.add_row(name, json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value))
    Console().print(table)


def _results(results: Any) -> dict[str, Any]:
    lines = {}
    for one in results.lines:
        lines[one.name] = {"treated": one.treated.count, "held_out": one.held_out.count}
        if one.difference is not None:
            lines[one.name] |= {name: round(getattr(one.difference, name), 6) for name in ("value", "low", "high")}
            lines[one.name]["is_early"] = results.is_early or one.difference.is_early
    return {"treated": results.treated, "held_out": results.held_out, "days": results.days, **lines}
