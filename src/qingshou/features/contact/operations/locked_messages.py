"""What every operation on messages shares: person first, then message; what is known is joined, settled, recorded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record, record_many
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import Attempt, ContactPerson, Message
from qingshou.features.contact.rules.messages import OUTCOMES, Standing, State, Told, joined
from qingshou.law.contact.terms import Outcome
from qingshou.tenancy.context import current_tenant_id

KEPT = ("state", "state_at", "error_code", "sent_at", "delivered_at", "read_at", "replied_at")
_FEW = 5


def lock_persons(message_ids: Iterable[UUID]) -> None:
    """Lock the persons of messages, in id order: everybody who changes a message holds its person first."""
    # two statements: as one the planner, which knows nothing of a young table, looks at every person
    people = set(Message.objects.filter(id__in=set(message_ids)).values_list("attempt__person_id", flat=True))
    list(ContactPerson.objects.select_for_update(no_key=True).filter(id__in=people).order_by("id").values_list("id"))


def lock_messages(message_ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Return messages with their attempts, locked until the transaction ends; ids that are not there are left out."""
    wanted = set(message_ids)
    lock_persons(wanted)
    rows = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("attempt")
    return {row.id: row for row in rows.filter(id__in=wanted).order_by("id")}


def lock_message(message_id: UUID) -> Message:
    """Return one message, locked; stops with NoSuchContact."""
    found = lock_messages([message_id]).get(message_id)
    if found is None:
        raise NoSuchContact("There is no such message. It may belong to someone else.")
    return found


def hold_ref(adapter: str, refs: Iterable[str]) -> None:
    """Make whoever learns or uses a provider's id wait in turn: taken before any row, in the order of the ids.

    A report that comes with an id nobody knows yet, and the answer that tells the id, must not miss each other.
    """
    tenant = current_tenant_id()
    with connection.cursor() as cursor:
        for ref in sorted({ref for ref in refs if ref}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{tenant}|{adapter}|{ref}"])


def entry_of(message: Message, action: str, facts: Mapping[str, object] | None = None, *, law: str = "") -> Entry:
    """Return what is recorded of a message: in its case's chain, or in the person's where it has no case."""
    return entry_about(message.attempt, message.id, message.channel, action, facts, law=law)


def entry_about(
    attempt: Attempt, message_id: UUID, channel: str, action: str, facts: Mapping[str, object] | None = None, *,
    law: str = "",
) -> Entry:  # fmt: skip
    """Return what is recorded of an attempt's message, as `entry_of`, before the message is a row."""
    kind, subject_id = ("CASE", attempt.case_id) if attempt.case_id else ("PERSON", attempt.person_id)
    said: dict[str, object] = {"message": message_id, "channel": channel, **(facts or {})}
    return Entry(kind, subject_id, action, said, law=law)


def record_entries(*, entries: Sequence[Entry], actor: Actor, now: datetime) -> None:
    """Record what was done; a few events one by one, for which the way of a thousand (COPY) would be the longer."""
    if len(entries) > _FEW:
        record_many(entries=entries, actor=actor, now=now)
        return
    for one in sorted(entries, key=lambda entry: (entry.subject_kind, entry.subject_id)):
        record(
            subject_kind=one.subject_kind, subject_id=one.subject_id, action=one.action, actor=actor, now=now,
            facts=one.facts, law=one.law,
        )  # fmt: skip


def standing_of(message: Message) -> Standing:
    """Return what is known of a message."""
    return Standing(
        State(message.state), message.state_at, message.error_code, message.sent_at, message.delivered_at,
        message.read_at, message.replied_at,
    )  # fmt: skip


def learn(message: Message, told: Iterable[Told]) -> bool:
    """Join what was told into the message, in memory; gives whether its state is another one now."""
    before = message.state
    standing = standing_of(message)
    for one in told:
        standing = joined(standing, one)
    values = (standing.state.value, standing.at, standing.error_code, standing.sent_at, standing.delivered_at,
              standing.read_at, standing.replied_at)  # fmt: skip
    for name, value in zip(KEPT, values, strict=True):
        setattr(message, name, value)
    return message.state != before


def write_learned(
    changed: Sequence[Message], untold: Sequence[Message], *, actor: Actor, now: datetime, fields: Sequence[str] = ()
) -> None:
    """Save messages that learned something: those whose state changed are settled and recorded.

    Takes   changed  messages in another state than before
            untold   messages of which only an instant or an id is new
            fields   further fields that were set
    """
    written = {"lease_until", "lease_token", *KEPT, *fields}
    for message in changed:
        message.lease_until = message.lease_token = None
    for message in (*changed, *untold):
        message.save(update_fields=sorted(written))
    outcomes = {one: OUTCOMES[State(one.state)] for one in changed}
    end_attempts({one.attempt_id: new for one, new in outcomes.items() if one.attempt.outcome != new}, now=now)
    record_entries(
        entries=[entry_of(one, f"MESSAGE_{one.state}", _facts(one)) for one in changed], actor=actor, now=now
    )


def end_attempts(outcomes: Mapping[UUID, Outcome], *, now: datetime) -> None:
    """Say how the contacts of locked messages ended; the message's own event is what is recorded of it.

    A place that was given back counts again where the message arrived after all.
    """
    by_outcome: dict[Outcome, list[UUID]] = {}
    for attempt_id, outcome in outcomes.items():
        by_outcome.setdefault(outcome, []).append(attempt_id)
    for outcome, attempt_ids in by_outcome.items():
        Attempt.objects.filter(id__in=attempt_ids).exclude(outcome=outcome).update(outcome=outcome, outcome_at=now)


def _facts(message: Message) -> dict[str, Any]:
    facts: dict[str, Any] = {"adapter": message.adapter, "outcome": OUTCOMES[State(message.state)].value}
    if message.error_code:
        facts["error"] = message.error_code
    return facts
