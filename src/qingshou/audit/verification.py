"""Checking the record against itself, its anchors, and the anchors kept elsewhere; changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID, uuid4

from django.db import connection, transaction

from qingshou.audit.canonical import RootHash, event_hash, genesis_hash
from qingshou.audit.models import AuditAnchor
from qingshou.tenancy.context import current_tenant_id

# findings, from the words an auditor will need
EVENT_ALTERED = "EVENT_ALTERED"  # the hash does not fit what the event says
CHAIN_BROKEN = "CHAIN_BROKEN"  # an event does not follow the one before it
EVENT_MISSING = "EVENT_MISSING"  # a number in the sequence is not there
HEAD_DIFFERS = "HEAD_DIFFERS"  # the chain does not end where its head says
CHAIN_UNKNOWN = "CHAIN_UNKNOWN"  # events without a head
ANCHORED_EVENT_MISSING = "ANCHORED_EVENT_MISSING"  # an anchor covered an event that is gone
ANCHOR_DIFFERS = "ANCHOR_DIFFERS"  # the events no longer give the anchor's root
ANCHOR_CHAIN_BROKEN = "ANCHOR_CHAIN_BROKEN"  # an anchor does not follow the one before it
KEPT_ANCHOR_MISSING = "KEPT_ANCHOR_MISSING"  # an anchor kept elsewhere is not here
KEPT_ANCHOR_DIFFERS = "KEPT_ANCHOR_DIFFERS"  # an anchor kept elsewhere is different here

_EVENTS = """
SELECT e.head, h.subject_kind, h.subject_id, h.seq, h.hash, e.seq, e.at, e.actor_kind, e.actor_name, e.actor_id,
       e.action, e.facts, e.rule, e.law, e.document_hash, e.prev_hash, e.hash
FROM audit_auditevent e LEFT JOIN audit_audithead h ON h.id = e.head
WHERE e.tenant_id = %s ORDER BY e.head, e.seq
"""
_EMPTY_HEADS = """
SELECT subject_kind, subject_id, seq FROM audit_audithead h
WHERE tenant_id = %s AND seq > 0 AND NOT EXISTS (SELECT 1 FROM audit_auditevent e WHERE e.head = h.id)
"""
_LEAVES = """
SELECT l.head, l.seq, e.hash FROM audit_auditanchorleaf l
LEFT JOIN audit_auditevent e ON e.head = l.head AND e.seq = l.seq
WHERE l.anchor = %s ORDER BY l.head
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded."""

    code: str
    subject_kind: str = ""
    subject_id: UUID | None = None
    seq: int | None = None
    on_date: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked and what was found; sound when nothing was."""

    chains_count: int
    events_count: int
    anchors_count: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings


def verify(*, kept_anchors: Sequence[Mapping[str, object]] = ()) -> Verified:
    """Recompute every hash of the lender in force.

    Takes   kept_anchors  anchors exported earlier ("anchors" of the file): without them a record rebuilt together with
                          its anchors cannot be told from a true one
    Gives   Verified      counts, and every finding
    """
    findings: list[Finding] = []
    chains = events = 0
    with transaction.atomic():  # one snapshot of each query; server-side cursors need a transaction
        for chain in _chains():
            chains, events = chains + 1, events + len(chain)
            findings.extend(_check_chain(chain))
        with connection.cursor() as cursor:
            cursor.execute(_EMPTY_HEADS, [current_tenant_id()])
            findings.extend(Finding(EVENT_MISSING, kind, subject, seq) for kind, subject, seq in cursor.fetchall())
        anchors = list(AuditAnchor.objects.order_by("id"))
        findings.extend(_check_anchors(anchors))
    findings.extend(_check_kept(kept_anchors, {anchor.on_date.isoformat(): anchor for anchor in anchors}))
    return Verified(chains, events, len(anchors), tuple(findings))


def _streamed(query: str, parameters: Sequence[object]) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Rows of a server-side cursor: a record of any length is read in bounded memory."""
    connection.ensure_connection()
    with connection.connection.cursor(name=f"verify_{uuid4().hex}") as cursor:
        cursor.itersize = 5_000
        cursor.execute(query, parameters)
        yield from cursor


def _chains() -> Iterator[list[tuple]]:  # type: ignore[type-arg]
    for _, rows in groupby(_streamed(_EVENTS, [current_tenant_id()]), key=lambda row: row[0]):
        yield list(rows)


def _check_chain(chain: list[tuple]) -> Iterator[Finding]:  # type: ignore[type-arg]
    _, kind, subject, head_seq, head_hash, *_ = chain[0]
    if kind is None:
        yield Finding(CHAIN_UNKNOWN, seq=len(chain))
        return
    expected_seq, expected_prev = 1, genesis_hash(current_tenant_id(), kind, subject)
    for row in chain:
        seq, at, actor_kind, actor_name, actor_id, action, facts, rule, law, document_hash, prev_hash, stored = row[5:]
        if seq != expected_seq:
            yield Finding(EVENT_MISSING, kind, subject, expected_seq)
        elif bytes(prev_hash) != expected_prev:
            yield Finding(CHAIN_BROKEN, kind, subject, seq)
        said = event_hash(
            prev_hash=bytes(prev_hash), seq=seq, at=at, actor_kind=actor_kind, actor_name=actor_name,
            actor_id=actor_id, action=action, facts=facts, rule=rule, law=law, document_hash=document_hash,
        )  # fmt: skip
        if said != bytes(stored):
            yield Finding(EVENT_ALTERED, kind, subject, seq)
        expected_seq, expected_prev = seq + 1, bytes(stored)
    if head_seq != expected_seq - 1 or bytes(head_hash) != expected_prev:
        yield Finding(HEAD_DIFFERS, kind, subject, head_seq)


def _check_anchors(anchors: Sequence[AuditAnchor]) -> Iterator[Finding]:
    expected_prev = bytes(32)
    for anchor in anchors:
        on_date = anchor.on_date.isoformat()
        if bytes(anchor.prev_root) != expected_prev:
            yield Finding(ANCHOR_CHAIN_BROKEN, on_date=on_date)
        root, chains = RootHash(bytes(anchor.prev_root), anchor.on_date), 0
        for head, seq, event in _streamed(_LEAVES, [anchor.id]):
            if event is None:
                yield Finding(ANCHORED_EVENT_MISSING, seq=seq, on_date=on_date)
            root.add(head, seq, bytes(event or b""))
            chains += 1
        if root.digest() != bytes(anchor.root) or chains != anchor.chains_count:
            yield Finding(ANCHOR_DIFFERS, on_date=on_date)
        expected_prev = bytes(anchor.root)


def _check_kept(kept: Sequence[Mapping[str, object]], here: Mapping[str, AuditAnchor]) -> Iterator[Finding]:
    for entry in kept:
        on_date = str(entry["on_date"])
        anchor = here.get(on_date)
        if anchor is None:
            yield Finding(KEPT_ANCHOR_MISSING, on_date=on_date)
        elif bytes(anchor.root).hex() != entry["root"]:
            yield Finding(KEPT_ANCHOR_DIFFERS, on_date=on_date)
