"""`book import`, `book guess`, `book rejects`: files to the lake, without a database."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from qingshou.edges import clock
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.guess import guess_mapping
from qingshou.features.book.intake.mapping import load_mapping
from qingshou.features.book.intake.mapping_text import dump_yaml
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.profile import sniff
from qingshou.features.book.intake.quarantine import read_quarantine
from qingshou.features.book.intake.result import ImportResult
from qingshou.features.book.intake.run import run_import
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.features.book.intake.vault import keys_from_text, keys_of_home
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput, NotFound, QingshouError

app = typer.Typer(help="Take a lender's file in.", no_args_is_help=True, pretty_exceptions_enable=False)

Home = Annotated[Path, typer.Option("--home", envvar="QINGSHOU_HOME", help="Where lake and vault lie.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Code of the lender.")]
Keys = Annotated[str, typer.Option("--keys", envvar="QINGSHOU_DATA_KEYS", hidden=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _keys(given: str, home: Path) -> VaultKeys:
    return keys_from_text(given) if given else keys_of_home(home)


@app.command("import")
def import_file(
    file: Annotated[Path | None, typer.Argument(help="CSV (also .gz), XLSX or Parquet.")] = None,
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="YAML file, or name of a shipped mapping.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="The date the file speaks of: YYYY-MM-DD.")] = "",
    home: Home = Path("var"),
    tenant: Tenant = "default",
    rejects: Annotated[Path | None, typer.Option("--rejects", help="Write refused rows here, to be corrected.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge every row, publish nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with code 65 when a row was refused.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep it as an import of the lender in the database, as a page would.")
    ] = False,
    fineract: Annotated[str, typer.Option("--fineract", help="Base address of an Apache Fineract server.")] = "",
    fineract_tenant: Annotated[str, typer.Option("--fineract-tenant")] = "default",
    fineract_user: Annotated[str, typer.Option("--fineract-user", envvar="QINGSHOU_FINERACT_USER")] = "",
    fineract_password: Annotated[
        str, typer.Option("--fineract-password", envvar="QINGSHOU_FINERACT_PASSWORD", hidden=True)
    ] = "",
    keys: Keys = "",
    as_json: AsJson = False,
) -> None:
    """Import one file, or a Fineract server's book, into the lake; the same file twice changes nothing."""
    if bool(file) == bool(fineract):
        raise BadInput("Give either a file or --fineract with a server's address.")
    if record:
        if file is None or dry_run:
            raise BadInput("--record takes a file, and no --dry-run.")
        _record(file, mapping, as_of, tenant, as_json=as_json)
        return
    vault_keys = _keys(keys, home)
    now = clock.now()
    common: dict[str, Any] = {
        "as_of": parse_date(as_of),
        "tenant": tenant,
        "home": home,
        "keys": vault_keys,
        "now": now,
    }
    with _bar(quiet=as_json) as progress:
        if fineract:
            from qingshou.features.book.connectors.fineract import Login, import_book

            login = Login(base_url=fineract, tenant=fineract_tenant, user=fineract_user, password=fineract_password)
            results = import_book(login=login, progress=_watch(progress), dry_run=dry_run, **common)
        else:
            if not mapping:
                raise BadInput("Give a mapping: --mapping canonical, or make one with 'book guess FILE --out F.yaml'.")
            results = [
                run_import(
                    source_path=Path(str(file)), mapping=mapping, progress=_watch(progress), dry_run=dry_run, **common
                )
            ]
    if rejects is not None:
        _write_rejects(results, rejects, home, vault_keys)
    if as_json:
        shown: Any = [result.as_dict() for result in results]
        print(json.dumps(shown if fineract else shown[0], ensure_ascii=False))  # noqa: T201 (what was asked for)
    else:
        for result in results:
            _show(result)
    if strict and any(result.rows_rejected for result in results):
        raise BadInput("Some rows were refused: correct them, or run without --strict.")


def _record(file: Path, mapping: str, as_of: str, lender: str, *, as_json: bool) -> None:
    """Take a file in for a lender of this installation: the row, the totals and the audit event as from the page."""
    from qingshou.config.start import setup

    setup()
    from django.conf import settings

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.operations import record_import
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    tenant_id = get_tenant_by_code(code=lender).id
    with using(tenant_id), _bar(quiet=as_json) as progress:
        done = record_import(
            tenant_id=tenant_id, source_path=file, mapping=mapping, as_of=parse_date(as_of), actor=SYSTEM,
            home=settings.QINGSHOU_HOME, now=clock.now(), progress=_watch(progress),
        )  # fmt: skip
    row = done.row
    counts = {name: getattr(row, f"rows_{name}") for name in ("read", "accepted", "rejected", "duplicate")}
    if as_json:
        print(json.dumps({"import": str(row.id), "is_repeat": done.is_repeat, **counts, "reasons": row.reasons}))  # noqa: T201
        return
    words = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    Console().print(f"{'Taken in before' if done.is_repeat else 'Taken in'} for {lender}: rows {words}.")


@app.command("guess")
def guess(
    file: Annotated[Path, typer.Argument(help="CSV (also .gz), XLSX or Parquet.")],
    shape: Annotated[str, typer.Option("--shape", help="snapshot, schedule, payments, ...")] = "snapshot",
    out: Annotated[Path | None, typer.Option("--out", help="Write the proposed mapping here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look at any table and propose a mapping, with reasons and what is still missing."""
    profile = sniff(file)
    proposal = guess_mapping(profile, shape)
    if out is not None:
        out.write_text(dump_yaml(proposal.raw), "utf-8")
    if as_json:
        print(json.dumps({"profile": profile.as_dict(), **proposal.as_dict()}, ensure_ascii=False))  # noqa: T201
        return
    console = Console()
    table = Table("target", "column", "confidence", "because")
    for guessed in proposal.columns:
        table.add_row(guessed.target, guessed.source, f"{guessed.confidence:.2f}", "; ".join(guessed.reasons))
    console.print(f"{profile.format}, {profile.encoding}, {len(profile.columns)} columns")
    console.print(table)
    if proposal.unmet:
        console.print(f"Still to be filled: {', '.join(proposal.unmet)}")
    if proposal.unused:
        console.print(f"Columns nobody uses: {', '.join(proposal.unused)}")
    if not proposal.tells_lateness:
        console.print(
            "No column says how late a loan is: days and severity stay unknown and no case opens. Map overdue_days or "
            "oldest_due_date, or send schedule and payments."
        )


@app.command("rejects")
def rejected_rows(
    import_id: Annotated[str, typer.Argument(help="The import's id, from 'book import --json'.")],
    out: Annotated[Path, typer.Option("--out", help="CSV to write; it holds the lender's values.")],
    home: Home = Path("var"),
    tenant: Tenant = "default",
    keys: Keys = "",
) -> None:
    """Write an import's refused rows as CSV: correct them there and import the file again with the same mapping."""
    places = Places(home, tenant)
    if not (import_id.isalnum() and places.manifest(import_id).is_file()):
        raise NotFound(f"There is no import {import_id[:40]}.")
    sealed = places.quarantine(import_id)
    if not sealed.is_file():
        raise NotFound("This import refused no row.")
    _unseal(sealed, out, tenant, _keys(keys, home))


@app.command("mappings")
def mappings(as_json: AsJson = False) -> None:
    """List the mappings that come with Qingshou."""
    from qingshou.features.book.intake.mapping import load_raw, shipped_names

    found = [{key: load_raw(name).get(key, "") for key in ("name", "title", "shape")} for name in shipped_names()]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    table = Table("name", "shape", "title")
    for each in found:
        table.add_row(each["name"], each["shape"], each["title"])
    Console().print(table)


@app.command("check-mapping")
def check_mapping(
    mapping: Annotated[str, typer.Argument(help="YAML file or shipped name.")], as_json: AsJson = False
) -> None:
    """Say whether a mapping is sound; names the place of every fault."""
    try:
        load_mapping(mapping)
        faults: list[str] = []
    except MappingWrong as error:
        if not as_json:
            raise
        faults = list(error.fields.get("faults") or [error.message])  # type: ignore[call-overload]
    print(json.dumps({"ok": not faults, "faults": faults}, ensure_ascii=False) if as_json else "sound")  # noqa: T201
    if faults:
        raise typer.Exit(65)


def _bar(*, quiet: bool) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet)


def _watch(progress: Progress) -> Any:
    tasks: dict[str, Any] = {}

    def watch(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            tasks[step] = progress.add_task(step, total=total)
        progress.update(tasks[step], completed=done, total=total)

    return watch


def _unseal(sealed: Path, out: Path, tenant: str, keys: VaultKeys) -> None:
    with out.open("wb") as stream:
        out.chmod(0o600)
        for block in read_quarantine(sealed, keys=keys, tenant=tenant):
            stream.write(block)


def _write_rejects(results: list[ImportResult], out: Path, home: Path, keys: VaultKeys) -> None:
    for result in results:
        if result.quarantine:
            target = out if len(results) == 1 else out.with_name(f"{out.stem}-{result.frame}{out.suffix}")
            _unseal(home / result.quarantine, target, result.tenant, keys)
        else:
            print(f"No row of {result.frame} was refused: nothing to write.", file=sys.stderr)  # noqa: T201


def _show(result: ImportResult) -> None:
    console = Console()
    if result.duplicate_of:
        console.print(f"Already imported as {result.duplicate_of}: nothing changed.")
    table = Table(title=f"{result.source_name}: {result.frame} as of {result.as_of}")
    for name in ("", "read", "accepted", "rejected", "duplicate"):
        table.add_column(name, justify="left" if not name else "right")
    rows = (result.rows_read, result.rows_accepted, result.rows_rejected, result.rows_duplicate)
    table.add_row("rows", *(f"{count:,}" for count in rows))
    for name, amount in result.amounts.items():
        sums = (amount.read, amount.accepted, amount.rejected, amount.duplicate)
        table.add_row(name, *(f"{value:,}" for value in sums))
    console.print(table)
    for reason, count in sorted(result.reasons.items(), key=lambda item: -item[1]):
        console.print(f"  {reason}: {count:,}")


def run() -> None:
    """Run this file's commands alone, with the exit codes of the whole program."""
    try:
        app()
    except QingshouError as error:
        print(f"{error.code}: {error.message}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)


if __name__ == "__main__":
    run()
