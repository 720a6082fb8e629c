"""Whose a number is that somebody wrote beside an amount: a loan's, a case's, a debtor's."""

from collections.abc import Collection
from uuid import UUID

from qingshou.features.book.finding import find_loans, search_borrowers
from qingshou.features.cases.queries.numbers import borrowers_of_numbers


def owners_of_numbers(*, numbers: Collection[str]) -> dict[str, tuple[UUID, UUID | None]]:
    """Return number -> (debtor, the loan where it is a loan's); what is nobody's, or several debtors', is left out."""
    found: dict[str, tuple[UUID, UUID | None]] = {
        number: (borrower, None) for number, borrower in borrowers_of_numbers(numbers=list(numbers)).items()
    }
    found |= {one.loan_ref: (one.borrower_id, one.id) for one in find_loans(loan_refs=numbers)}
    for number in set(numbers) - set(found):
        named = search_borrowers(text=number, with_people=False, limit=2)
        if len(named) == 1:
            found[number] = (named[0].id, None)
    return found
