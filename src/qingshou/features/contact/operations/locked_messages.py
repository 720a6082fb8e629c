"""What every operation on messages shares: person first, then message; what is known is joined, settled, recorded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import Attempt, Message
from qingshou.features.contact.rules.messages import OUTCOMES, Standing, State, Told, joined
from qingshou.law.contact.terms import Outcome
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.context import current_tenant_id

KEPT = ("state", "state_at", "error_code", "sent_at", "delivered_at", "read_at", "replied_at")

# ARRAY, not IN: the planner, which knows nothing of a young table, would look at every person
_PERSONS = """
SELECT id FROM contact_contactperson
WHERE id = ANY(ARRAY(SELECT a.person_id FROM contact_message m JOIN contact_attempt a ON a.id = m.attempt_id
                     WHERE m.id = ANY(%(ids)s)))
ORDER BY id FOR NO KEY UPDATE
"""


def lock_persons(message_ids: Iterable[UUID]) -> None:
    """Lock the persons of messages, in id order: everybody who changes a message holds its person first."""
    read_rows(_PERSONS, {"ids": list(set(message_ids))})


def lock_messages(message_ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Return messages with their attempts, locked until the transaction ends; ids that are not there are left out.

    One statement: the persons are locked before the first message is looked at. The attempts are locked too, and so
    read as they stand once the wait for their person is over.
    """
    found = {}
    for row in read_rows(_messages_locked(), {"ids": list(set(message_ids))}):
        message = Message.from_db(DEFAULT_DB_ALIAS, _names_of(Message), row)
        message.attempt = Attempt.from_db(DEFAULT_DB_ALIAS, _names_of(Attempt), row[len(_names_of(Message)) :])
        found[message.id] = message
    return found


@cache
def _names_of(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _messages_locked() -> str:
    columns = [f"{short}.{field.column}" for short, model in (("m", Message), ("a", Attempt))
               for field in model._meta.concrete_fields]  # fmt: skip
    return f"""
    WITH people AS MATERIALIZED ({_PERSONS})
    SELECT {", ".join(columns)} FROM contact_message m JOIN contact_attempt a ON a.id = m.attempt_id
    WHERE m.id = ANY(%(ids)s) AND (SELECT count(*) FROM people) > 0
    ORDER BY m.id FOR NO KEY UPDATE OF m, a
    """  # noqa: S608  our names


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


# what a locked message learned, and how its contact ended, in one statement; a place that was given back counts again
# where the message arrived after all
_LEARNED = """
WITH learned AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::uuid[], %(outcomes)s::text[], %(adapters)s::text[],
        %(refs)s::text[], %(leases)s::timestamptz[], %(tokens)s::uuid[], %(state)s::text[], %(state_at)s::timestamptz[],
        %(error_code)s::text[], %(sent_at)s::timestamptz[], %(delivered_at)s::timestamptz[],
        %(read_at)s::timestamptz[], %(replied_at)s::timestamptz[])
    AS given(id, attempt_id, outcome, adapter, provider_ref, lease_until, lease_token, state, state_at, error_code,
        sent_at, delivered_at, read_at, replied_at)
), written AS (
    UPDATE contact_message m SET adapter = l.adapter, provider_ref = l.provider_ref, lease_until = l.lease_until,
        lease_token = l.lease_token, state = l.state, state_at = l.state_at, error_code = l.error_code,
        sent_at = l.sent_at, delivered_at = l.delivered_at, read_at = l.read_at, replied_at = l.replied_at
    FROM learned l WHERE m.id = l.id
)
UPDATE contact_attempt a SET outcome = l.outcome, outcome_at = %(now)s
FROM learned l WHERE a.id = l.attempt_id AND l.outcome <> '' AND a.outcome <> l.outcome
"""


def write_learned(changed: Sequence[Message], untold: Sequence[Message], *, actor: Actor, now: datetime) -> None:
    """Save locked messages that learned something: those whose state changed are settled and recorded.

    Takes   changed  messages in another state than before
            untold   messages of which only an instant or an id is new
    """
    for message in changed:
        message.lease_until = message.lease_token = None
    rows = [*changed, *untold]
    if not rows:
        return
    given = {name: [getattr(one, name) for one in rows] for name in KEPT} | {
        "ids": [one.id for one in rows],
        "attempts": [one.attempt_id for one in rows],
        "outcomes": [OUTCOMES[State(one.state)].value for one in changed] + [""] * len(untold),
        "adapters": [one.adapter for one in rows],
        "refs": [one.provider_ref for one in rows],
        "leases": [one.lease_until for one in rows],
        "tokens": [one.lease_token for one in rows],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEARNED, given)
    record_many(entries=[entry_of(one, f"MESSAGE_{one.state}", _facts(one)) for one in changed], actor=actor, now=now)


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
