"""What debtors asked for: one debtor's own, and the desk's queue by the day an answer is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from qingshou.features.portal.errors import NoSuchAsk, NoSuchPage
from qingshou.features.portal.models import PortalAsk


@dataclass(frozen=True, slots=True)
class AskFilter:
    """What of the queue is shown; empty values show all. `owner_ids` None: everybody's cases."""

    state: str = "OPEN"
    kind: str = ""
    owner_ids: Sequence[UUID] | None = None
    team_id: UUID | None = None


def own_ask(*, borrower_id: UUID, ask_id: UUID) -> PortalAsk:
    """Return one of a debtor's own asks; stops with NoSuchPage."""
    found = PortalAsk.objects.filter(id=ask_id, borrower=borrower_id).first()
    if found is None:
        raise NoSuchPage("There is no such request of this debtor.")
    return found


def asks_of(*, borrower_id: UUID, limit: int = 50) -> list[PortalAsk]:
    """Return a debtor's asks, the latest first."""
    return list(PortalAsk.objects.filter(borrower=borrower_id).order_by("-asked_at", "-id")[:limit])


def get_ask(*, ask_id: UUID) -> PortalAsk:
    """Return an ask with its case; stops with NoSuchAsk."""
    found = PortalAsk.objects.select_related("case__owner__team", "borrower").filter(id=ask_id).first()
    if found is None:
        raise NoSuchAsk("There is no such request. It may belong to someone else.")
    return found


def list_asks(*, wanted: AskFilter, offset: int = 0, limit: int = 50) -> list[PortalAsk]:
    """Return a page of asks with their cases: open ones by the day an answer is due, others by when they ended."""
    rows = _rows(wanted).select_related("case__owner")
    order = ("answer_due_on", "asked_at", "id") if wanted.state == "OPEN" else ("-asked_at", "id")
    return list(rows.order_by(*order)[offset : offset + limit])


def count_asks(*, wanted: AskFilter) -> int:
    """Return how many the list holds."""
    return _rows(wanted).count()


def _rows(wanted: AskFilter) -> QuerySet[PortalAsk]:
    rows = PortalAsk.objects.all()
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.owner_ids is not None:
        rows = rows.filter(case__owner__in=wanted.owner_ids)
    if wanted.team_id is not None:
        rows = rows.filter(case__owner__team=wanted.team_id)
    return rows
