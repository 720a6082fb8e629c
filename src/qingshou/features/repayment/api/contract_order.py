"""The contract's own order of a loan's payments, over REST."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qingshou.features.repayment.operations.contract_order import set_contract_order
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Given, Note

router = Router()

Kind = Literal["COSTS", "PENALTY", "INTEREST", "PRINCIPAL"]


class ContractOrderIn(Given):
    """What the contract says; what it does not say is the lender's."""

    kinds: list[Kind] = Field([], max_length=4, description="From the first paid to the last: all four, or none.")
    sequence: Literal["", "KIND_FIRST", "DUE_FIRST"] = ""
    future: Literal["", "NOT_DUE_LAST", "IN_ADVANCE_PRINCIPAL", "UNAPPLIED"] = ""
    reason: Note = Field(min_length=3, examples=["Contract of 2024-03-01, clause 9"])


class ContractOrderOut(Schema):
    """The order that holds for this loan from now on."""

    loan_id: UUID
    kinds: list[str]
    sequence: str
    future: str


@router.post(
    "/loans/{loan_id}/contract-order", response=ContractOrderOut, summary="Set the contract's order of payments"
)
@permitted("receipts.reverse")
def set_order(request: HttpRequest, loan_id: UUID, given: ContractOrderIn) -> dict[str, Any]:
    """For what is applied from now on; what was applied before keeps its order."""
    owed_of_loan(loan_id=loan_id)
    found = set_contract_order(
        loan_id=loan_id, kinds=given.kinds, sequence=given.sequence, future=given.future, reason=given.reason,
        actor=principal_of(request).actor, now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return {
        "loan_id": loan_id, "kinds": found.get("kinds", []), "sequence": found.get("sequence", ""),
        "future": found.get("future", ""),
    }  # fmt: skip
