"""`qingshou law`, its reckonings: penalty interest, rates, deadlines, working days, garnishment."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands.law_answers import (
    AMOUNT,
    DATE,
    AsJson,
    OnDate,
    answering,
    date_or_none,
    echo,
)
from qingshou.interfaces.commands.law_words import (
    CONFIDENCE,
    reasons_json,
    reasons_table,
    verdict_json,
)
from qingshou.kernel.days import parse_date
from qingshou.kernel.money import parse_amount
from qingshou.law.china.civil_code import rules as civil_code
from qingshou.law.china.holidays import rules as holidays
from qingshou.law.china.lpr import rules as lpr_rules
from qingshou.law.china.penalty_interest import PenaltyTerms, penalty_interest
from qingshou.law.us.garnishment import rules as us_garnishment

app = typer.Typer()


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
            filed_date=date_or_none(filed_date),
            maturity_date=date_or_none(maturity_date),
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
            echo({**figures, "reasons": reasons_json(result.reasons)})
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
            echo({**dates, "reasons": reasons_json(answer.reasons)})
            return
        Console().print(f"[bold]{answer.last_date}[/bold]", reasons_table(answer.reasons))


@app.command()
def day(on: OnDate, as_json: AsJson = False) -> None:
    """Say whether a day is worked in China."""
    with answering(as_json):
        kind = holidays.day_kind(parse_date(on))
        if as_json:
            is_worked = holidays.is_workday(parse_date(on))
            echo({"on": on, "kind": kind.value, "is_workday": is_worked, **verdict_json(kind)})
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
        asked = date_or_none(on)
        steps = [(asked, lpr_rules.lpr_on(asked, term=term))] if asked else lpr_rules.steps(term)
        if as_json:
            rows = [
                {"date": from_day, "rate": taken.number, "confidence": taken.article.confidence}
                for from_day, taken in steps
            ]
            echo({"term": term, "rates": rows})
            return
        table = Table("on" if asked else "from", "rate", "how sure")
        for from_day, taken in steps:
            table.add_row(str(from_day), f"{taken.number:.2%}", CONFIDENCE[taken.article.confidence])
        Console().print(table)


@app.command()
def garnishment(
    disposable: Annotated[str, typer.Option(help="Disposable earnings of the week, USD.", metavar=AMOUNT)],
    on: OnDate,
    as_json: AsJson = False,
) -> None:
    """Give the most that an ordinary garnishment may take of a week's wages in the United States."""
    with answering(as_json):
        most = us_garnishment.weekly_max(disposable=parse_amount(disposable), on=parse_date(on))
        if as_json:
            echo({"disposable": disposable, "on": on, "weekly_max": most})
            return
        Console().print(f"[bold]USD {most:,.2f}[/bold] of USD {disposable}")
