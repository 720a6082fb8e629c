"""The specialists' queue, the hardships of a debtor, the programmes of relief."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from qingshou.features.repayment.errors import NoSuchHardship
from qingshou.features.repayment.models import Hardship, LoanLedger, ReliefProgramme
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


@dataclass(frozen=True, slots=True)
class Standstill:
    """A hardship that lets, or once let, a debtor's charges stand still; both days belong."""

    hardship_id: UUID
    kind: str
    from_on: date
    until_on: date
    law: str  # what a programme rests on
    is_cut_short: bool


def standstills_of(*, borrower_ids: Iterable[UUID]) -> dict[UUID, list[Standstill]]:
    """Return the standstills of debtors, past ones too, in order; a debtor without any is not in it."""
    rows = Hardship.objects.filter(borrower__in=list(borrower_ids), freezes_charges=True, until_on__isnull=False)
    found: dict[UUID, list[Standstill]] = {}
    for row in rows.exclude(state="DECLINED").select_related("programme").order_by("from_on", "id"):
        is_cut_short = row.state == "ENDED" and row.ended_reason == "BY_DECISION"
        law = row.programme.law if row.programme else ""
        if row.until_on >= row.from_on:  # one that ended before its first day let nothing stand still
            found.setdefault(row.borrower_id, []).append(
                Standstill(row.id, row.kind, row.from_on, row.until_on, law, is_cut_short)
            )
    return found


def list_standing_without_ledger(*, on: date) -> list[UUID]:
    """Return debtors whose charges stand still on a day and who have no ledger to keep that in."""
    rows = Hardship.objects.filter(freezes_charges=True, state="ACCEPTED", until_on__gte=on)
    with_ledger = LoanLedger.objects.filter(borrower=OuterRef("borrower"))
    return list(rows.filter(~Exists(with_ledger)).values_list("borrower_id", flat=True).distinct())


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
