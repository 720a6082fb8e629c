"""`qingshou lender`: lenders of this installation and their people, from the command line."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Lenders of this installation and the people who work for them.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def _setup() -> None:
    from qingshou.config.start import setup

    setup()


@app.command("list")
def list_lenders(as_json: AsJson = False) -> None:
    """List the lenders of this installation."""
    _setup()
    from qingshou.tenancy.queries import list_tenants

    shown = ("code", "name", "jurisdiction", "currency", "id")
    rows = [{name: str(getattr(one, name)) for name in shown} for one in list_tenants()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))  # noqa: T201
        return
    table = Table("code", "name", "jurisdiction", "currency")
    for row in rows:
        table.add_row(row["code"], row["name"], row["jurisdiction"], row["currency"])
    Console().print(table)


@app.command("create")
def create(
    code: Annotated[str, typer.Argument(help="Short name: letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="Full name, as shown.")],
    jurisdiction: Annotated[str, typer.Option(help="Whose law: china, taiwan, hongkong, india, eu.")] = "china",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "CNY",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Shanghai",
) -> None:
    """Create a lender and its first administrator; the first password is printed once and must be changed."""
    _setup()
    from qingshou.interfaces.onboarding import create_lender

    administrator, password = create_lender(
        code=code, name=name, jurisdiction=jurisdiction, currency=currency, time_zone=time_zone
    )
    Console().print(
        f"Lender '{code}' is there. First sign-in: {administrator} / {password} (to be changed at once).",
        highlight=False,
    )
