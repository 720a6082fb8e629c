"""Offers on file: the last search of a case side by side, one offer, what was proposed instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qingshou.features.repayment.errors import NoSuchPlan, NoSuchSearch
from qingshou.features.repayment.models import Offer, OfferSearch
from qingshou.features.repayment.rules.reason_record import reasons_of
from qingshou.kernel.verdict import Reason


@dataclass(frozen=True, slots=True)
class SearchShown:
    """A search with its offers in order, and why there are none or few."""

    search: OfferSearch
    offers: tuple[Offer, ...]
    reasons: tuple[Reason, ...]


def latest_search(*, case_id: UUID, role: str = "") -> SearchShown | None:
    """Return the last search of a case with its offers, by one role where it is named; two queries."""
    rows = OfferSearch.objects.filter(case=case_id, **({"role": role} if role else {}))
    found = rows.select_related("budget").order_by("-searched_at", "-id").first()
    if found is None:
        return None
    offers = tuple(Offer.objects.filter(search=found.id).order_by("position"))
    return SearchShown(found, offers, tuple(reasons_of(found.reasons)))


def get_search(*, search_id: UUID) -> SearchShown:
    """Return a search with its offers; stops with NoSuchSearch."""
    found = OfferSearch.objects.select_related("budget").filter(id=search_id).first()
    if found is None:
        raise NoSuchSearch("There is no such search for offers.")
    offers = tuple(Offer.objects.filter(search=found.id).order_by("position"))
    return SearchShown(found, offers, tuple(reasons_of(found.reasons)))


def list_proposed(*, case_id: UUID, limit: int = 5) -> list[Offer]:
    """Return what was proposed outside a search, the newest first."""
    return list(Offer.objects.filter(case=case_id, search__isnull=True).order_by("-made_at", "-id")[:limit])


def get_offer(*, offer_id: UUID, case_id: UUID | None = None) -> Offer:
    """Return an offer, of one case where it is named; stops with NoSuchPlan."""
    rows = Offer.objects.filter(id=offer_id)
    found = (rows if case_id is None else rows.filter(case=case_id)).first()
    if found is None:
        raise NoSuchPlan("There is no such offer. It may belong to another case.")
    return found


def list_searches_since(*, since: datetime, limit: int) -> Sequence[UUID]:
    """Return the searches since a time, the latest first."""
    rows = OfferSearch.objects.filter(searched_at__gte=since).order_by("-searched_at", "-id")
    return list(rows.values_list("id", flat=True)[:limit])


def search_given(text: str) -> UUID:
    """Read the id of a search; stops with NoSuchSearch."""
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchSearch("There is no such search for offers: give its id as it is shown.") from None
