"""Arrears moved to new due dates, over REST: judged, and asked for."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Status

from qingshou.features.repayment.api.loans import ensure_works
from qingshou.features.repayment.api.receipts import AskedOut
from qingshou.features.repayment.operations.re_ageing import propose_re_age
from qingshou.rest.numbers import PlainDecimal
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Day, Given, Note

router = Router()


class ReAgeIn(Given):
    """New due dates for what is overdue, a month apart."""

    first_on: Day = Field(examples=["2026-12-23"])
    instalments: int = Field(1, ge=1, le=60)
    minimum_payment: PlainDecimal = Field(
        gt=0, max_digits=18, decimal_places=3, description="Least to be paid a month."
    )
    is_willing: bool = Field(description="The debtor has shown a renewed willingness and ability to pay.")
    reason: Note = Field(min_length=3)


@router.post(
    "/loans/{loan_id}/re-age", response={202: AskedOut}, summary="Ask for arrears to be moved to new due dates"
)
@permitted("repayment.work")
def ask(request: HttpRequest, loan_id: UUID, given: ReAgeIn) -> Status[dict[str, Any]]:
    """A second person decides. 409 NOT_LAWFUL with every reason and its article where the law of the place does not
    allow it; 422 where no law says when and the lender's settings do not allow it."""
    ensure_works(request, loan_id)
    first_on: date = given.first_on
    asked = propose_re_age(
        loan_id=loan_id, first_on=first_on, instalments=given.instalments, minimum_payment=given.minimum_payment,
        is_willing=given.is_willing, reason=given.reason, actor=principal_of(request).actor,
        now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return Status(202, {"request_id": asked.id, "status": asked.status, "expires_at": asked.expires_at})
