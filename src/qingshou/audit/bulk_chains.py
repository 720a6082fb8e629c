"""Many events on many chains: a chain that begins now is written once, in the state these events leave it in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from qingshou.audit.actors import Actor
from qingshou.audit.canonical import genesis_hash
from qingshou.audit.chains import Head, Subject, advance_heads, array, chained, hex_array, lock_heads, named
from qingshou.audit.entries import Entry

_KNOWN = """
SELECT h.subject_kind, h.subject_id FROM audit_audithead h
WHERE h.tenant_id = %(tenant)s
  AND (h.subject_kind, h.subject_id) IN (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]))
"""

_NUMBERS = """
SELECT nextval(pg_get_serial_sequence('audit_audithead', 'id')) FROM generate_series(1, %s)
"""

# in the order of subjects, as everybody begins chains: two who begin the same ones wait for each other once
_BEGIN = """
INSERT INTO audit_audithead (id, tenant_id, subject_kind, subject_id, seq, hash, anchored_seq)
SELECT s.head, %(tenant)s, s.kind, s.id, s.seq, s.hash, 0
FROM unnest(%(heads)s::bigint[], %(kinds)s::text[], %(ids)s::uuid[], %(seqs)s::bigint[], %(hashes)s::bytea[])
    WITH ORDINALITY AS s(head, kind, id, seq, hash, place)
ORDER BY s.place
ON CONFLICT (tenant_id, subject_kind, subject_id) DO NOTHING
RETURNING id
"""


def hang_many(entries: Sequence[Entry], *, tenant_id: UUID, actor: Actor, now: datetime) -> list[tuple[object, ...]]:
    """Begin, lock and move on the chains of the entries' subjects; return the rows of the events.

    Chains are begun before any is locked, as in `lock_heads`. One that somebody else began meanwhile is waited for,
    locked, and continued from where that writer left it.
    """
    by_subject: dict[Subject, list[Entry]] = {}
    for entry in entries:
        by_subject.setdefault((entry.subject_kind, entry.subject_id), []).append(entry)
    known = _known(tenant_id, sorted(by_subject))
    begun = _numbered(tenant_id, sorted(subject for subject in by_subject if subject not in known))
    fresh = [entry for subject in begun for entry in by_subject[subject]]
    rows = list(chained(fresh, begun, tenant_id=tenant_id, actor=actor, now=now))
    won = _begin(tenant_id, begun)
    if len(won) < len(begun):
        rows = [row for row in rows if row[1] in won]
    others = [subject for subject in by_subject if subject not in begun or begun[subject].id not in won]
    if others:
        heads = lock_heads(tenant_id, others)
        older = [entry for subject in others for entry in by_subject[subject]]
        rows += chained(older, heads, tenant_id=tenant_id, actor=actor, now=now)
        advance_heads(list(heads.values()))
    return rows


def _known(tenant_id: UUID, subjects: Sequence[Subject]) -> set[Subject]:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, named(tenant_id, subjects))
        return set(cursor.fetchall())


def _numbered(tenant_id: UUID, subjects: Sequence[Subject]) -> dict[Subject, Head]:
    """Return new heads with numbers of their own, still at the beginning."""
    if not subjects:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [len(subjects)])
        numbers = [row[0] for row in cursor.fetchall()]
    return {
        subject: Head(number, 0, genesis_hash(tenant_id, *subject))
        for subject, number in zip(subjects, numbers, strict=True)
    }


def _begin(tenant_id: UUID, begun: dict[Subject, Head]) -> set[int]:
    """Insert the heads as they are now; return the numbers of those nobody else had begun."""
    if not begun:
        return set()
    heads = list(begun.values())
    given = named(tenant_id, list(begun)) | {
        "heads": array(head.id for head in heads),
        "seqs": array(head.seq for head in heads),
        "hashes": hex_array(head.hash for head in heads),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, given)
        return {row[0] for row in cursor.fetchall()}
