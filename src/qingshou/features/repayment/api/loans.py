"""Whether a caller of the interface works the case that a loan stands in."""

from uuid import UUID

from django.http import HttpRequest

from qingshou.features.cases.callers import case_behind
from qingshou.features.cases.queries import latest_case_of
from qingshou.features.repayment.queries.owed import owed_of_loan


def ensure_works(request: HttpRequest, loan_id: UUID) -> None:
    """Stop where this caller does not work the debtor's case; the loan is then as if it were not there."""
    case_behind(
        request, lambda: latest_case_of(borrower_ids=[owed_of_loan(loan_id=loan_id).borrower_id]), "repayment.work",
        name="loan",
    )  # fmt: skip
