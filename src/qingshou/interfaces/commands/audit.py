"""`qingshou audit`: verify the record, seal a day, carry the seals off the machine."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput

app = typer.Typer(help="The record of who did what: verify, seal, keep the seals elsewhere.", no_args_is_help=True)

Lender = Annotated[str | None, typer.Option("--tenant", help="Code of one lender; all when not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


@contextmanager
def _each_lender(code: str | None) -> "Iterator[list]":  # type: ignore[type-arg]
    from qingshou.config import start

    start.setup()
    from qingshou.tenancy import queries

    yield [queries.get_tenant_by_code(code=code)] if code else queries.list_tenants()


@app.command()
def verify(
    tenant: Lender = None,
    anchors: Annotated[Path | None, typer.Option(help="Anchors exported earlier: finds a rebuilt record too.")] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every hash. Exit code 0 when the record is sound, 1 when anything was found."""
    kept = _read_kept(anchors)
    with _each_lender(tenant) as lenders:
        from qingshou.audit import verification
        from qingshou.tenancy.context import using

        results = {}
        for lender in lenders:
            with using(lender.id):
                results[lender.code] = verification.verify(kept_anchors=kept.get(lender.code, []))
    if as_json:
        print(json.dumps({code: asdict(found) | {"is_sound": found.is_sound} for code, found in results.items()},  # noqa: T201
                         ensure_ascii=False, default=str))  # fmt: skip
    else:
        _show(results)
    if not all(found.is_sound for found in results.values()):
        raise typer.Exit(1)


@app.command()
def anchor(
    on: Annotated[str, typer.Option("--on", help="The business day, YYYY-MM-DD.", metavar="DATE")],
    tenant: Lender = None,
    as_json: AsJson = False,
) -> None:
    """Seal every chain that grew since the last anchor; a day already sealed keeps its seal."""
    day = parse_date(on)
    with _each_lender(tenant) as lenders:
        from qingshou.audit import anchors
        from qingshou.tenancy.context import using

        made = {}
        for lender in lenders:
            with using(lender.id):
                sealed = anchors.make_anchor(on_date=day, now=datetime.now(UTC))  # noqa: TID251  the edge has the clock
                made[lender.code] = {"on_date": on, "chains_count": sealed.chains_count,
                                     "events_count": sealed.events_count, "root": bytes(sealed.root).hex()}  # fmt: skip
    if as_json:
        print(json.dumps(made))  # noqa: T201
        return
    table = Table("lender", "day", "chains", "events in all", "root")
    for code, seal in made.items():
        table.add_row(code, on, str(seal["chains_count"]), str(seal["events_count"]), str(seal["root"]))
    Console().print(table)


@app.command("export-anchor")
def export_anchor(
    out: Annotated[Path, typer.Option("--out", help="File to write; keep it where this machine's owner cannot reach.")],
    tenant: Lender = None,
    as_json: AsJson = False,
) -> None:
    """Write all anchors of each lender to a JSON file, for `audit verify --anchors`."""
    with _each_lender(tenant) as lenders:
        from qingshou.audit import anchors
        from qingshou.tenancy.context import using

        exported: list[dict[str, Any]] = []
        for lender in lenders:
            with using(lender.id):
                exported.append(anchors.exported_anchors(lender=lender.code))
    scratch = out.with_name(out.name + ".part")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(exported, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(out)
    count = sum(len(entry["anchors"]) for entry in exported)
    if as_json:
        print(json.dumps({"lenders": len(exported), "anchors": count, "file": str(out)}))  # noqa: T201
    else:
        Console().print(f"{count} anchors of {len(exported)} lenders written to {out}.")


def _read_kept(path: Path | None) -> dict[str, list[dict[str, object]]]:
    """Lender code -> its anchors, from an exported file."""
    if path is None:
        return {}
    try:
        return {entry["lender"]: entry["anchors"] for entry in json.loads(path.read_text("utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{path} is not a file written by 'qingshou audit export-anchor'.") from None


def _show(results: dict) -> None:  # type: ignore[type-arg]
    table = Table("lender", "chains", "events", "anchors", "findings")
    for code, found in results.items():
        table.add_row(code, *(str(count) for count in (found.chains_count, found.events_count, found.anchors_count)),
                      str(len(found.findings)) if found.findings else "none")  # fmt: skip
    console = Console()
    console.print(table)
    for code, found in results.items():
        for finding in found.findings[:50]:
            where = finding.on_date or f"{finding.subject_kind} {finding.subject_id or ''} no. {finding.seq}"
            console.print(f"{code}: {finding.code} {where}", style="red", highlight=False)
