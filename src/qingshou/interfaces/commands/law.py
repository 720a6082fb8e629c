"""`qingshou law`: ask the law as of a date."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands.law_words import (
    CLASSES,
    CONFIDENCE,
    plain,
    problem_json,
    reasons_json,
    reasons_table,
    verdict_json,
)
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput, QingshouError
from qingshou.kernel.money import parse_amount
from qingshou.law import classification
from qingshou.law.china.civil_code import rules as civil_code
from qingshou.law.china.holidays import rules as holidays
from qingshou.law.china.lpr import rules as lpr_rules
from qingshou.law.china.penalty_interest import PenaltyTerms, penalty_interest
from qingshou.law.coverage import CoverageRow, coverage
from qingshou.law.coverage_page import as_markdown

app = typer.Typer(help="The law as of a date: classes, rates, deadlines, and what is covered.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
OnDate = Annotated[str, typer.Option("--on", help="The date asked for, YYYY-MM-DD.", metavar="DATE")]
Place = Annotated[str, typer.Option("--jurisdiction", help="china, taiwan, hongkong, india, eu or us.")]
DATE, AMOUNT = "DATE", "AMOUNT"


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
    as_json: AsJson = False,
) -> None:
    """Classify one loan by the text in force on a date, with every reason and article."""
    with answering(as_json):
        facts = classification.ClassificationFacts(
            overdue_days=overdue_days,
            oldest_due_date=_date(due),
            product=product,
            borrower_kind=borrower_kind,
            is_secured=secured,
            is_impaired=impaired,
            is_restructured=restructured or restructured_date is not None,
            restructured_date=_date(restructured_date),
            previous_class=_class(previous_class, jurisdiction),
            clean_since_date=_date(clean_since),
            own_non_performing_share=_amount(own_share),
            own_overdue_over_90_share=_amount(own_share) if jurisdiction == "eu" else None,
            all_banks_overdue_over_90_share=_amount(all_banks_share),
            arrears=_amount(arrears),
            exposure=_amount(exposure),
        )
        day = parse_date(on)
        verdict = classification.classify(jurisdiction=jurisdiction, facts=facts, on=day)
        sure = classification.deciding_confidence(verdict)
        is_bad = verdict.value in classification.non_performing_classes(jurisdiction)
        if as_json:
            answer = {"jurisdiction": jurisdiction, "on": on, "class": verdict.value, "is_non_performing": is_bad}
            _echo({**answer, "confidence": sure.value, **verdict_json(verdict)})
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
            _echo([one._asdict() for one in rungs])
            return
        table = Table("from day", "class", "text", "article", "how sure")
        for one in rungs:
            article = one.article
            sure = CONFIDENCE[article.confidence]
            table.add_row(str(one.min_overdue_days), one.class_code, article.instrument, article.article, sure)
        Console().print(table)


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
            _echo([asdict(row) for row in rows])
        elif markdown:
            typer.echo(as_markdown(rows), nl=False)
        else:
            Console().print(_rows_table(rows) if values else _texts_table(rows))


@app.command(name="penalty-interest")
def show_penalty_interest(
    principal: Annotated[str, typer.Option(metavar=AMOUNT)],
    contract_rate: Annotated[str, typer.Option(help="Yearly, as a fraction: 0.0612.")],
    contract_date: Annotated[str, typer.Option(metavar=DATE)],
    from_date: Annotated[str, typer.Option("--from", help="First day overdue.", metavar=DATE)],
    until_date: Annotated[str, typer.Option("--until", help="Day of payment, not counted.", metavar=DATE)],
    uplift: Annotated[str, typer.Option(help="On the contract rate, as a fraction.")] = "0.50",
    interest: Annotated[str, typer.Option(help="Unpaid in-term interest.", metavar=AMOUNT)] = "0",
    maturity_date: Annotated[str | None, typer.Option(metavar=DATE)] = None,
    filed_date: Annotated[str | None, typer.Option(help="For private loans before 2020-08-20.", metavar=DATE)] = None,
    lender_kind: Annotated[str, typer.Option(help="BANK, PRIVATE or a local financial body.")] = "BANK",
    misuse: Annotated[bool, typer.Option("--misuse", help="The money was used for something else.")] = False,
    aided: Annotated[bool, typer.Option("--aided", help="Online loan made with an aiding platform.")] = False,
    compound_penalty: Annotated[bool, typer.Option("--compound-penalty", help="Also on penalty interest.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute penalty interest as China has it, under the cap of the lender and the contract's date."""
    with answering(as_json):
        terms = PenaltyTerms(
            contract_rate=parse_amount(contract_rate),
            uplift=parse_amount(uplift),
            contract_date=parse_date(contract_date),
            kind="MISUSE" if misuse else "OVERDUE",
            lender_kind=lender_kind,
            is_aided=aided,
            filed_date=_date(filed_date),
            maturity_date=_date(maturity_date),
            compounds_penalty=compound_penalty,
        )
        result = penalty_interest(
            principal=parse_amount(principal),
            in_term_interest=parse_amount(interest),
            terms=terms,
            from_date=parse_date(from_date),
            until_date=parse_date(until_date),
        )
        if as_json:
            figures = {key: value for key, value in asdict(result).items() if key != "reasons"}
            _echo({**figures, "reasons": reasons_json(result.reasons)})
            return
        table = Table("", "CNY", show_header=True)
        for name in ("on_principal", "on_interest", "total", "cap_amount", "cut", "payable"):
            amount = getattr(result, name)
            table.add_row(name.replace("_", " "), "no cap" if amount is None else f"{amount:,.2f}")
        Console().print(f"[bold]{result.rate:%}[/bold] a year for {result.days} days", table)
        Console().print(reasons_table(result.reasons))


@app.command()
def deadline(
    from_date: Annotated[str, typer.Option("--from", help="Day of the event, not counted.", metavar=DATE)],
    days: Annotated[int, typer.Option()] = 0,
    months: Annotated[int, typer.Option()] = 0,
    years: Annotated[int, typer.Option()] = 0,
    no_roll: Annotated[bool, typer.Option("--no-roll", help="Contract or another law does not move it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the last day of a period in China: holidays and shifted workdays respected."""
    with answering(as_json):
        answer = civil_code.deadline(
            from_date=parse_date(from_date), days=days, months=months, years=years, is_rolled_over_holidays=not no_roll
        )
        if as_json:
            dates = {"last_date": answer.last_date, "counted_date": answer.counted_date, "is_rolled": answer.is_rolled}
            _echo({**dates, "reasons": reasons_json(answer.reasons)})
            return
        Console().print(f"[bold]{answer.last_date}[/bold]", reasons_table(answer.reasons))


@app.command()
def day(on: OnDate, as_json: AsJson = False) -> None:
    """Say whether a day is worked in China."""
    with answering(as_json):
        kind = holidays.day_kind(parse_date(on))
        if as_json:
            is_worked = holidays.is_workday(parse_date(on))
            _echo({"on": on, "kind": kind.value, "is_workday": is_worked, **verdict_json(kind)})
            return
        Console().print(f"[bold]{kind.value}[/bold]", reasons_table(kind.reasons))


@app.command()
def lpr(
    on: Annotated[str | None, typer.Option("--on", help="One date; all changes when left out.", metavar=DATE)] = None,
    over_five_years: Annotated[bool, typer.Option("--over-five-years")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the loan prime rate, on a date or as it changed."""
    with answering(as_json):
        term: lpr_rules.Term = "over_five_years" if over_five_years else "one_year"
        asked = _date(on)
        steps = [(asked, lpr_rules.lpr_on(asked, term=term))] if asked else lpr_rules.steps(term)
        if as_json:
            rows = [
                {"date": from_day, "rate": taken.number, "confidence": taken.article.confidence}
                for from_day, taken in steps
            ]
            _echo({"term": term, "rates": rows})
            return
        table = Table("on" if asked else "from", "rate", "how sure")
        for from_day, taken in steps:
            table.add_row(str(from_day), f"{taken.number:.2%}", CONFIDENCE[taken.article.confidence])
        Console().print(table)


@contextmanager
def answering(as_json: bool) -> Iterator[None]:
    """Turn a refusal into its exit code, with a problem object for machines."""
    try:
        yield
    except QingshouError as error:
        if as_json:
            _echo(problem_json(error))
        else:
            Console(stderr=True).print(f"{error.code}: {error.message}", style="red", highlight=False, markup=False)
        raise typer.Exit(error.exit_code) from error


def _echo(answer: object) -> None:
    typer.echo(json.dumps(plain(answer), ensure_ascii=False))


def _date(text: str | None) -> date | None:
    return parse_date(text) if text is not None else None


def _amount(text: str | None) -> Decimal | None:
    return parse_amount(text) if text is not None else None


def _class(code: str | None, jurisdiction: str) -> str | None:
    known = classification.ordered_classes(jurisdiction)
    if code is not None and code not in known:
        raise BadInput(f"'{code[:20]}' is not a class of {jurisdiction}: use one of {', '.join(known)}.")
    return code


def _texts_table(rows: tuple[CoverageRow, ...]) -> Table:
    table = Table("text", "since", "until", "rules", "values", "read / second-hand / unverified")
    for column in table.columns[:3]:
        column.no_wrap = True
    for instrument in dict.fromkeys(row.instrument for row in rows):
        own = [row for row in rows if row.instrument == instrument]
        rules = [row for row in own if row.kind == "RULE"]
        counts = [len(rules), len(own) - len(rules), *(sum(row.confidence == one for row in own) for one in CONFIDENCE)]
        since, until = str(min(row.from_date for row in own)), str(rules[0].until_date or "")
        sure = f"{counts[2]} / {counts[3]} / " + (f"[bold red]{counts[4]}[/bold red]" if counts[4] else "0")
        table.add_row(instrument, since, until, str(counts[0]), str(counts[1]), sure)
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
