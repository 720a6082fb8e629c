"""Offers as a debtor sees them: those of their own last search that they may agree to alone."""

from typing import Any
from uuid import UUID

from qingshou.features.repayment.queries.offers import latest_search

ROLE = "DEBTOR"


def own_offers(*, case_id: UUID) -> list[Any]:
    """Return the offers to choose from; none where the debtor told nothing of income, or nothing fits."""
    found = latest_search(case_id=case_id, role=ROLE)
    return [one for one in found.offers if not one.needs_role] if found else []


def own_offer(*, case_id: UUID, offer_id: UUID) -> Any:
    """Return one of them, or None."""
    return next((one for one in own_offers(case_id=case_id) if one.id == offer_id), None)
