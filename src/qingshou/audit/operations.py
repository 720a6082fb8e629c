"""Recording what was done: in the same transaction as the doing, so that neither stays without the other."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.bulk_chains import hang_many
from qingshou.audit.canonical import commitment
from qingshou.audit.chains import EVENT_COLUMNS, begin, chained, hang, lock_heads
from qingshou.audit.entries import Entry
from qingshou.audit.models import AuditEvent, AuditHead, AuditOpening
from qingshou.tenancy.bulk import copy_rows
from qingshou.tenancy.context import current_tenant_id

OPENING_PLACE = "audit_auditopening.sealed"
_SALT_BYTES = 16
_FEW = 5  # so many events are stored one by one: the way of a thousand (COPY) would be the longer


class Seal(Protocol):
    """How a personal value is sealed: privacy.sealing.seal fits."""

    def __call__(self, text: str, *, place: str, row_id: UUID) -> bytes: ...


def record(
    *,
    subject_kind: str,
    subject_id: UUID,
    action: str,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, object],
    rule: str = "",
    law: str = "",
    document_hash: str = "",
    personal: Mapping[str, str] | None = None,
    seal: Seal | None = None,
    is_first: bool = False,
) -> AuditEvent:
    """Record one event at the end of its subject's chain.

    Takes   facts     codes, amounts, dates, ids; no personal data
            personal  personal facts: the event keeps a salted commitment of each, the value is kept sealed beside it
                      and can be erased while the chain still verifies. Needs `seal`
            is_first  the subject was made in this transaction, so that its chain begins here: a hint, which saves two
                      statements where it is true and does no harm where it is not
    Gives   the event; it is there if and only if the caller's transaction commits
    Stops   UnfitFact  a fact has no one spelling
    """
    tenant_id = current_tenant_id()
    openings = _openings(personal or {}, seal)
    said = dict(facts)
    if openings:
        said["commitments"] = {opening.name: proof for opening, proof in openings}
    entry = Entry(subject_kind, subject_id, action, said, rule, law, document_hash)
    with transaction.atomic(savepoint=False):
        made = begin(entry, tenant_id=tenant_id, actor=actor, now=now) if is_first else None
        if made is None:
            heads = lock_heads(tenant_id, [(subject_kind, subject_id)])
            (row,) = chained([entry], heads, tenant_id=tenant_id, actor=actor, now=now)
            (head,) = heads.values()
            made = hang(row, head), row
        event = AuditEvent(id=made[0], **dict(zip(EVENT_COLUMNS, made[1], strict=True)))
        for opening, _ in openings:
            opening.head, opening.seq = event.head, event.seq
            opening.save(force_insert=True)
    return event


def record_many(*, entries: Sequence[Entry], actor: Actor, now: datetime) -> int:
    """Record many events on many chains at once; several events of one subject keep their order.

    Gives   how many were recorded
    Stops   UnfitFact  a fact has no one spelling; then none is recorded
    """
    if not entries:
        return 0
    tenant_id = current_tenant_id()
    if len(entries) <= _FEW:
        with transaction.atomic(savepoint=False):
            heads = lock_heads(tenant_id, [(one.subject_kind, one.subject_id) for one in entries])
            made = chained(entries, heads, tenant_id=tenant_id, actor=actor, now=now)
            # a row moves its chain's end along as it is made: stored one by one, the end is that row's
            for one, row in zip(entries, made, strict=True):
                hang(row, heads[one.subject_kind, one.subject_id])
        return len(entries)
    with transaction.atomic(savepoint=False):
        rows = hang_many(entries, tenant_id=tenant_id, actor=actor, now=now)
        recorded = copy_rows(model=AuditEvent, columns=EVENT_COLUMNS, rows=rows)
    return recorded


def erase_openings(*, subject_kind: str, subject_id: UUID, actor: Actor, now: datetime, law: str = "") -> int:
    """Erase salts and values of all personal facts of a subject; the chain keeps its commitments and still verifies."""
    with transaction.atomic(savepoint=False):
        head = AuditHead.objects.filter(subject_kind=subject_kind, subject_id=subject_id).first()
        if head is None:
            return 0
        erased, _ = AuditOpening.objects.filter(head=head.id).delete()
        record(
            subject_kind=subject_kind,
            subject_id=subject_id,
            action="PERSONAL_FACTS_ERASED",
            actor=actor,
            now=now,
            facts={"count": erased},
            law=law,
        )
    return erased


def _openings(personal: Mapping[str, str], seal: Seal | None) -> list[tuple[AuditOpening, str]]:
    if personal and seal is None:
        raise TypeError("personal facts are kept sealed: give `seal`")
    made = []
    for name, text in personal.items():
        opening = AuditOpening(id=uuid4(), name=name, salt=os.urandom(_SALT_BYTES))
        opening.sealed = seal(text, place=OPENING_PLACE, row_id=opening.id)  # type: ignore[misc]
        made.append((opening, commitment(salt=opening.salt, name=name, text=text)))
    return made
