"""`qingshou law limitation` and `card-plan`: what an event does to limitation, how long a plan for a card may run."""

from typing import Annotated

import typer
from rich.console import Console

from qingshou.interfaces.commands.law_allocate_names import PLACES, bare
from qingshou.interfaces.commands.law_answers import DATE, AsJson, OnDate, answering, date_or_none, echo
from qingshou.interfaces.commands.law_words import reasons_json, reasons_table, verdict_json
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.law.china.card_2011 import rules as card
from qingshou.law.limitation.door import effect_of
from qingshou.law.limitation.terms import Event

app = typer.Typer()


@app.command()
def limitation(
    event: Annotated[str, typer.Option(help=f"{', '.join(Event)}.")],
    due: Annotated[str, typer.Option(help="Due date; of instalments the last one's.", metavar=DATE)],
    on: OnDate,
    restarted: Annotated[str | None, typer.Option(help="Latest earlier event that restarted it.", metavar=DATE)] = None,
    jurisdiction: Annotated[str, typer.Option(help="china, uk or us.")] = "china",
    region: Annotated[str, typer.Option(help="uk: ENGLAND or SCOTLAND.")] = "",
    no_agreement: Annotated[bool, typer.Option("--no-agreement", help="Signed, not to agree (China).")] = False,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Not in signed writing (uk).")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what an event does to limitation: whether it starts again, and the last day before and after."""
    with answering(as_json):
        name = event.strip().upper().replace("-", "_")
        if name not in set(Event):
            raise BadInput(f"'{event[:40]}' is not an event of limitation: use one of {', '.join(Event)}.")
        found = effect_of(
            event=Event(name),
            on=parse_date(on),
            due_date=parse_date(due),
            jurisdiction=PLACES.get(bare(jurisdiction), jurisdiction.strip().lower()),
            region=region.strip().upper(),
            restarted_date=date_or_none(restarted),
            shows_agreement=not no_agreement,
            is_signed_writing=not unsigned,
        )
        if as_json:
            echo(
                {
                    "event": name,
                    "on": on,
                    "effect": found.effect,
                    "is_restarted": found.is_restarted,
                    "was_expired": found.was_expired,
                    "old_last_date": found.old_last_date,
                    "new_last_date": found.new_last_date,
                    "reasons": reasons_json(found.reasons),
                }
            )
            return
        Console().print(f"[bold]{found.effect}[/bold] last day {found.old_last_date or 'not known'}", highlight=False)
        Console().print(f"from now {found.new_last_date or 'none'}", reasons_table(found.reasons), highlight=False)


@app.command(name="card-plan")
def card_plan(
    months: Annotated[int, typer.Option(help="From the agreement to the last payment.")],
    on: OnDate,
    can_pay: Annotated[bool, typer.Option("--can-pay", help="The holder can pay the balance.")] = False,
    unwilling: Annotated[bool, typer.Option("--unwilling", help="The holder is not willing to pay.")] = False,
    states: Annotated[str, typer.Option(help="What the agreement states.")] = ",".join(card.PLAN_STATES),
    as_json: AsJson = False,
) -> None:
    """Judge a personal instalment plan for a card balance in China: at most five years, and what it must state."""
    with answering(as_json):
        verdict = card.plan_term(
            months=months,
            exceeds_ability=not can_pay,
            is_holder_willing=not unwilling,
            states=frozenset(one.strip().upper() for one in states.split(",") if one.strip()),
            on=parse_date(on),
        )
        if as_json:
            echo({"months": months, "on": on, "answer": verdict.value, **verdict_json(verdict)})
            return
        Console().print(f"[bold]{verdict.value}[/bold]", reasons_table(verdict.reasons))
