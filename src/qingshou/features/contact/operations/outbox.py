"""The outbox: a message is reserved at the door, worded, sealed and kept in one transaction, and sent later.

What is kept is the final wording: what was cleared is what is sent, whatever becomes of the template.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.models import Attempt, Message, StopPlaced, TemplateVersion
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.claiming import cancel_rows
from qingshou.features.contact.operations.door import Asked
from qingshou.features.contact.operations.handing import get_with_people, open_messages
from qingshou.features.contact.operations.locked_messages import entry_about, lock_message, lock_messages
from qingshou.features.contact.rules.facts import Clearance
from qingshou.features.contact.rules.messages import Fate, State, fate
from qingshou.features.contact.rules.sending import pace
from qingshou.features.contact.templating.rendering import render
from qingshou.features.contact.templating.segments import segments_of
from qingshou.law.contact.terms import Channel, Party, Purpose
from qingshou.privacy.places import place_of
from qingshou.privacy.sealing import seal_many
from qingshou.tenancy.bulk import copy_rows
from qingshou.tenancy.context import current_tenant_id
from qingshou.tenancy.queries import current_tenant

# how the sender's job is called; features/contact/tasks.py does it
SEND_JOB = "contact.send"
SUBJECT_MOST = 200
_BODY_MOST = 20_000
# providers of these take a template of their own and what to put into it
_BY_VALUES = frozenset({Channel.SMS, Channel.WHATSAPP})


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """One message that is wanted: a template's version with its values, or words as they are.

    `asked.at` is when it is to leave; `not_after` when it is too old to be sent (three days later where not given).
    """

    asked: Asked
    version: TemplateVersion | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    language: str = ""
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of one message that was wanted: its id where the door let it through."""

    message_id: UUID | None
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a stop found in the outbox."""

    cancelled: int
    on_their_way: int  # handed over, or being handed over, before the stop


@dataclass(frozen=True, slots=True)
class _Worded:
    subject: str
    body: str
    values: str | None
    segments: int
    language: str


def queue(*, to_send: ToSend, actor: Actor, now: datetime) -> Message:
    """Queue one message.

    Gives   Message        the same one where its key was used before
    Stops   ContactRefused  the door refuses; the refusal is kept
            BadContactInput, MissingValue, TooLong  it cannot be worded; then nothing is reserved
    """
    (queued,) = queue_many(items=[to_send], actor=actor, now=now)
    if queued.message_id is None:
        raise door.refusal_of(queued.clearance)
    return Message.objects.get(id=queued.message_id)


def queue_many(
    *, items: Sequence[ToSend], actor: Actor, now: datetime, campaign_id: UUID | None = None,
    not_before: datetime | None = None,
) -> list[Queued]:  # fmt: skip
    """Queue many messages: reserved at the door, worded, sealed and recorded in one transaction.

    Takes   items       in the order in which they are to take places in the counters
            not_before  none leaves before it, whatever its own time
    Gives   one answer an item, in order: those refused with their clearance, and the others queued all the same
    Stops   BadContactInput, MissingValue, TooLong  one cannot be worded; then none is reserved
    """
    if not items:
        return []
    worded = _word(items)
    with transaction.atomic():
        reserved = door.reserve_many(
            asked=[item.asked for item in items],
            actor=actor,
            now=now,
            campaign_id=campaign_id,
            records_reserved=False,
        )
        fresh = [
            (item, words, one.attempt)
            for item, words, one in zip(items, worded, reserved, strict=True)
            if one.attempt is not None and not one.is_repeat
        ]
        ids = {one.attempt.id: message_id_of(one.attempt.id) for one in reserved if one.attempt is not None}
        _insert(fresh, ids, campaign_id=campaign_id, not_before=not_before, now=now)
        record_many(entries=[_entry(*one, ids[one[2].id]) for one in fresh], actor=actor, now=now)
        if fresh:
            wake_sender()
    return [Queued(None if one.attempt is None else ids[one.attempt.id], one.clearance) for one in reserved]


def message_id_of(attempt_id: UUID) -> UUID:
    """Return the id of the message of an attempt: one attempt has one message, however often it is asked for."""
    return uuid5(attempt_id, "message")


def wake_sender() -> None:
    """Hand the lender's outbox to the worker, in the caller's transaction; one waiting job is enough."""
    tenant = str(current_tenant_id())
    job = jobs.configure_task(SEND_JOB, queue="contact", queueing_lock=f"{SEND_JOB}:{tenant}")
    try:
        with transaction.atomic():  # a job refused as a second one must not spoil the caller's transaction
            job.defer(tenant_id=tenant)
    except AlreadyEnqueued:
        return


def cancel(*, message_id: UUID, actor: Actor, now: datetime, why: str = "BY_HAND") -> Message:
    """Take back a message that has not left; its place in the counters is given back.

    Stops   NoSuchContact
            NotNow         it is on its way, or has ended
    """
    with transaction.atomic():
        message = lock_message(message_id)
        if message.state != State.QUEUED:
            raise NotNow("Only a message that waits can be taken back: this one is on its way, or has ended.")
        cancel_rows({message: why}, actor=actor, now=now)
    return message


def retry(*, message_id: UUID, actor: Actor, now: datetime) -> Message:
    """Queue the words of a message that failed or came back once more: a new message, reserved at the door anew.

    Gives   Message  the same one however often it is asked for
    Stops   NoSuchContact
            NotNow          it did not fail
            ContactRefused  the door refuses
    """
    with transaction.atomic():
        old = lock_message(message_id)
        if old.state not in (State.FAILED, State.BOUNCED):
            raise NotNow("Only a message that failed or came back can be sent once more.")
        (outgoing,) = open_messages(get_with_people([message_id]), actor=actor, now=now, purpose="RETRY").values()
        attempt = old.attempt
        asked = Asked(
            borrower_id=attempt.borrower_id, case_id=attempt.case_id, channel=Channel(old.channel),
            purpose=Purpose(attempt.purpose), party=Party(attempt.party), debts=tuple(attempt.debts),
            key=f"retry:{old.id}",
        )  # fmt: skip
        to_send = ToSend(asked=asked, subject=outgoing.subject, body=outgoing.body, language=old.language)
        (queued,) = queue_many(items=[to_send], actor=actor, now=now)
    if queued.message_id is None:
        raise door.refusal_of(queued.clearance)
    return Message.objects.get(id=queued.message_id)


def cancel_campaign(*, campaign_id: UUID, actor: Actor, now: datetime) -> int:
    """Take back all that waits of a campaign; gives how many."""
    with transaction.atomic():
        waiting = Message.objects.filter(campaign_id=campaign_id, state=State.QUEUED).values_list("id", flat=True)
        rows = [row for row in lock_messages(waiting).values() if row.state == State.QUEUED]
        cancel_rows(dict.fromkeys(rows, "CAMPAIGN_STOPPED"), actor=actor, now=now)
    return len(rows)


def cancel_stopped(*, person_id: UUID, actor: Actor, now: datetime, channel: str = "") -> TakenBack:
    """Take back what waits for a person and may not leave any more; within the transaction that placed the stop.

    What the law allows in spite of the stop (its confirmation, a notice) stays; what is refused for a time only waits.
    """
    mine = Message.objects.filter(attempt__person_id=person_id)
    if channel:
        mine = mine.filter(channel=channel)
    rows = lock_messages(mine.filter(state=State.QUEUED).values_list("id", flat=True))
    waiting = [row for row in rows.values() if row.state == State.QUEUED]
    judged = door.still_allowed(attempt_ids=[row.attempt_id for row in waiting], now=now) if waiting else {}
    refused = {row: judged[row.attempt_id] for row in waiting if _is_lost(row, judged[row.attempt_id], now)}
    if refused:
        cancel_rows({row: _code(one) for row, one in refused.items()}, actor=actor, now=now)
    moving = mine.filter(state=State.SENDING).count()
    return TakenBack(len(refused), moving)


def take_back_for(stop: StopPlaced, actor: Actor, now: datetime) -> None:
    """What a stop sets in motion: registered with `stops.on_stop` when the application starts."""
    cancel_stopped(person_id=stop.person_id, actor=actor, now=now)


def _is_lost(row: Message, clearance: Clearance, now: datetime) -> bool:
    found = fate(
        is_allowed=clearance.is_allowed, next_at=clearance.next_at, now=now, not_after_at=row.not_after_at, pace=pace()
    )
    return found is Fate.CANCEL


def _code(clearance: Clearance) -> str:
    return clearance.reasons[0].code if clearance.reasons else "REFUSED"


def _word(items: Sequence[ToSend]) -> list[_Worded]:
    """Return the final words of each message; a template is used only as it was approved."""
    home = current_tenant()
    in_mainland = home.jurisdiction == "china"
    worded = []
    for item in items:
        subject, body, language = item.subject, item.body, item.language
        if item.version is not None:
            if item.version.status != "APPROVED":
                raise BadContactInput("Only an approved wording is sent: have this version approved first.")
            subject = render(item.version.subject, item.values, most=SUBJECT_MOST, one_line=True)
            body = render(item.version.body, item.values)
            language = language or item.version.template.language
        if not body.strip() or len(body) > _BODY_MOST:
            raise BadContactInput(f"A message has words, at most {_BODY_MOST} characters of them.")
        is_text = item.asked.channel is Channel.SMS
        count = segments_of(body, in_mainland=in_mainland).count if is_text else 1
        values = json.dumps(dict(item.values), ensure_ascii=False) if item.asked.channel in _BY_VALUES else None
        worded.append(_Worded(subject, body, values if item.version else None, count, language or "zh-hans"))
    return worded


_COLUMNS = (
    "id", "tenant_id", "attempt_id", "channel", "adapter", "template_version_id", "language", "subject", "body",
    "values", "segments", "state", "state_at", "not_before_at", "not_after_at", "tries", "provider_ref", "error_code",
    "registered_number", "campaign_id", "queued_at",
)  # fmt: skip


def _insert(
    fresh: Sequence[tuple[ToSend, _Worded, Attempt]], made: Mapping[UUID, UUID], *, campaign_id: UUID | None,
    not_before: datetime | None, now: datetime,
) -> None:  # fmt: skip
    ids = [made[attempt.id] for _, _, attempt in fresh]
    sealed: dict[str, list[Any]] = {
        name: list(seal_many([getattr(words, name) or None for _, words, _ in fresh], place=place_of(Message, name),
                             row_ids=ids))
        for name in ("subject", "body", "values")
    }  # fmt: skip
    keep = timedelta(days=pace().keep_days)
    tenant_id = current_tenant_id()
    rows = []
    for number, (item, words, attempt) in enumerate(fresh):
        leaves = max(item.asked.at or now, not_before or now)
        rows.append((
            ids[number], tenant_id, attempt.id, item.asked.channel.value, "",
            item.version.id if item.version else None, words.language, sealed["subject"][number],
            sealed["body"][number], sealed["values"][number], words.segments, State.QUEUED.value, now, leaves,
            item.not_after or leaves + keep, 0, "", "", "", campaign_id, now,
        ))  # fmt: skip
    if rows:
        copy_rows(model=Message, columns=_COLUMNS, rows=rows)


def _entry(item: ToSend, words: _Worded, attempt: Attempt, message_id: UUID) -> Any:
    facts: dict[str, object] = {
        "attempt": attempt.id, "party": attempt.party, "local_date": attempt.local_date, "segments": words.segments,
        "language": words.language,
    }  # fmt: skip
    if item.version is not None:
        facts |= {"template": item.version.template.code, "version": item.version.version}
    if item.asked.purpose is not Purpose.COLLECT:
        facts["purpose"] = item.asked.purpose.value
    return entry_about(attempt, message_id, item.asked.channel.value, "MESSAGE_QUEUED", facts, law=attempt.law[:200])
