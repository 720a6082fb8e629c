"""Open principal spread over a new schedule, over REST: asked for, another decides."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Status

from qingshou.features.repayment.api.loans import ensure_works
from qingshou.features.repayment.api.receipts import AskedOut
from qingshou.features.repayment.operations.re_amortising import propose_re_amortise
from qingshou.features.repayment.rules.new_dates import SCHEDULE_MOST
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Day, Given, Note

router = Router()


class ReAmortiseIn(Given):
    """New due dates for the open principal, a month apart."""

    first_on: Day = Field(examples=["2026-12-23"])
    instalments: int = Field(ge=1, le=SCHEDULE_MOST)
    reason: Note = Field(min_length=3)


@router.post(
    "/loans/{loan_id}/re-amortise", response={202: AskedOut}, summary="Ask for principal to be spread over new dates"
)
@permitted("repayment.work")
def ask(request: HttpRequest, loan_id: UUID, given: ReAmortiseIn) -> Status[dict[str, Any]]:
    """A second person decides. 422 PRINCIPAL_DUE where some of the principal is due already: move the arrears first."""
    ensure_works(request, loan_id)
    asked = propose_re_amortise(
        loan_id=loan_id, first_on=given.first_on, instalments=given.instalments, reason=given.reason,
        actor=principal_of(request).actor, now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return Status(202, {"request_id": asked.id, "status": asked.status, "expires_at": asked.expires_at})
