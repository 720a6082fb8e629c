"""Where our books and the tape differ, over REST: what no tape shows, and settling it."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.features.repayment.operations.tape_differences import confirm_booked, take_ours_back
from qingshou.features.repayment.queries.differences import DifferenceFilter, get_difference, list_differences_after
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Given, Note, Page, Paging
from qingshou.tenancy.queries import get_tenant

router = Router()

Kind = Literal["WAIVER", "CHARGE", "RE_AGE", "RE_AMORTISE"]
State = Literal["OPEN", "BOOKED", "CONFIRMED", "TAKEN_BACK", "OVER"]


class DifferenceFilters(Paging):
    """Filters of the list."""

    state: State = "OPEN"
    kind: Kind | None = None


class DifferenceOut(Schema):
    """What we did to a loan and a tape did not show."""

    id: UUID
    loan_id: UUID
    loan_ref: str
    kind: str = Field(examples=["WAIVER"])
    amount: Decimal
    currency: str
    amounts: dict[str, Decimal] = Field(description="By kind of debt.", examples=[{"PENALTY": "20.00"}])
    acted_on: date
    acted_by: str
    state: str = Field(examples=["OPEN"])
    missing_since: date | None = Field(None, description="The first tape that does not show it.")
    missing_as_of: date | None = Field(None, description="The latest of them.")
    settled_by: str
    settled_on: date | None = None


class SettleIn(Given):
    """How a difference is settled, and why."""

    how: Literal["CORE_HAS_IT", "TAKE_OURS_BACK"]
    reason: Note = Field(min_length=3, examples=["Booked under voucher 4711"])


@router.get("/differences", response=Page[DifferenceOut], summary="List where books and tape differ")
@permitted("receipts.view")
def list_all(request: HttpRequest, asked: Query[DifferenceFilters]) -> dict[str, Any]:
    """What has been missing longest first."""
    filters = asked.filters()
    after = decode_cursor(listing="differences", filters=filters, cursor=asked.cursor)
    wanted = DifferenceFilter(state=asked.state, kind=asked.kind or "")
    rows = list_differences_after(wanted=wanted, limit=asked.limit + 1, after=after)  # type: ignore[arg-type]
    shown, following = page(
        rows, limit=asked.limit, listing="differences", filters=filters,
        position=lambda row: (row.missing_since, row.id),
    )  # fmt: skip
    return {"items": [_row(one) for one in shown], "next_cursor": following}


@router.post("/differences/{difference_id}/settle", response=DifferenceOut, summary="Settle a difference")
@permitted("receipts.reverse")
def settle(request: HttpRequest, difference_id: UUID, given: SettleIn) -> dict[str, Any]:
    """The core system has it, whatever its tape seems to say; or what we did is taken back. 409 once it is settled."""
    get_difference(difference_id=difference_id)
    caller = principal_of(request)
    now = request.now  # type: ignore[attr-defined]
    on = now.astimezone(ZoneInfo(get_tenant(tenant_id=caller.tenant_id).time_zone)).date()
    act = confirm_booked if given.how == "CORE_HAS_IT" else take_ours_back
    act(difference_id=difference_id, reason=given.reason, actor=caller.actor, now=now, on=on)
    return _row(get_difference(difference_id=difference_id))


def _row(row: Any) -> dict[str, Any]:
    names = ("id", "kind", "amount", "currency", "amounts", "acted_on", "acted_by", "state", "missing_since",
             "missing_as_of", "settled_by", "settled_on")  # fmt: skip
    found = {name: getattr(row, name) for name in names}
    return {**found, "loan_id": row.ledger_id, "loan_ref": row.ledger.loan.loan_ref}
