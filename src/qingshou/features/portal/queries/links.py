"""The links of a debtor, for the desk."""

from uuid import UUID

from django.db.models import Count, Max, Q

from qingshou.features.portal.models import PortalLink


def links_of(*, borrower_id: UUID, limit: int = 10) -> list[PortalLink]:
    """Return a debtor's links, the latest first, each with how often it was opened (`entered`) and last seen."""
    entered = Q(visits__confirmed_at__isnull=False)
    rows = PortalLink.objects.filter(borrower=borrower_id).annotate(
        entered=Count("visits", filter=entered), last_seen_at=Max("visits__seen_at", filter=entered)
    )
    return list(rows.order_by("-made_at", "-id")[:limit])
