"""Messages of which nobody knows whether they arrived: found, asked about, and where nobody can be asked, decided."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.contact.channels.base import Adapter, CannotAsk, Report, Unreachable
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.faultpoints import reach
from qingshou.features.contact.models import Message
from qingshou.features.contact.operations import answers
from qingshou.features.contact.operations.handing import get_with_people, open_messages
from qingshou.features.contact.operations.locked_messages import (
    entry_of,
    learn,
    lock_message,
    write_learned,
)
from qingshou.features.contact.operations.providers import Providers
from qingshou.features.contact.rules.messages import State, Told
from qingshou.features.contact.rules.sending import Pace

_ASKED_TOGETHER = 20
_REASON_LENGTH_MIN = 3


def recover(*, actor: Actor, now: datetime, most: int = 500) -> int:
    """Find what senders that died had in hand: it may have arrived, so it is UNCERTAIN. Gives how many."""
    left = Message.objects.filter(state=State.SENDING, lease_until__lte=now).values_list("id", flat=True)[:most]
    found = 0
    for message_id in list(left):
        with transaction.atomic():
            message = lock_message(message_id)
            if message.state == State.SENDING and message.lease_until is not None and message.lease_until <= now:
                answers.doubt(message, actor=actor, now=now, ask_at=now, why="SENDER_DIED")
                found += 1
        reach("recovered")
    return found


def ask_due(*, providers: Providers, actor: Actor, clock: Callable[[], datetime], pace: Pace) -> dict[str, int]:
    """Ask providers what became of the messages that are due to be asked about; gives counts by what came of it."""
    counts: dict[str, int] = {}
    while claimed := _claim(clock(), pace):
        token, ids = claimed
        rows = get_with_people(ids)
        outgoing = open_messages(rows, actor=actor, now=clock())
        for row in rows:
            found = _ask_one(row, outgoing[row.id].to, providers.by_code(row.adapter), token, actor, clock, pace)
            counts[found] = counts.get(found, 0) + 1
    return counts


def _claim(now: datetime, pace: Pace) -> tuple[UUID, list[UUID]] | None:
    with transaction.atomic():
        due = Message.objects.filter(state=State.UNCERTAIN, lease_until__lte=now).order_by("lease_until", "id")
        ids = list(
            due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:_ASKED_TOGETHER]
        )  # fmt: skip
        token = uuid4()
        Message.objects.filter(id__in=ids).update(lease_until=now + timedelta(seconds=pace.lease_s), lease_token=token)
    return (token, ids) if ids else None


def _ask_one(
    row: Message, to: str, adapter: Adapter | None, token: UUID, actor: Actor, clock: Callable[[], datetime], pace: Pace
) -> str:
    try:
        if adapter is None:
            raise CannotAsk("The adapter is no longer among the lender's settings.")
        report = adapter.ask(key=row.id, provider_ref=row.provider_ref, to=to, sent_at=row.state_at)
    except CannotAsk:
        _leave_to_people(row, token)
        return "CANNOT_ASK"
    except Unreachable:
        wait = pace.wait_before_asking((clock() - row.state_at).total_seconds())
        _mine(row, token).update(lease_until=clock() + timedelta(seconds=wait), lease_token=None)
        return "UNREACHABLE"
    reach("asked")
    if report is None:
        answers.note_not_received(message_id=row.id, token=token, actor=actor, now=clock(), pace=pace)
        return "NOT_RECEIVED"
    answers.note_found(message_id=row.id, adapter=row.adapter, report=_sane(report, row), actor=actor, now=clock())
    return "FOUND"


def _sane(report: Report, row: Message) -> Report:
    """Return the report with the id we know, where the provider does not repeat it."""
    return report if report.provider_ref else replace(report, provider_ref=row.provider_ref)


def _mine(row: Message, token: UUID) -> QuerySet[Message]:
    return Message.objects.filter(id=row.id, lease_token=token, state=State.UNCERTAIN)


def _leave_to_people(row: Message, token: UUID) -> None:
    """No lease: nobody asks again, it stands on the page of those that a person decides."""
    _mine(row, token).update(lease_until=None, lease_token=None)


def decide(*, message_id: UUID, was_sent: bool, reason: str, actor: Actor, now: datetime) -> Message:
    """Say, as a person who looked it up, whether an uncertain message arrived; if not, it is queued again.

    Stops   NoSuchContact
            NotNow           it is not uncertain (any more)
            BadContactInput  no reason
    """
    bare = reason.strip()
    if len(bare) < _REASON_LENGTH_MIN:
        raise BadContactInput("Say in a few words how you know: it is kept.")
    with transaction.atomic():
        message = lock_message(message_id)
        if message.state != State.UNCERTAIN:
            raise NotNow("What became of this message is known already: load the page again.")
        facts = {"was_sent": was_sent, "reason": bare[:200]}
        record_many(entries=[entry_of(message, "MESSAGE_DECIDED", facts)], actor=actor, now=now)
        if was_sent:
            learn(message, [Told(State.SENT, message.state_at)])
            write_learned([message], [], actor=actor, now=now)
        else:
            answers.put_back(message, now, now)
    return message
