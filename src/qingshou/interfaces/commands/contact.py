"""`qingshou contact`: send what is due, gather letters for the post, read the mail."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from qingshou.interfaces.commands import contact_campaign
from qingshou.interfaces.commands.day import _lender

app = typer.Typer(help="Contact: the outbox, letters for the post, incoming mail.", no_args_is_help=True)
app.add_typer(contact_campaign.app, name="campaign")

Lender = Annotated[str, typer.Option("--tenant", help="Code of the lender; not needed where there is only one.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the command line is an edge: it knows the time


@app.command("send")
def send(
    tenant: Lender = "",
    most: Annotated[int | None, typer.Option(help="At most so many messages.", min=1)] = None,
    seconds: Annotated[int | None, typer.Option(help="Begin nothing new after so long.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Send what is due now, as the worker does every minute; and ask about what has no answer yet.

    Any number of these may run at once: no message leaves twice.
    """
    lender = _lender(tenant)
    from django.conf import settings

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.providers import Chosen
    from qingshou.features.contact.operations.sending import send_due
    from qingshou.features.contact.queries.messages import count_due
    from qingshou.tenancy.context import using

    until = _now() + timedelta(seconds=seconds) if seconds else None
    with using(lender.id):
        due = min(count_due(now=_now()), most or 10**9)
        with _bar("sending", due, shown=not as_json) as progress:
            tally = send_due(
                providers=Chosen(settings.QINGSHOU_CHANNELS[lender.code]), actor=SYSTEM, clock=_now, most=most,
                until=until, progress=progress,
            )  # fmt: skip
        left = count_due(now=_now())
    _tell({"lender": lender.code, **tally.counts, "left": left}, as_json)


@app.command("letters")
def letters(
    out: Annotated[Path | None, typer.Argument(help="Where to write the PDF; left out: it is only kept.")] = None,
    tenant: Lender = "",
    registered: Annotated[
        bool, typer.Option("--registered", help="Registered post, numbers from the settings.")
    ] = False,
    most: Annotated[int, typer.Option(help="At most so many letters.", min=1, max=500)] = 500,
    posted: Annotated[str, typer.Option(help="Mark this batch (its number) posted instead of making one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Gather the letters that wait into one PDF with address pages, or mark a batch posted.

    Exit code 75 when no letter waits, or the batch was posted already.
    """
    lender = _lender(tenant)
    from django.conf import settings

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.channels.chosen import printer_of
    from qingshou.features.contact.letter_files import LetterFiles
    from qingshou.features.contact.operations import letters as operations
    from qingshou.features.contact.queries.messages import get_batch_id
    from qingshou.tenancy.context import using

    files = LetterFiles(settings.QINGSHOU_HOME, lender.code)
    with using(lender.id):
        if posted:
            done = operations.mark_posted(batch_id=get_batch_id(number=posted), actor=SYSTEM, now=_now())
            _tell({"lender": lender.code, "posted": done.posted, "taken_out": list(done.taken_out)}, as_json)
            return
        printer = printer_of(settings.QINGSHOU_CHANNELS[lender.code], lender_name=lender.name)
        with _bar("printing", None, shown=not as_json):
            batch = operations.make_letter_batch(
                printer=printer, files=files, actor=SYSTEM, now=_now(), is_registered=registered, most=most
            )
        if out is not None:
            out.write_bytes(operations.open_batch(batch_id=UUID(str(batch.id)), files=files, actor=SYSTEM, now=_now()))
    _tell({"lender": lender.code, "batch": batch.number, "letters": batch.letters_count, "pages": batch.pages_count,
           "sha256": batch.document_hash, "file": str(out) if out else ""}, as_json)  # fmt: skip


@app.command("mail")
def mail(
    tenant: Lender = "",
    seconds: Annotated[float, typer.Option(help="Go on listening for so long.", min=0)] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Take in what waits in the mail box and on the SMS line: replies, bounces, delivery reports.

    Exit code 69 when one could not be reached; what the others held is taken in all the same.
    """
    lender = _lender(tenant)
    from django.conf import settings

    from qingshou.features.contact.operations.listening import listen
    from qingshou.tenancy.context import using

    with using(lender.id), _bar("listening", None, shown=not as_json):
        counts = listen(choices=settings.QINGSHOU_CHANNELS[lender.code], now=_now(), seconds=seconds)
    _tell({"lender": lender.code, **counts}, as_json)
    if -1 in counts.values():
        raise typer.Exit(69)


@contextmanager
def _bar(what: str, total: int | None, *, shown: bool) -> Iterator[Any]:
    if not shown:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=total)
        yield lambda tally: bars.update(task, completed=tally.handed)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
        return
    table = Table("what", "value")
    for name, value in told.items():
        table.add_row(name, str(value))
    Console().print(table)


@app.command("steps")
def steps(tenant: Lender = "", as_json: AsJson = False) -> None:
    """Ask the door for the messages of steps that the days' runs began, as the worker does every ten minutes."""
    lender = _lender(tenant)
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations.step_messages import ask_steps
    from qingshou.tenancy.context import using

    with using(lender.id):
        found = ask_steps(now=_now(), actor=SYSTEM)
    _tell({"lender": lender.code, **found.states}, as_json)


@app.command("exchange")
def exchange(tenant: Lender = "") -> None:
    """Listen to the lender's telephone exchange until stopped: who answered, how long, the recording.

    One of these must run for each lender that calls by an exchange; without it nobody is rung. It takes up where it was
    when the line or the database was away.
    """
    lender = _lender(tenant)
    import signal
    import threading

    from django.conf import settings

    from qingshou.features.contact.channels.ari import AriExchange
    from qingshou.features.contact.channels.ari_follow import CallFollower
    from qingshou.features.contact.channels.chosen import telephone_of
    from qingshou.features.contact.operations.following import follow_calls, is_to_be_recorded
    from qingshou.kernel.errors import NotFound
    from qingshou.tenancy.context import using

    line = telephone_of(settings.QINGSHOU_CHANNELS[lender.code])
    if not isinstance(line, AriExchange):
        raise NotFound(
            f"The lender '{lender.code}' calls by click-to-dial: choose 'ari' for PHONE in QINGSHOU_CHANNELS."
        )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    Console(stderr=True).print(f"Listening to the exchange of {lender.code}. Ctrl-C stops.", highlight=False)
    with using(lender.id):
        follower = CallFollower(line, is_recording=lambda key: is_to_be_recorded(call_id=key))
        follow_calls(exchange=line, steps=follower.follow(is_stopped=stopped.is_set), clock=_now)
