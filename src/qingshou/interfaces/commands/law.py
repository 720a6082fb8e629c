"""`qingshou law`: ask the law as of a date."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands import law_allocate, law_contact, law_moratorium, law_reckoning, law_terms
from qingshou.interfaces.commands.law_answers import (
    AMOUNT,
    DATE,
    AsJson,
    OnDate,
    Place,
    amount_or_none,
    answering,
    date_or_none,
    echo,
)
from qingshou.interfaces.commands.law_facts import read_facts
from qingshou.interfaces.commands.law_words import CLASSES, CONFIDENCE, reasons_table, verdict_json
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.law import classification
from qingshou.law.coverage import CoverageRow, coverage
from qingshou.law.coverage_page import as_markdown

app = typer.Typer(help="The law as of a date: classes, rates, deadlines, and what is covered.", no_args_is_help=True)
app.add_typer(law_reckoning.app)
app.add_typer(law_moratorium.app)
app.add_typer(law_terms.app)
app.add_typer(law_allocate.app)
app.add_typer(law_contact.app, name="contact")


@app.command()
def classify(
    jurisdiction: Place,
    on: OnDate,
    overdue_days: Annotated[int | None, typer.Option(help="As the place counts them; or give --due.")] = None,
    due: Annotated[str | None, typer.Option(help="Oldest unpaid due date.", metavar=DATE)] = None,
    product: Annotated[str, typer.Option(help="CARD, CONSUMER, MORTGAGE, VEHICLE, MICRO, BUSINESS, OTHER.")] = "OTHER",
    borrower_kind: Annotated[str, typer.Option(help="RETAIL, SMALL_BUSINESS or CORPORATE.")] = "RETAIL",
    secured: Annotated[bool, typer.Option("--secured", help="Fully secured (Taiwan's ladder differs).")] = False,
    impaired: Annotated[bool, typer.Option("--impaired", help="Credit-impaired by your own judgement.")] = False,
    restructured: Annotated[bool, typer.Option("--restructured", help="A restructured loan.")] = False,
    restructured_date: Annotated[str | None, typer.Option(help="First agreed repayment date.", metavar=DATE)] = None,
    previous_class: Annotated[str | None, typer.Option(help="Class at the last classification.")] = None,
    clean_since: Annotated[str | None, typer.Option(help="Day the arrears were cleared.", metavar=DATE)] = None,
    own_share: Annotated[str | None, typer.Option(help="Non-performing share of the debtor's claims here.")] = None,
    all_banks_share: Annotated[str | None, typer.Option(help="Share over 90 days overdue at all banks.")] = None,
    arrears: Annotated[str | None, typer.Option(help="Sum past due (EU materiality).", metavar=AMOUNT)] = None,
    exposure: Annotated[str | None, typer.Option(help="On-balance exposure (EU materiality).", metavar=AMOUNT)] = None,
    fact: Annotated[list[str] | None, typer.Option(help="Any other fact, as name=value.")] = None,
    as_json: AsJson = False,
) -> None:
    """Classify one loan by the text in force on a date, with every reason and article."""
    with answering(as_json):
        named: dict[str, Any] = {
            "overdue_days": overdue_days,
            "oldest_due_date": date_or_none(due),
            "product": product,
            "borrower_kind": borrower_kind,
            "is_secured": secured,
            "is_impaired": impaired,
            "is_restructured": restructured or restructured_date is not None,
            "restructured_date": date_or_none(restructured_date),
            "previous_class": previous_class,
            "clean_since_date": date_or_none(clean_since),
            "own_non_performing_share": amount_or_none(own_share),
            "own_overdue_over_90_share": amount_or_none(own_share) if jurisdiction == "eu" else None,
            "all_banks_overdue_over_90_share": amount_or_none(all_banks_share),
            "arrears": amount_or_none(arrears),
            "exposure": amount_or_none(exposure),
        }
        named |= read_facts(fact or [])
        _check_class(named["previous_class"], jurisdiction)
        facts = classification.ClassificationFacts(**named)
        day = parse_date(on)
        verdict = classification.classify(jurisdiction=jurisdiction, facts=facts, on=day)
        sure = classification.deciding_confidence(verdict)
        is_bad = verdict.value in classification.non_performing_classes(jurisdiction)
        if as_json:
            answer = {"jurisdiction": jurisdiction, "on": on, "class": verdict.value, "is_non_performing": is_bad}
            echo({**answer, "confidence": sure.value, **verdict_json(verdict)})
            return
        console = Console()
        tail = "non-performing" if is_bad else "performing"
        console.print(f"[bold]{verdict.value}[/bold] ({CLASSES[verdict.value]}), {tail}: {CONFIDENCE[sure]}")
        console.print(reasons_table(verdict.reasons))


@app.command()
def ladder(
    jurisdiction: Place,
    on: OnDate,
    product: Annotated[str, typer.Option()] = "OTHER",
    secured: Annotated[bool, typer.Option("--secured")] = False,
    as_json: AsJson = False,
) -> None:
    """Show from which overdue day each class begins."""
    with answering(as_json):
        rungs = classification.ladder(jurisdiction=jurisdiction, product=product, is_secured=secured, on=parse_date(on))
        if as_json:
            echo([one._asdict() for one in rungs])
            return
        table = Table("from day", "class", "text", "article", "how sure")
        for one in rungs:
            article = one.article
            sure = CONFIDENCE[article.confidence]
            table.add_row(str(one.min_overdue_days), one.class_code, article.instrument, article.article, sure)
        Console().print(table)


@app.command()
def provisions(jurisdiction: Place, on: OnDate, as_json: AsJson = False) -> None:
    """Show the least provision of each class, as a share of the balance."""
    with answering(as_json):
        rates = classification.provision_rates(jurisdiction=jurisdiction, on=parse_date(on))
        if as_json:
            echo({"jurisdiction": jurisdiction, "on": on, "rates": rates})
            return
        table = Table("class", "least provision")
        for class_code, rate in rates.items():
            table.add_row(f"{class_code} ({CLASSES[class_code]})", f"{rate:.1%}")
        Console().print(table if rates else f"No provision table is entered for {jurisdiction}.")


@app.command()
def stage(
    overdue_days: Annotated[int, typer.Option(min=0)],
    on: OnDate,
    impaired: Annotated[bool, typer.Option("--impaired", help="Credit-impaired by your own judgement.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give the IFRS 9 stage that the days presume."""
    with answering(as_json):
        verdict = classification.ifrs9_stage(overdue_days=overdue_days, is_impaired=impaired, on=parse_date(on))
        sure = classification.deciding_confidence(verdict)
        if as_json:
            echo({"stage": int(verdict.value), "on": on, "confidence": sure.value, **verdict_json(verdict)})
            return
        Console().print(f"[bold]stage {verdict.value}[/bold]: {CONFIDENCE[sure]}", reasons_table(verdict.reasons))


@app.command(name="coverage")
def show_coverage(
    jurisdiction: Annotated[str | None, typer.Option(help="One jurisdiction only.")] = None,
    values: Annotated[bool, typer.Option("--values", help="Every rule and value, not only the texts.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The page docs/reference/law-coverage.md.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is covered, since when, and how sure we are."""
    with answering(as_json):
        rows = coverage(jurisdiction=jurisdiction)
        if not rows:
            raise BadInput(f"No text is entered for '{jurisdiction}': leave --jurisdiction out to see all.")
        if as_json:
            echo([asdict(row) for row in rows])
        elif markdown:
            typer.echo(as_markdown(rows), nl=False)
        else:
            Console().print(_rows_table(rows) if values else _texts_table(rows))


def _check_class(code: str | None, jurisdiction: str) -> None:
    known = classification.ordered_classes(jurisdiction)
    if code is not None and code not in known:
        raise BadInput(f"'{code[:20]}' is not a class of {jurisdiction}: use one of {', '.join(known)}.")


def _texts_table(rows: tuple[CoverageRow, ...]) -> Table:
    caption = "rules and values: read in the text, read second-hand (2nd), unverified (unv)"
    table = Table("text", "since", "until", "read", "2nd", "[bold red]unv[/bold red]", caption=caption)
    for column in table.columns:
        column.no_wrap = True
    for instrument in dict.fromkeys(row.instrument for row in rows):
        own = [row for row in rows if row.instrument == instrument]
        counts = [str(sum(row.confidence == one for row in own)) for one in CONFIDENCE]
        until = str(next(row.until_date for row in own if row.kind == "RULE") or "")
        table.add_row(instrument, str(min(row.from_date for row in own)), until, *counts)
    return table


def _rows_table(rows: tuple[CoverageRow, ...]) -> Table:
    table = Table("text", "rule or value", "article", "since", "until", "value", "how sure")
    for row in rows:
        value = f"{row.bound} {row.value} {row.unit}".strip()
        until = str(row.until_date or "")
        table.add_row(row.instrument, row.id, row.article, str(row.from_date), until, value, CONFIDENCE[row.confidence])
    return table


if __name__ == "__main__":
    app()
