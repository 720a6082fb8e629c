"""Whether a caller of the interface works the case that a loan stands in."""

from uuid import UUID

from django.http import HttpRequest

from qingshou.features.cases.callers import case_for
from qingshou.features.cases.queries import latest_case_of
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.kernel.errors import NotFound


def ensure_works(request: HttpRequest, loan_id: UUID) -> None:
    """Stop where this caller does not work the debtor's case; the loan is then as if it were not there."""
    owed = owed_of_loan(loan_id=loan_id)
    case_id = latest_case_of(borrower_ids=[owed.borrower_id])
    if case_id is None:
        raise NotFound("There is no such loan, or it is not for you.", name="loan")
    case_for(request, case_id, "repayment.work", name="loan")
