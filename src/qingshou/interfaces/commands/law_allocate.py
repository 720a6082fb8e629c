"""`qingshou law allocate`: a payment, an order and debts with their parts; answers with what went where."""

import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands.files import money_text
from qingshou.interfaces.commands.law_allocate_cells import read_json
from qingshou.interfaces.commands.law_allocate_reading import NO_DATE, Question, read_question
from qingshou.interfaces.commands.law_answers import DATE, AsJson, answering, date_or_none, echo
from qingshou.interfaces.commands.law_words import CONFIDENCE, article_json, reason_words, reasons_json, reasons_table
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.allocation.allocate import allocate, applied
from qingshou.law.allocation.between import criteria_of
from qingshou.law.allocation.terms import KINDS, Allocated, Line, PartKind

app = typer.Typer()


_HERE = Path(__file__).parent
_EPILOG = """
A file in short: {"payment": {"amount": "1000.00", "currency": "CNY", "date": "2026-11-23"}, "order": ["costs",
"interest", "penalty", "principal"], "debts": [{"id": "A", "due_date": "2026-10-05", "rate": "0.18", "parts": {"costs":
"50.00", "interest": "120.00", "principal": "600.00"}}]}. Without an order the law of the place decides (China: 民法典
560, 561). --example prints a whole file that can be run as it is, --schema what it may hold; every name and its other
names stand in docs/reference/allocate.md.
"""


@app.command(name="allocate", epilog=_EPILOG)
def show_allocation(
    file: Annotated[
        Path | None, typer.Argument(help="JSON with payment, order and debts; - reads it from standard input.")
    ] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Whose law; the file's own, else china.")] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="Day of payment; goes before the file's.", metavar=DATE)
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Print an example file and stop.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the file and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Lay a payment on debts and their parts by law, policy or agreement, and say line by line why."""
    if example or schema:
        name = "law_allocate.example.json" if example else "law_allocate.schema.json"
        typer.echo((_HERE / name).read_text(encoding="utf-8").rstrip())
        return
    if file is None:
        raise typer.BadParameter("No file was given: name one, - for standard input, or see --example.")
    with answering(as_json):
        text = sys.stdin.read() if str(file) == "-" else None
        asked = read_question(read_json(file, text), jurisdiction=jurisdiction, on=date_or_none(on))
        found = allocate(
            amount=asked.amount,
            currency=asked.currency,
            debts=asked.debts,
            order=asked.order,
            chosen=asked.chosen,
            barred=asked.barred,
            on=asked.on,
        )
        if as_json:
            echo(_answer(asked, found))
            return
        _print(asked, found)


def _answer(asked: Question, found: Allocated) -> dict[str, Any]:
    order = asked.order
    kinds = {debt.id: list(debt.kinds) for debt in asked.debts if debt.kinds not in (None, order.kinds)}
    return {
        "payment": {
            "amount": money_text(asked.amount, asked.currency),
            "currency": asked.currency,
            "date": None if asked.on == NO_DATE else asked.on,
            "directed_to": list(asked.chosen),
        },
        "jurisdiction": asked.jurisdiction,
        "order": {
            "kinds": list(order.kinds),
            "sequence": order.sequence,
            "between": order.between,
            "criteria": list(criteria_of(order)) if order.between == "LAW" else [],
            "agreed_first": list(order.agreed_first),
            "is_between_agreed": order.is_between_agreed,
            "future": order.future,
            "basis": order.basis,
            "kinds_by_debt": kinds,
        },
        "lines": [_line(line, asked) for line in found.lines],
        "debts": _debts(asked, found),
        "by_kind": _by_kind(((line.kind, line.paid) for line in found.lines), asked.currency),
        "applied": money_text(found.applied, asked.currency),
        "unapplied": money_text(found.unapplied, asked.currency),
        "reasons": reasons_json((*asked.reasons, *found.reasons)),
    }


def _line(line: Line, asked: Question) -> dict[str, Any]:
    article = line.article
    return {
        "debt": line.debt,
        "part": line.part,
        "kind": line.kind,
        "due_date": None if (line.debt, line.part) in asked.undated else line.due_date,
        "before": money_text(line.before, asked.currency),
        "paid": money_text(line.paid, asked.currency),
        "after": money_text(line.after, asked.currency),
        "reason": line.reason,
        "article": article_json(article) if article else None,
        "confidence": article.confidence if article else Confidence.UNVERIFIED,
        "why": reasons_json(line.reasons),
    }


def _debts(asked: Question, found: Allocated) -> list[dict[str, Any]]:
    rows = []
    paid_by_debt: dict[str, list[tuple[PartKind, Decimal]]] = {}
    for line in found.lines:
        paid_by_debt.setdefault(line.debt, []).append((line.kind, line.paid))
    for debt in applied(debts=asked.debts, lines=found.lines):
        paid = paid_by_debt.get(debt.id, [])
        left = [(part.kind, part.amount) for part in debt.parts]
        rows.append(
            {
                "id": debt.id,
                "paid": _by_kind(paid, asked.currency),
                "open": _by_kind(left, asked.currency),
                "paid_total": money_text(sum((one for _, one in paid), ZERO), asked.currency),
                "open_total": money_text(sum((one for _, one in left), ZERO), asked.currency),
                "is_barred": debt.id in asked.barred,
            }
        )
    return rows


def _by_kind(amounts: Iterable[tuple[PartKind, Decimal]], currency: str) -> dict[str, str]:
    """Add up by kind: the four always, UNSPLIT where there is any."""
    sums = dict.fromkeys(KINDS, ZERO)
    for kind, amount in amounts:
        sums[kind] = sums.get(kind, ZERO) + amount
    return {kind.value: money_text(amount, currency) for kind, amount in sums.items()}


def _print(asked: Question, found: Allocated) -> None:
    console = Console()
    table = Table("debt", "part", "due", "before", "paid", "after", "why")
    for column in ("before", "paid", "after"):
        next(one for one in table.columns if one.header == column).justify = "right"
    told: dict[str, int] = {}  # reasons are long and alike: a number in the table, the words below it
    for line in found.lines:
        whys = [_why(one) for one in line.reasons]
        table.add_row(
            line.debt,
            line.kind.lower(),
            str(line.due_date) if line.due_date and (line.debt, line.part) not in asked.undated else "",
            *(money_text(one, asked.currency) for one in (line.before, line.paid, line.after)),
            " ".join(str(told.setdefault(one, len(told) + 1)) for one in whys),
        )
    console.print(table)
    for words, number in told.items():
        console.print(f"{number}  {words}")
    went = money_text(found.applied, asked.currency)
    console.print(f"{asked.currency} {went} applied, {money_text(found.unapplied, asked.currency)} unapplied")
    console.print(reasons_table((*asked.reasons, *found.reasons)))


def _why(reason: Reason) -> str:
    article = reason.article
    if article is None:
        return reason_words(reason)
    return f"{reason_words(reason)} ({article.instrument} {article.article}, {CONFIDENCE[article.confidence]})"
