"""`qingshou law breathing-space`: the dates of a moratorium, how it ends, and what a creditor may do in it."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands.law_answers import DATE, AsJson, answering, date_or_none, echo
from qingshou.interfaces.commands.law_words import article_json, verdict_json
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.law.uk.breathing_space import rules as law

app = typer.Typer()
Day = Annotated[str | None, typer.Option(metavar=DATE)]


@app.command(name="breathing-space")
def breathing_space(
    entered: Annotated[str, typer.Option(help="Day of the register entry.", metavar=DATE)],
    crisis: Annotated[bool, typer.Option("--crisis", help="A mental health crisis moratorium.")] = False,
    died: Annotated[str | None, typer.Option(help="Day the debtor died.", metavar=DATE)] = None,
    cancelled: Annotated[str | None, typer.Option(help="Day its cancellation was entered.", metavar=DATE)] = None,
    treatment_ended: Annotated[str | None, typer.Option(help="Crisis: treatment stopped.", metavar=DATE)] = None,
    asked: Annotated[str | None, typer.Option(help="Crisis: asked, and no answer came.", metavar=DATE)] = None,
    debt_added: Annotated[str | None, typer.Option(help="Notice of a debt added later.", metavar=DATE)] = None,
    limitation: Annotated[str | None, typer.Option(help="Last day to sue or enforce otherwise.", metavar=DATE)] = None,
    act: Annotated[str | None, typer.Option(help="What a creditor wants to do: DEMAND_PAYMENT, ...")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Day of the act.", metavar=DATE)] = None,
    court_permission: Annotated[bool, typer.Option("--court-permission", help="A court permitted the act.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give the dates of a breathing space moratorium in England and Wales, how it ends, and what may be done in it."""
    with answering(as_json):
        entry = parse_date(entered)
        found: dict[str, Any] = asdict(
            law.crisis_dates(entered_date=entry) if crisis else law.dates(entered_date=entry)
        )
        end = law.end_of(
            kind=law.Kind.MENTAL_HEALTH_CRISIS if crisis else law.Kind.BREATHING_SPACE,
            entered_date=entry,
            death_date=date_or_none(died),
            cancellation_entered_date=date_or_none(cancelled),
            treatment_ended_date=date_or_none(treatment_ended),
            unanswered_request_date=date_or_none(asked),
        )
        if crisis or died or cancelled:
            found["end"] = _end(end)
        if limitation is not None:
            found["limitation_date"] = _limit(parse_date(limitation), found["start_date"], end)
        if debt_added is not None:
            found["debt_added"] = asdict(law.additional_debt_dates(effect_date=parse_date(debt_added)))
        if act is not None:
            found["act"] = _act(
                act, parse_date(on) if on else found["start_date"], found["start_date"], end, court_permission
            )
        if as_json:
            echo(found)
            return
        _print(found)


def _end(end: law.Ending | None) -> dict[str, Any] | None:
    if end is None:
        return None
    article = end.reason.article
    return {
        "end_date": end.end_date,
        "by": end.reason.code,
        "limitation_extended_to_date": end.limitation_extended_to_date,
        "next_application_after_date": end.next_application_after_date,
        "article": article_json(article) if article else None,
    }


def _limit(expires: date, start: date, end: law.Ending | None) -> date:
    if end is None:
        raise BadInput("Nothing says yet when this moratorium ends: give the day treatment stopped, or how it ended.")
    return law.limit_of(expires_date=expires, start_date=start, end_date=end.end_date)


def _act(act: str, on: date, start: date, end: law.Ending | None, has_court_permission: bool) -> dict[str, Any]:
    """Judge an act on a day; outside the moratorium its text says nothing to it."""
    verdict = law.may_do(act=act, on=on, has_court_permission=has_court_permission)
    is_in_force = start <= on and (end is None or on <= end.end_date)
    return {"act": act, "on": on, "is_in_force": is_in_force,
            "answer": verdict.value if is_in_force else "NO_MORATORIUM", **verdict_json(verdict)}  # fmt: skip


def _print(found: dict[str, Any]) -> None:
    table = Table("date", "day")
    for name, value in found.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for more, one in inner:
            if isinstance(one, date | str | bool):
                words = f"{name} {more}".removesuffix("_date").replace("_", " ").strip().removesuffix(" date")
                table.add_row(words, str(one))
    Console().print(table)
