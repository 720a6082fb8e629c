"""What the door refused: for the compliance officer, who must see that nothing unlawful happened, and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from qingshou.features.contact.models import Refusal
from qingshou.tenancy.context import current_tenant_id

COUNT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """Which refusals; left empty, all. `from_at` belongs, `until_at` does not."""

    code: str = ""
    channel: str = ""
    purpose: str = ""
    case_number: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """How contacts stood at the door in a span: let through, refused, and refused by reason."""

    allowed: int
    refused: int
    by_code: dict[str, int]


def list_refusals(*, wanted: RefusalFilter, limit: int, offset: int = 0) -> list[Refusal]:
    """Return refusals with their case, newest first."""
    rows = _wanted(wanted).select_related("case").order_by("-at", "-id")
    return list(rows[offset : offset + limit])


def count_refusals(*, wanted: RefusalFilter) -> int:
    """Return how many there are, counted up to COUNT_MAX."""
    return _wanted(wanted).order_by()[:COUNT_MAX].count()


def list_case_refusals(*, case_id: UUID, limit: int = 20) -> list[Refusal]:
    """Return the refusals of one case, newest first."""
    return list(Refusal.objects.filter(case=case_id).order_by("-at", "-id")[:limit])


def door_totals(*, from_at: datetime, until_at: datetime) -> Totals:
    """Return how many contacts were let through and refused in a span, and by which reasons (one may have several)."""
    with connection.cursor() as cursor:
        given = [current_tenant_id(), from_at, until_at]
        cursor.execute(
            "SELECT count(*) FROM contact_attempt WHERE tenant_id = %s AND at >= %s AND at < %s AND direction = 'OUT'",
            given,
        )
        allowed = cursor.fetchone()[0]
        cursor.execute(
            "SELECT code, count(*), "
            "(SELECT count(*) FROM contact_refusal WHERE tenant_id = %s AND at >= %s AND at < %s) "
            "FROM contact_refusal r, unnest(r.codes) AS code WHERE tenant_id = %s AND at >= %s AND at < %s GROUP BY 1",
            [*given, *given],
        )
        rows: list[Any] = cursor.fetchall()
    by_code = Counter({code: count for code, count, _ in rows})
    return Totals(allowed, rows[0][2] if rows else 0, dict(by_code.most_common()))


def _wanted(wanted: RefusalFilter) -> QuerySet[Refusal]:
    rows = Refusal.objects.all()
    if wanted.code:
        rows = rows.filter(codes__contains=[wanted.code])
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.purpose:
        rows = rows.filter(purpose=wanted.purpose)
    if wanted.case_number:
        rows = rows.filter(case__number=wanted.case_number)
    if wanted.from_at is not None:
        rows = rows.filter(at__gte=wanted.from_at)
    if wanted.until_at is not None:
        rows = rows.filter(at__lt=wanted.until_at)
    return rows
