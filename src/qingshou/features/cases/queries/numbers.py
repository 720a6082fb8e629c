"""Cases by their number and numbers by debtor, many at once."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Max

from qingshou.features.cases.models import Case


def borrowers_of_numbers(*, numbers: Collection[str]) -> dict[str, UUID]:
    """Return number -> debtor for the cases there are, closed ones too."""
    return dict(Case.objects.filter(number__in=list(numbers)).values_list("number", "borrower_id"))


def latest_numbers_of(*, borrower_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return debtor -> number of the debtor's latest case."""
    rows = Case.objects.filter(borrower_id__in=list(borrower_ids)).order_by("opened_on", "number")
    return dict(rows.values_list("borrower_id", "number"))


def latest_cases_of(*, borrower_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Return debtor -> the debtor's latest case with its owner."""
    rows = Case.objects.filter(borrower_id__in=list(borrower_ids)).select_related("owner")
    return {case.borrower_id: case for case in rows.order_by("opened_on", "number")}


def latest_as_of() -> date | None:
    """Return the last day any case was judged by the book; None where there is no case."""
    return Case.objects.aggregate(day=Max("as_of"))["day"]
