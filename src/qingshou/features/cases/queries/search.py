"""Finding cases by what a person types: case number, loan number, the debtor's name, phone or identity number."""

from uuid import UUID

from qingshou.features.cases.models import Case
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.context import current_tenant_id

_LIMIT = 50


def search_cases(*, text: str, limit: int = _LIMIT, with_people: bool = True) -> list[Case]:
    """Return cases that fit, live ones first, latest first.

    Takes   text         whole values only: names, phones and identity numbers are found by blind index, as typed in any
                         spelling the index brings together (spaces, +86, case)
            with_people  False where the asker may not search for people
    """
    bare = text.strip()
    if not bare:
        return []
    borrowers = _borrowers_of_loan(bare)
    if with_people:
        borrowers |= _borrowers_of_person(bare)
    found = list(Case.objects.filter(number=bare).select_related("owner", "borrower"))
    if borrowers:
        found += Case.objects.filter(borrower__in=borrowers).select_related("owner", "borrower").order_by("id")[:limit]
    found.sort(key=lambda case: (case.closed_on is not None, -case.opened_on.toordinal(), case.number))
    return found[:limit]


def _borrowers_of_loan(text: str) -> set[UUID]:
    loans = Case._meta.get_field("borrower").related_model._meta.get_field("loans").related_model
    return set(loans._default_manager.filter(loan_ref=text).values_list("borrower_id", flat=True))


def _borrowers_of_person(text: str) -> set[UUID]:
    people = Case._meta.get_field("borrower").related_model._default_manager
    tenant_id = current_tenant_id()
    indexes = {
        "name_index": blind_index(PersonalKind.NAME, text, tenant_id),
        "national_id_index": blind_index(PersonalKind.NATIONAL_ID, text, tenant_id),
        "contact_points__value_index": blind_index(PersonalKind.PHONE, text, tenant_id),
    }
    found: set[UUID] = set()
    for column, value in indexes.items():
        if value is not None:  # one query each: a condition over three tables would read them all
            found |= set(people.filter(**{column: value}).values_list("id", flat=True)[:_LIMIT])
    return found
