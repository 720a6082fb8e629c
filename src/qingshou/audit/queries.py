"""Reading the record."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery

from qingshou.audit.models import AuditAnchor, AuditEvent, AuditHead


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as it was recorded."""

    id: int
    subject_kind: str
    subject_id: UUID | None
    seq: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    facts: dict[str, Any]
    rule: str
    law: str
    document_hash: str
    hash: str


def list_events(
    *, subject_kind: str, subject_id: UUID, limit: int = 50, before_seq: int | None = None, action: str = ""
) -> list[Recorded]:
    """Return a subject's events, newest first; `before_seq` pages backwards, `action` gives those of one code."""
    # one statement: a case's page has a budget of them
    heads = AuditHead.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    rows = AuditEvent.objects.filter(head=Subquery(heads.values("id")[:1]))
    if before_seq is not None:
        rows = rows.filter(seq__lt=before_seq)
    if action:
        rows = rows.filter(action=action)
    return [_recorded(row, subject_kind, subject_id) for row in rows.order_by("-seq")[:limit]]


def count_events(*, subject_kind: str, subject_id: UUID) -> int:
    """Return how many events a subject has."""
    return (
        AuditHead.objects.filter(subject_kind=subject_kind, subject_id=subject_id).values_list("seq", flat=True).first()
        or 0
    )


def search_events(
    *,
    action: str = "",
    actor_name: str = "",
    subject_kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    before_id: int | None = None,
) -> list[Recorded]:
    """Return events of the lender in force that fit, newest first; `before_id` pages backwards."""
    rows: QuerySet[AuditEvent] = AuditEvent.objects.all()
    conditions: dict[str, object] = {
        "action": action,
        "actor_name": actor_name,
        "at__gte": since,
        "at__lt": until,
        "id__lt": before_id,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    if subject_kind:
        rows = rows.filter(head__in=AuditHead.objects.filter(subject_kind=subject_kind).values("id"))
    found = list(rows.order_by("-id")[:limit])
    heads = AuditHead.objects.in_bulk({row.head for row in found})
    subjects = {head.id: (head.subject_kind, head.subject_id) for head in heads.values()}
    return [_recorded(row, *subjects.get(row.head, ("", None))) for row in found]


def list_actions() -> list[str]:
    """Return the action codes that occur, sorted."""
    return sorted(AuditEvent.objects.order_by().values_list("action", flat=True).distinct())


def list_anchors(*, limit: int = 60) -> list[dict[str, Any]]:
    """Return the anchors of the lender in force, newest first."""
    return [
        {
            "on_date": anchor.on_date,
            "made_at": anchor.made_at,
            "chains_count": anchor.chains_count,
            "events_count": anchor.events_count,
            "root": bytes(anchor.root).hex(),
        }
        for anchor in AuditAnchor.objects.order_by("-id")[:limit]
    ]


def _recorded(row: AuditEvent, subject_kind: str, subject_id: UUID | None) -> Recorded:
    return Recorded(
        id=row.id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        seq=row.seq,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        action=row.action,
        facts=json.loads(row.facts),
        rule=row.rule,
        law=row.law,
        document_hash=row.document_hash,
        hash=bytes(row.hash).hex(),
    )
