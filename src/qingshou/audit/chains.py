"""Locking the ends of chains and hanging events on them; the only writer of heads and events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from qingshou.audit.actors import Actor
from qingshou.audit.canonical import canonical_facts, event_hash, genesis_hash
from qingshou.audit.entries import Entry

Subject = tuple[str, UUID]

# ANY beside the pairs: without it the planner looks at every chain of the lender for the one that is wanted
_MISSING = """
INSERT INTO audit_audithead (tenant_id, subject_kind, subject_id, seq, hash, anchored_seq)
SELECT %(tenant)s, s.kind, s.id, 0, s.genesis, 0
FROM unnest(%(kinds)s::text[], %(ids)s::uuid[], %(genesis)s::bytea[]) AS s(kind, id, genesis)
WHERE NOT EXISTS (SELECT 1 FROM audit_audithead h
    WHERE h.tenant_id = %(tenant)s AND h.subject_kind = s.kind AND h.subject_id = s.id
      AND h.subject_kind = ANY(%(any_kind)s::text[]) AND h.subject_id = ANY(%(ids)s::uuid[]))
ORDER BY s.kind, s.id
ON CONFLICT (tenant_id, subject_kind, subject_id) DO NOTHING
RETURNING id, subject_kind, subject_id, seq, hash
"""

# in id order: two writers who share several chains wait for each other and never deadlock
_LOCK = """
SELECT h.id, h.subject_kind, h.subject_id, h.seq, h.hash FROM audit_audithead h
WHERE h.tenant_id = %(tenant)s AND h.subject_kind = ANY(%(any_kind)s::text[]) AND h.subject_id = ANY(%(ids)s::uuid[])
  AND (h.subject_kind, h.subject_id) IN (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]))
ORDER BY h.id {lock}
"""

_ADVANCE = """
UPDATE audit_audithead h SET seq = e.seq, hash = e.hash
FROM unnest(%(heads)s::bigint[], %(seqs)s::bigint[], %(hashes)s::bytea[]) AS e(head, seq, hash)
WHERE h.id = e.head
"""

EVENT_COLUMNS = (
    "tenant_id", "head", "seq", "at", "actor_kind", "actor_name", "actor_id", "action", "facts", "rule", "law",
    "document_hash", "prev_hash", "hash",
)  # fmt: skip

# one event, and the end of its chain with it
_HANG = f"""
WITH moved AS (UPDATE audit_audithead SET seq = %s, hash = %s WHERE id = %s)
INSERT INTO audit_auditevent ({", ".join(EVENT_COLUMNS)}) VALUES ({", ".join(["%s"] * len(EVENT_COLUMNS))})
RETURNING id
"""  # noqa: S608  our names

# the first event of a chain, and the chain with it; nothing where somebody began it before
_BEGIN = f"""
WITH begun AS (INSERT INTO audit_audithead (tenant_id, subject_kind, subject_id, seq, hash, anchored_seq)
    VALUES (%s, %s, %s, %s, %s, 0) ON CONFLICT (tenant_id, subject_kind, subject_id) DO NOTHING RETURNING id)
INSERT INTO audit_auditevent ({", ".join(EVENT_COLUMNS)})
SELECT {", ".join("begun.id" if name == "head" else "%s" for name in EVENT_COLUMNS)} FROM begun
RETURNING id, head
"""  # noqa: S608  our names


@dataclass(slots=True)
class Head:
    """The end of one chain, held in memory while events are hung on it."""

    id: int
    seq: int
    hash: bytes


def lock_heads(tenant_id: UUID, subjects: Sequence[Subject], *, lock: str = "FOR NO KEY UPDATE") -> dict[Subject, Head]:
    """Return the ends of the subjects' chains, locked; chains that do not exist yet are begun.

    Takes   lock  the locking clause; the race test's negative control leaves it out
    """
    unique = sorted(set(subjects))
    given = named(tenant_id, unique) | {
        "genesis": hex_array([genesis_hash(tenant_id, kind, subject_id) for kind, subject_id in unique]),
    }
    with connection.cursor() as cursor:
        if len(unique) > 1:  # begin chains before any is locked: whoever waits here holds nothing another waits for
            cursor.execute(_MISSING, given)
        cursor.execute(_LOCK.format(lock=lock), given)
        rows = cursor.fetchall()
        if len(rows) < len(unique):
            cursor.execute(_MISSING, given)
            rows += cursor.fetchall()  # a row of our own making is ours until the transaction ends
        if len(rows) < len(unique):  # somebody else began one meanwhile
            cursor.execute(_LOCK.format(lock=lock), given)
            rows = cursor.fetchall()
    return {(kind, subject_id): Head(row_id, seq, bytes(hash_)) for row_id, kind, subject_id, seq, hash_ in rows}


def chained(
    entries: Sequence[Entry], heads: dict[Subject, Head], *, tenant_id: UUID, actor: Actor, now: datetime
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the events, each hung on the end of its chain, moving the ends along."""
    for entry in entries:
        head = heads[entry.subject_kind, entry.subject_id]
        prev_hash, head.seq = head.hash, head.seq + 1
        facts = canonical_facts(entry.facts)
        head.hash = event_hash(
            prev_hash=prev_hash,
            seq=head.seq,
            at=now,
            actor_kind=actor.kind,
            actor_name=actor.name,
            actor_id=actor.user_id,
            action=entry.action,
            facts=facts,
            rule=entry.rule,
            law=entry.law,
            document_hash=entry.document_hash,
        )
        yield (
            tenant_id, head.id, head.seq, now, actor.kind, actor.name, actor.user_id, entry.action, facts, entry.rule,
            entry.law, entry.document_hash, prev_hash, head.hash,
        )  # fmt: skip


def hang(row: Sequence[object], head: Head) -> int:
    """Store one event and the new end of its chain; gives the event's id."""
    with connection.cursor() as cursor:
        cursor.execute(_HANG, [head.seq, head.hash, head.id, *row])
        return int(cursor.fetchone()[0])


def begin(entry: Entry, *, tenant_id: UUID, actor: Actor, now: datetime) -> tuple[int, tuple[object, ...]] | None:
    """Begin a subject's chain with its first event, in one statement.

    Gives   (the event's id, its row); None where the chain is there already, and then nothing is done
    """
    subject = (entry.subject_kind, entry.subject_id)
    heads = {subject: Head(0, 0, genesis_hash(tenant_id, *subject))}
    (row,) = chained([entry], heads, tenant_id=tenant_id, actor=actor, now=now)
    place = EVENT_COLUMNS.index("head")
    given = [tenant_id, *subject, heads[subject].seq, heads[subject].hash, *row[:place], *row[place + 1 :]]
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, given)
        made = cursor.fetchone()
    return None if made is None else (made[0], (*row[:place], made[1], *row[place + 1 :]))


def advance_heads(heads: Sequence[Head]) -> None:
    """Store the new ends of the chains."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ADVANCE,
            {
                "heads": array(head.id for head in heads),
                "seqs": array(head.seq for head in heads),
                "hashes": hex_array(head.hash for head in heads),
            },
        )


def named(tenant_id: UUID, subjects: Sequence[Subject]) -> dict[str, object]:
    """Return the parameters that name subjects."""
    return {
        "tenant": tenant_id,
        "kinds": array(f'"{kind}"' for kind, _ in subjects),
        "any_kind": array(f'"{kind}"' for kind in {kind for kind, _ in subjects}),
        "ids": array(subject_id for _, subject_id in subjects),
    }


def array(values: Iterable[object]) -> str:
    """Write an array as PostgreSQL reads it: one text is adapted at once, a long list value by value."""
    return "{" + ",".join(map(str, values)) + "}"


def hex_array(values: Iterable[bytes]) -> str:
    """Write an array of bytes as PostgreSQL reads it."""
    return array(f'"\\\\x{value.hex()}"' for value in values)
