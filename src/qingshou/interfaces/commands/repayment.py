"""`qingshou repayment`: banks' files, matching, and searches for offers made again from what they kept."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands import repayment_money
from qingshou.interfaces.commands.day import _lender

app = typer.Typer(help="Repayment: banks' files, matching, searches for offers made again.", no_args_is_help=True)
app.command("bank-file")(repayment_money.bank_file)
app.command("match")(repayment_money.match)

Lender = Annotated[str, typer.Option("--tenant", help="Code of the lender; not needed where there is only one.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
_DIFFERENT = 1


@app.command("replay-offers")
def replay_offers(
    search: Annotated[str, typer.Option(help="One search by its id; without it the latest.")] = "",
    days: Annotated[int, typer.Option(help="Searches of so many days back.", min=1, max=3650)] = 30,
    most: Annotated[int, typer.Option(help="At most so many, the latest first.", min=1, max=100_000)] = 1000,
    tenant: Lender = "",
    as_json: AsJson = False,
) -> None:
    """Make searches for offers again and compare them byte for byte; exit code 1 where one differs."""
    lender = _lender(tenant)
    from qingshou.features.repayment.operations.offers import replay_search
    from qingshou.features.repayment.queries.offers import list_searches_since, search_given
    from qingshou.tenancy.context import using

    since = datetime.now(UTC) - timedelta(days=days)  # noqa: TID251  the command line is an edge: it knows the time
    with using(lender.id):
        wanted = [search_given(search)] if search else list_searches_since(since=since, limit=most)
        replayed = [replay_search(search_id=one) for one in wanted]
    different = [one for one in replayed if not one.is_same]
    if as_json:
        found = [{"search": str(one.search_id), "was": one.was_hash, "now": one.now_hash} for one in different]
        print(json.dumps({"lender": lender.code, "replayed": len(replayed), "different": found}))  # noqa: T201
    else:
        Console().print(f"{len(replayed)} searches made again, {len(different)} differ", highlight=False)
        if different:
            table = Table("search", "was", "now")
            for one in different:
                table.add_row(str(one.search_id), one.was_hash[:16], one.now_hash[:16])
            Console().print(table)
    if different:
        raise typer.Exit(_DIFFERENT)
