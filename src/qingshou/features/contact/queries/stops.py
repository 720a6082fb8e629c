"""Reads of stops."""

from uuid import UUID

from qingshou.features.book.debtors import list_debtors
from qingshou.features.cases.queries import latest_case_of
from qingshou.features.contact.models import PersonLink, StopPlaced
from qingshou.features.contact.queries.persons import identities


def list_stops(*, borrower_id: UUID, limit: int = 50) -> list[StopPlaced]:
    """Return the stops on the person behind a debtor, newest first, lifted ones too."""
    found = identities(debtors=list_debtors(borrower_ids={borrower_id}))
    ids = found[borrower_id].all_ids if borrower_id in found else ()
    return list(StopPlaced.objects.filter(person__in=ids).order_by("-placed_at", "-id")[:limit])


def case_of_stop(*, stop_id: UUID) -> UUID | None:
    """Return the newest case of a debtor on whose person a stop stands: who may work it may lift the stop."""
    person = StopPlaced.objects.filter(id=stop_id).values_list("person_id", flat=True).first()
    borrowers = PersonLink.objects.filter(person=person).values_list("borrower_id", flat=True) if person else ()
    return latest_case_of(borrower_ids=list(borrowers))
