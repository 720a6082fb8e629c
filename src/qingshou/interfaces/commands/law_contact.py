"""`qingshou law contact`: histories judged, hours open or closed, and the rules of a place."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.table import Table

from qingshou.interfaces.commands.json_files import json_of, json_text
from qingshou.interfaces.commands.law_answers import AsJson, OnDate, answering, echo
from qingshou.interfaces.commands.law_contact_layout import law_json, law_tables
from qingshou.interfaces.commands.law_contact_replay import Judged, judge, judged_json, judged_tables
from qingshou.interfaces.commands.law_words import CONFIDENCE, article_json, reasons_json, reasons_table
from qingshou.kernel.days import parse_date
from qingshou.kernel.errors import BadInput
from qingshou.law.contact.clock import closed_reasons, next_opening
from qingshou.law.contact.door import DRAFTS, contact_law, places, regions
from qingshou.law.contact.regions import region_code
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.contact.terms import Channel
from qingshou.law.us.reg_f.questions import QUESTIONS, answer
from qingshou.law.values import title_of

FILE_BYTES_MAX = 100 * 1024 * 1024
app = typer.Typer(help="When, how often and by whom a person may be contacted.", no_args_is_help=True)

Jurisdiction = Annotated[str, typer.Option("--jurisdiction", help="us, china, uk, india, ... (see `rules`).")]
Region = Annotated[str, typer.Option("--region", help="Part of the place, code or name: MA, São Paulo.")]
Kind = Annotated[str, typer.Option("--collector-kind", help="COLLECTOR, or CREDITOR collecting in its own name.")]
Draft = Annotated[list[str] | None, typer.Option("--draft", help="A draft to apply although it is no law yet.")]


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="JSON: a reg_f_cases/1 file, one case, a list of cases, or events.")],
    jurisdiction: Jurisdiction,
    region: Region = "",
    collector_kind: Kind = "COLLECTOR",
    as_json: AsJson = False,
) -> None:
    """Judge a list of contacts, one after the other; expected verdicts in the file are compared."""
    with answering(as_json):
        _check_region(jurisdiction, region)
        found = judge(_read(file), jurisdiction=jurisdiction, region=region, collector_kind=collector_kind)
        if as_json:
            echo(judged_json(found))
            return
        _print(judged_tables(found), found)


@app.command()
def hours(
    jurisdiction: Jurisdiction,
    at: Annotated[str, typer.Option("--at", help="Local moment 2026-11-23T21:59; with an offset, that very moment.")],
    zone: Annotated[str, typer.Option("--zone", help="The person's time zone: Asia/Shanghai.")],
    channel: Annotated[str, typer.Option("--channel", help="PHONE, SMS, EMAIL, ...")] = "PHONE",
    region: Region = "",
    collector_kind: Kind = "COLLECTOR",
    draft: Draft = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a person's local moment is open for contact, why not, and when it opens next."""
    with answering(as_json):
        _check_region(jurisdiction, region)
        local, way = _local(at, zone), _channel(channel)
        drafts = frozenset(draft or ())

        def law_on(day: date) -> ContactLaw:
            return contact_law(
                jurisdiction=jurisdiction, region=region, on=day, collector_kind=collector_kind, drafts=drafts
            )

        law = law_on(local.date())
        reasons = closed_reasons(law.hours, local.replace(tzinfo=None), way)
        opens = next_opening(law_on, local.replace(tzinfo=None), way) if reasons else None
        binding = [one.article for one in law.hours if way in one.channels]
        opens_local = opens.replace(tzinfo=local.tzinfo).isoformat(timespec="minutes") if opens else None
        if as_json:
            about: dict[str, Any] = {
                "jurisdiction": jurisdiction,
                "region": region,
                "at": local.isoformat(),
                "zone": zone,
            }
            about |= {"channel": way.value, "open": not reasons, "next_opening": opens_local}
            about |= {"reasons": reasons_json(reasons), "articles": [article_json(one) for one in binding]}
            echo({**about, "notes": [article_json(one) for one in law.notes]})
            return
        console = Console()
        console.print(
            "[bold green]open[/bold green]" if not reasons else "[bold red]closed[/bold red]", highlight=False
        )
        if reasons:
            console.print(f"opens {opens_local or 'not within a month'}", reasons_table(reasons), sep="\n")
        elif not binding:
            console.print("No clock hours are entered here; the lender's own policy gives them.")
        for article in (*(() if reasons else binding), *law.notes):
            console.print(f"{title_of(article.instrument)}, {article.article}: {CONFIDENCE[article.confidence]}")


@app.command()
def rules(
    jurisdiction: Jurisdiction,
    on: OnDate,
    region: Region = "",
    collector_kind: Kind = "COLLECTOR",
    draft: Draft = None,
    as_json: AsJson = False,
) -> None:
    """Show a place's hours, counters, rests and stops on a date, with article and how sure we are."""
    with answering(as_json):
        _check_region(jurisdiction, region)
        law = contact_law(
            jurisdiction=jurisdiction,
            region=region,
            on=parse_date(on),
            collector_kind=collector_kind,
            drafts=frozenset(draft or ()),
        )
        if as_json:
            about = {"jurisdiction": jurisdiction, "region": region, "on": on, "collector_kind": collector_kind}
            echo({**about, **law_json(law), "regions": regions(jurisdiction), "drafts": sorted(DRAFTS)})
            return
        console = Console()
        for table in law_tables(law):
            console.print(table)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help=f"One of {', '.join(QUESTIONS)}.")],
    fact: Annotated[list[str], typer.Option(help="A fact as name=value; lists with commas.")],
    as_json: AsJson = False,
) -> None:
    """Ask Regulation F beside the count of calls: validation, disputes, opt-outs, consent to texts, records."""
    with answering(as_json):
        facts = dict(_fact(one) for one in fact)
        found = answer({**facts, "ask": question}, question)
        if as_json:
            echo({"ask": question, "answer": found.found, "reasons": reasons_json(found.reasons)})
            return
        shown = found.found if isinstance(found.found, str) else "\n".join(f"{k}: {v}" for k, v in found.found.items())
        Console().print(shown, *([reasons_table(found.reasons)] if found.reasons else []), sep="\n", highlight=False)


@app.command(name="places")
def show_places(as_json: AsJson = False) -> None:
    """List the places with contact rules, and their parts with texts of their own."""
    with answering(as_json):
        if as_json:
            echo([{"jurisdiction": place, "regions": regions(place)} for place in places()])
            return
        table = Table("place", "parts with texts of their own")
        for place in places():
            table.add_row(place, ", ".join(regions(place)))
        Console().print(table)


def _read(file: Path) -> Any:
    text = json_text(file, bytes_max=FILE_BYTES_MAX)
    return json_of(text, name=file.name, wanted="cases, or a list of events")


def _fact(written: str) -> tuple[str, object]:
    name, sign, text = written.partition("=")
    if not sign or not name:
        raise BadInput(f"'{written[:40]}' is no fact: write name=value, for example sent=2022-04-04.")
    if text in {"true", "false"}:
        return name, text == "true"
    if text.isascii() and text.isdigit() and len(text) < 7:
        return name, int(text)
    return name, text.split(",") if "," in text else text


def _check_region(jurisdiction: str, region: str) -> None:
    if region_code(jurisdiction, region) is None:
        named = ", ".join(regions(jurisdiction))
        raise BadInput(f"'{region[:30]}' is no part of {jurisdiction}: use its code or name ({named} have own texts).")


def _local(at: str, zone: str) -> datetime:
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise BadInput(f"'{zone[:40]}' is no time zone: write its name, for example Asia/Shanghai.") from None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise BadInput(f"'{at[:40]}' is no moment: write 2026-11-23T21:59.") from None
    return moment.astimezone(there) if moment.tzinfo else moment.replace(tzinfo=there)


def _channel(written: str) -> Channel:
    try:
        return Channel(written.upper())
    except ValueError:
        raise BadInput(f"'{written[:20]}' is no channel: use one of {', '.join(Channel)}.") from None


def _print(tables: Iterable[Table], found: Judged) -> None:
    console = Console()
    for table in tables:
        console.print(table)
    counts: Mapping[str, int] = found.counts
    console.print(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()), highlight=False)
