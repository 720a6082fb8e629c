"""Live cases by where the debtor lives and what was lent: whom a measure for a place reaches."""

from collections.abc import Collection
from uuid import UUID

from qingshou.features.cases.models import Case


def list_live_in(
    *, regions: Collection[str], products: Collection[str], after: UUID | None = None, limit: int = 500
) -> list[UUID]:
    """Return ids of live cases in id order, a page at a time.

    Takes   regions, products  as the lender codes them; empty: all
            after              the last id of the page before
    """
    rows = Case.objects.filter(closed_on__isnull=True)
    if regions:
        rows = rows.filter(borrower__region__in=set(regions))
    if products:
        rows = rows.filter(borrower__loans__product__in=set(products), borrower__loans__is_closed=False).distinct()
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def borrowers_of_cases(*, case_ids: Collection[UUID]) -> list[UUID]:
    """Return the debtors of cases, each once, in the order of their ids."""
    rows = Case.objects.filter(id__in=case_ids).order_by("borrower_id").values_list("borrower_id", flat=True)
    return list(rows.distinct())
