"""`qingshou settings`: what is set, from where, and what is missing; secrets are never shown."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_SECRET = ("secret_key", "data_keys", "blind_index_key", "database_url", "app_database_url", "email_url")


def settings(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Show every setting in force; stops with code 78 and the whole list when any is missing or wrong."""
    from qingshou.config.environment import read_environment

    environment, _ = read_environment()
    shown = {
        name: ("(set)" if value else "(not set)") if name in _SECRET else str(value)
        for name, value in environment.model_dump(mode="json").items()
    }
    if as_json:
        print(json.dumps(shown, ensure_ascii=False))  # noqa: T201
        return
    table = Table("setting", "value")
    for name, value in shown.items():
        table.add_row(name, value)
    Console().print(table)
