"""What must hold of contacts, asked in plain SQL and not of our models: the checker stands outside the door it checks.

I5 an event of a provider acts once; I6 no counter was ever passed; I8 every message ends, or says what it waits for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from qingshou.features.contact.queries.gathering import house_of_lender
from qingshou.kernel.errors import NotCovered
from qingshou.law.contact.door import contact_law
from qingshou.law.contact.shape import Cap, Counts, Span, Unit


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing to count: 0 is right. `sql` takes the named parameters and `%(tenant)s`."""

    name: str
    invariant: str
    sql: str
    parameters: dict[str, Any] = field(default_factory=dict, compare=False)


# older contacts were judged by the law of their day, which may have been another
_DAYS_BACK = 40

_SENT_TWICE = """
SELECT count(*) FROM (
    SELECT attempt_id FROM contact_message WHERE tenant_id = %(tenant)s GROUP BY 1 HAVING count(*) > 1) t
"""
_REF_TWICE = """
SELECT count(*) FROM (
    SELECT adapter, provider_ref FROM contact_message WHERE tenant_id = %(tenant)s AND provider_ref <> ''
    GROUP BY 1, 2 HAVING count(*) > 1) t
"""
_EVENTS_TWICE = """
SELECT count(*) FROM (
    SELECT adapter, event_ref FROM contact_deliveryevent WHERE tenant_id = %(tenant)s GROUP BY 1, 2 HAVING count(*) > 1
    UNION ALL
    SELECT adapter, event_ref FROM contact_reply WHERE tenant_id = %(tenant)s GROUP BY 1, 2 HAVING count(*) > 1) t
"""
_WITHOUT_END = """
SELECT count(*) FROM contact_message WHERE tenant_id = %(tenant)s AND (
    state NOT IN ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'READ', 'REPLIED', 'FAILED', 'BOUNCED', 'CANCELLED',
                  'UNCERTAIN')
    OR (state IN ('SENT', 'DELIVERED', 'READ', 'REPLIED') AND sent_at IS NULL AND channel <> 'POST')
    OR (state = 'SENDING' AND lease_until IS NULL AND letter_batch_id IS NULL))
"""
_UNRESERVED = """
SELECT count(*) FROM contact_message m LEFT JOIN contact_attempt a ON a.id = m.attempt_id
WHERE m.tenant_id = %(tenant)s AND (a.id IS NULL OR a.channel <> m.channel
    OR (a.outcome = 'RELEASED' AND m.state NOT IN ('CANCELLED', 'FAILED', 'BOUNCED', 'UNCERTAIN', 'QUEUED')))
"""
_TO_A_STOPPED = """
SELECT count(*) FROM contact_attempt a JOIN contact_stopplaced s ON s.person_id = a.person_id
WHERE a.tenant_id = %(tenant)s AND a.direction = 'OUT' AND a.purpose = 'COLLECT' AND a.outcome <> 'RELEASED'
  AND s.channel = '' AND s.loan_id IS NULL AND s.point_index IS NULL AND s.kind IN ('CEASE', 'BANKRUPTCY', 'DEATH')
  AND a.at >= s.from_at AND a.at > s.placed_at AND (s.until_at IS NULL OR a.at < s.until_at)
  AND (s.lifted_at IS NULL OR a.at < s.lifted_at)
"""
_NEVER_RECOVERED = """
SELECT count(*) FROM contact_message
WHERE tenant_id = %(tenant)s AND state = 'SENDING' AND lease_until < now() - interval '1 hour'
"""
_TOO_OLD_AND_WAITING = """
SELECT count(*) FROM contact_message
WHERE tenant_id = %(tenant)s AND state = 'QUEUED' AND channel <> 'POST' AND not_before_at <= now()
  AND not_after_at < now() - interval '1 hour'
"""
# a state only rises; what was reported and outranks it was not joined
_BEHIND = """
SELECT count(*) FROM contact_message m JOIN contact_deliveryevent e ON e.message_id = m.id
WHERE m.tenant_id = %(tenant)s
  AND array_position(%(ranks)s::text[], e.state::text) > COALESCE(array_position(%(ranks)s::text[], m.state::text), 0)
"""

_ALWAYS = (
    Invariant("attempts_with_two_messages", "I8", _SENT_TWICE),
    Invariant("provider_refs_twice", "I8", _REF_TWICE),
    Invariant("events_taken_twice", "I5", _EVENTS_TWICE),
    Invariant("messages_without_end", "I8", _WITHOUT_END),
    Invariant("messages_never_recovered", "I8", _NEVER_RECOVERED),
    Invariant("messages_too_old_and_waiting", "I8", _TOO_OLD_AND_WAITING),
    Invariant(
        "messages_behind_their_reports",
        "I8",
        _BEHIND,
        {"ranks": ["SENT", "FAILED", "DELIVERED", "BOUNCED", "READ", "REPLIED"]},
    ),
    Invariant("messages_unreserved", "I6", _UNRESERVED),
    Invariant("contacts_in_spite_of_a_stop", "I6", _TO_A_STOPPED),
)


def contact_invariants(*, on: date) -> Iterator[Invariant]:
    """Yield every invariant of contacts for the lender in force: the fixed ones, and one a counter of its law."""
    yield from _ALWAYS
    house = house_of_lender()
    try:
        law = contact_law(
            jurisdiction=house.jurisdiction, on=on, collector_kind=house.collector_kind, drafts=house.drafts
        )
    except NotCovered:
        caps: tuple[Cap, ...] = ()
    else:
        caps = law.caps
    for cap in (*caps, *house.policy.caps):
        yield _of_cap(cap, on)


def count_broken(*, tenant_id: UUID, on: date) -> dict[Invariant, int]:
    """Return how often each invariant is broken."""
    found = {}
    with connection.cursor() as cursor:
        for one in contact_invariants(on=on):
            cursor.execute(one.sql, {"tenant": tenant_id, **one.parameters})
            found[one] = int(cursor.fetchone()[0])
    return found


def _of_cap(cap: Cap, on: date) -> Invariant:
    """Count contacts that stood over the counter when they were made: each looks back over its own span."""
    same = {
        Unit.PERSON: "b.person_id = a.person_id",
        Unit.NUMBER: "b.person_id = a.person_id AND b.point_index IS NOT DISTINCT FROM a.point_index",
        Unit.DEBT: "b.person_id = a.person_id AND d.debt = ANY(b.debts)",
    }[cap.unit]
    since = "date_trunc('week', a.local_date)::date" if cap.span is Span.WEEK else "a.local_date - %(days)s + 1"
    counted = "{row}.direction = 'OUT' AND {row}.channel = ANY(%(channels)s) AND {row}.party = ANY(%(parties)s)"
    counted += " AND NOT {row}.outcome = ANY(%(ignores)s) AND {row}.purpose <> 'SERVICE'"
    if cap.counts is Counts.CONVERSATIONS:
        counted += " AND {row}.outcome = 'CONVERSATION'"
    if cap.by_consent:
        counted += " AND NOT {row}.by_consent"
    if cap.places:
        counted += " AND {row}.place = ANY(%(places)s)"
    collector = "AND b.collector = a.collector" if cap.per_collector else ""
    places_in_counter = "a.debts" if cap.unit is Unit.DEBT else "ARRAY[a.id]"
    sql = f"""
        SELECT count(*) FROM contact_attempt a CROSS JOIN LATERAL unnest({places_in_counter}) AS d(debt)
        WHERE a.tenant_id = %(tenant)s AND a.local_date > %(since)s
          AND a.purpose NOT IN ('CONFIRM_STOP', 'STATUTORY') AND {counted.format(row="a")}
          AND (SELECT count(*) FROM contact_attempt b
               WHERE {same} {collector} AND {counted.format(row="b")}
                 AND b.local_date BETWEEN {since} AND a.local_date AND (b.at, b.id) <= (a.at, a.id)) > %(most)s
    """  # noqa: S608  our own words only
    parameters = {"channels": [one.value for one in cap.channels], "parties": [one.value for one in cap.parties],
                  "ignores": [one.value for one in cap.ignores], "days": cap.days, "most": cap.most,
                  "places": list(cap.places), "since": on - timedelta(days=_DAYS_BACK)}  # fmt: skip
    return Invariant(f"counter_passed_{cap.code.lower()}", "I6", sql, parameters)
