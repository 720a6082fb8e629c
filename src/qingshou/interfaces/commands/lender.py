"""`qingshou lender`: lenders of this installation and their people, from the command line."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
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


@app.command("settings")
def settings(
    code: Annotated[str, typer.Argument(help="The lender's short name.")],
    file: Annotated[
        Path | None,
        typer.Option(help="YAML whose keys take the place of the lender's; a key without a value is taken away."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a lender set for itself, or change it from a file; stops with code 65 or 78 where something is wrong.

    Each key is judged by what reads it. Where one cannot be used nothing is changed.
    """
    _setup()
    from qingshou.interfaces.onboarding import change_settings, faults_of_lender, settings_of

    if file is not None:
        change_settings(code=code, changes=_mapping_in(file))
    held, faults = settings_of(code=code), faults_of_lender(code=code)
    if as_json:
        print(json.dumps({"settings": held, "faults": faults}, ensure_ascii=False))  # noqa: T201
    else:
        print(yaml.safe_dump(held, allow_unicode=True, sort_keys=True).strip())  # noqa: T201
        for fault in faults:
            Console(stderr=True).print(fault, style="red", highlight=False, markup=False)
    if faults:
        raise typer.Exit(78)


def _mapping_in(file: Path) -> dict[str, Any]:
    from qingshou.kernel.errors import BadInput

    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput("The file of settings cannot be read: name one in UTF-8 that is there.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise BadInput(f"The file of settings is not YAML{where}: correct it.") from None
    if not isinstance(read, dict) or not all(isinstance(name, str) for name in read):
        raise BadInput("The file of settings must hold names with values, such as `repayment: {...}`.")
    return read
