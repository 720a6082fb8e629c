"""What the `qingshou law` commands share: their option types, and how an answer or a refusal leaves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console

from qingshou.interfaces.commands.law_words import plain, problem_json
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.money import parse_amount

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
OnDate = Annotated[str, typer.Option("--on", help="The date asked for, YYYY-MM-DD.", metavar="DATE")]
Place = Annotated[str, typer.Option("--jurisdiction", help="china, taiwan, hongkong, india, eu or us.")]
DATE, AMOUNT = "DATE", "AMOUNT"


@contextmanager
def answering(as_json: bool) -> Iterator[None]:
    """Turn a refusal into its exit code, with a problem object for machines."""
    try:
        yield
    except QingshouError as error:
        if as_json:
            echo(problem_json(error))
        else:
            Console(stderr=True).print(f"{error.code}: {error.message}", style="red", highlight=False, markup=False)
        raise typer.Exit(error.exit_code) from error


def echo(answer: object) -> None:
    """Print an answer as JSON."""
    typer.echo(json.dumps(plain(answer), ensure_ascii=False))


def date_or_none(text: str | None) -> date | None:
    """Read an optional date."""
    return parse_date(text) if text is not None else None


def amount_or_none(text: str | None) -> Decimal | None:
    """Read an optional amount or share."""
    return parse_amount(text) if text is not None else None
