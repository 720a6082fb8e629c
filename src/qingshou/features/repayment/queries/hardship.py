"""The specialists' queue, the hardships of a debtor, the programmes of relief."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from qingshou.features.repayment.errors import NoSuchHardship
from qingshou.features.repayment.models import Hardship, ReliefProgramme
from qingshou.features.repayment.rules.hardship import LIVE


@dataclass(frozen=True, slots=True)
class HardshipFilter:
    """What of the queue is shown; empty values show all."""

    state: str = ""
    kind: str = ""
    owner_id: UUID | None = None
    is_due: date | None = None  # to be looked at by this day
    case_owner_ids: Sequence[UUID] | None = None  # whose cases; None: everybody's


def list_hardships(*, wanted: HardshipFilter, offset: int = 0, limit: int = 50) -> list[Hardship]:
    """Return live hardships by the day somebody is to look at them, with their case; two queries at most."""
    rows = _rows(wanted).select_related("case", "case__owner", "programme")
    return list(rows.order_by("review_on", "id")[offset : offset + limit])


def count_hardships(*, wanted: HardshipFilter) -> int:
    """Return how many the list holds."""
    return _rows(wanted).count()


def hardships_of_case(*, case_id: UUID, limit: int = 20) -> list[Hardship]:
    """Return every hardship of a case, newest first."""
    return list(Hardship.objects.filter(case=case_id).select_related("programme").order_by("-reported_at")[:limit])


def get_hardship(*, hardship_id: UUID) -> Hardship:
    """Return a hardship with its case; stops with NoSuchHardship."""
    found = Hardship.objects.select_related("case", "programme").filter(id=hardship_id).first()
    if found is None:
        raise NoSuchHardship("There is no such hardship. It may belong to someone else.")
    return found


def frozen_days_of(*, borrower_id: UUID) -> list[tuple[date, date]]:
    """Return the spans (both days belong) in which charges stand still for a debtor, in order."""
    rows = Hardship.objects.filter(borrower=borrower_id, freezes_charges=True, until_on__isnull=False)
    rows = rows.exclude(state="DECLINED").order_by("from_on")
    return [(start, last) for start, last in rows.values_list("from_on", "until_on") if last is not None]


def list_programmes() -> list[ReliefProgramme]:
    """Return every programme of relief, the newest first."""
    return list(ReliefProgramme.objects.order_by("-from_on", "code"))


def _rows(wanted: HardshipFilter) -> QuerySet[Hardship]:
    rows = Hardship.objects.filter(state__in=[wanted.state] if wanted.state else LIVE)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.owner_id is not None:
        rows = rows.filter(owner_id=wanted.owner_id)
    if wanted.is_due is not None:
        rows = rows.filter(review_on__lte=wanted.is_due)
    if wanted.case_owner_ids is not None:
        rows = rows.filter(case__owner__in=wanted.case_owner_ids)
    return rows
