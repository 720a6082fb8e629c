"""Promises and plans over REST: made, read, ended, accepted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.features.cases.callers import case_behind, case_for, owners_seen
from qingshou.features.repayment.api.desk_shapes import Hash, day_of
from qingshou.features.repayment.errors import BadAgreementInput
from qingshou.features.repayment.operations import plan_accepting, plans, promises
from qingshou.features.repayment.queries import plans as plan_queries
from qingshou.features.repayment.queries import promises as promise_queries
from qingshou.rest.numbers import PlainDecimal
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Code, Day, Given, Note, Page, Paging

router = Router()

PromiseShelf = Literal["DUE_TODAY", "DUE_SOON", "IN_GRACE", "BROKEN", "KEPT", "OPEN", "ALL"]
PlanShelf = Literal["AT_RISK", "BROKEN", "DUE_SOON", "WAITING", "ACTIVE", "ENDED", "ALL"]


class PromiseIn(Given):
    """A promise to pay."""

    case_id: UUID
    amount: PlainDecimal = Field(gt=0, max_digits=18, decimal_places=3)
    due_on: Day
    pay_by: str = Field("", max_length=20, pattern=r"^[A-Z_]*$", examples=["TRANSFER"])


class PromiseOut(Schema):
    """A promise: OPEN, KEPT, BROKEN, CANCELLED or INVALIDATED."""

    id: UUID
    case_id: UUID
    borrower_id: UUID
    kind: str
    amount: Decimal
    currency: str
    paid_amount: Decimal
    due_on: date
    last_date: date = Field(description="The last day whose money counts.")
    state: str
    ended_on: date | None = None
    ended_reason: str
    source: str
    pay_by: str
    taken_by: str
    taken_at: datetime


class EndIn(Given):
    """Why it ends."""

    reason: Code = Field(examples=["DEBTOR_WITHDREW"])


class PromiseFilters(Paging):
    """Which promises."""

    shelf: PromiseShelf = "OPEN"


class PlanFilters(Paging):
    """Which plans."""

    shelf: PlanShelf = "ACTIVE"


class PlanIn(Given):
    """The offer a plan is made of."""

    case_id: UUID
    offer_id: UUID
    reason: Note = Field("", description="For the second person, where the offer lies beyond the caller's limits.")


class AcceptanceIn(Given):
    """How the debtor accepted: by the code that was sent, or by a signed agreement filed with the case."""

    code: str = Field("", max_length=12, pattern=r"^[0-9]*$")
    document_hash: Hash = ""


class PlanOut(Schema):
    """A plan in a list."""

    id: UUID
    number: str
    case_id: UUID
    borrower_id: UUID
    kind: str
    state: str
    currency: str
    total: Decimal
    paid: Decimal
    unpaid: Decimal = Field(description="Past its date and not paid.")
    missed: int
    late: int
    next_due_on: date | None = None
    ends_on: date
    offered_until: date
    broken_on: date | None = None
    cure_until: date | None = None
    made_at: datetime


class InstalmentOut(Schema):
    """One due date of a plan: DUE, PAID, LATE, MISSED or DROPPED."""

    position: int
    due_on: date
    last_date: date
    amount: Decimal
    paid_amount: Decimal
    state: str
    paid_on: date | None = None


class PlanDetail(PlanOut):
    """A plan with its schedule and what settles it today."""

    offer_id: UUID
    grace_days: int
    threshold_pct: Decimal
    missed_max: int
    cure_days: int
    given_up: Decimal
    payoff: Decimal | None = None
    accepted_at: datetime | None = None
    accepted_by: str
    supersedes_id: UUID | None = None
    instalments: list[InstalmentOut]


@router.post("/promises", response=PromiseOut, summary="Take a promise", openapi_extra={"x-may-be-missing": True})
@permitted("repayment.work")
def take_promise(request: HttpRequest, given: PromiseIn) -> dict[str, Any]:
    """Followed until it is kept, broken, taken back or struck out."""
    case, caller = case_for(request, given.case_id, "repayment.work")
    made = promises.record_promise(
        case_id=case.id, amount=given.amount, due_on=given.due_on, pay_by=given.pay_by, actor=caller.actor,
        now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return _promise(promise_queries.get_promise(promise_id=made.id))


@router.get("/promises", response=Page[PromiseOut], summary="List promises")
@permitted("repayment.view")
def list_promises(request: HttpRequest, asked: Query[PromiseFilters]) -> dict[str, Any]:
    """By due date; of the cases the caller may see."""
    filters = asked.filters()
    after = decode_cursor(listing="promises", filters=filters, cursor=asked.cursor)
    found = promise_queries.list_promises(
        on=day_of(request), shelf=asked.shelf, owner_ids=owners_seen(principal_of(request)),
        after=(after[0], after[1]) if after else None, limit=asked.limit + 1,
    )  # fmt: skip
    shown, following = page(
        list(found.rows),
        limit=asked.limit,
        listing="promises",
        filters=filters,
        position=lambda row: (row.due_on, row.id),
    )
    return {"items": [_promise(one) for one in shown], "next_cursor": following}


@router.post("/promises/{promise_id}/cancel", response=PromiseOut, summary="Take a promise back")
@permitted("repayment.work")
def cancel_promise(request: HttpRequest, promise_id: UUID, given: EndIn) -> dict[str, Any]:
    """Before it fell due; reasons DEBTOR_WITHDREW, REPLACED, LENDER_WITHDREW."""
    return _ended(request, promise_id, promises.cancel_promise, given.reason)


@router.post("/promises/{promise_id}/invalidate", response=PromiseOut, summary="Strike a promise out")
@permitted("repayment.work")
def invalidate_promise(request: HttpRequest, promise_id: UUID, given: EndIn) -> dict[str, Any]:
    """It should never have counted: WRONG_AMOUNT, WRONG_PERSON, WRONG_DATE, NOT_SAID."""
    return _ended(request, promise_id, promises.invalidate_promise, given.reason)


@router.get("/plans", response=Page[PlanOut], summary="List plans")
@permitted("repayment.view")
def list_plans(request: HttpRequest, asked: Query[PlanFilters]) -> dict[str, Any]:
    """The newest first; of the cases the caller may see."""
    filters = asked.filters()
    after = decode_cursor(listing="plans", filters=filters, cursor=asked.cursor)
    found = plan_queries.list_plans(
        on=day_of(request), shelf=asked.shelf, owner_ids=owners_seen(principal_of(request)),
        after=(after[0], after[1]) if after else None, limit=asked.limit + 1,
    )  # fmt: skip
    shown, following = page(
        list(found.rows),
        limit=asked.limit,
        listing="plans",
        filters=filters,
        position=lambda row: (row.made_at, row.id),
    )
    return {"items": [_plan(one) for one in shown], "next_cursor": following}


@router.post("/plans", response=PlanDetail, summary="Make a plan of an offer", openapi_extra={"x-may-be-missing": True})
@permitted("repayment.work")
def make_plan(request: HttpRequest, given: PlanIn) -> dict[str, Any]:
    """Within the caller's limits it waits for the debtor, beyond them for a second person."""
    case, caller = case_for(request, given.case_id, "repayment.work")
    made = plans.propose_plan(
        case_id=case.id, offer_id=given.offer_id, actor=caller.actor, role=caller.role, now=request.now,  # type: ignore[attr-defined]
        reason=given.reason,
    )  # fmt: skip
    return _detail(request, made.id)


@router.get("/plans/{plan_id}", response=PlanDetail, summary="Read a plan")
@permitted("repayment.view")
def show_plan(request: HttpRequest, plan_id: UUID) -> dict[str, Any]:
    """With its schedule, what was paid on each date, and what settles it today."""
    case_behind(request, lambda: plan_queries.case_of_plan(plan_id=plan_id), "cases.view", name="plan")
    return _detail(request, plan_id)


@router.post("/plans/{plan_id}/code", response={202: PlanDetail}, summary="Send the code by which a plan is accepted")
@permitted("repayment.work")
def send_code(request: HttpRequest, plan_id: UUID) -> tuple[int, dict[str, Any]]:
    """To a number or address of the debtor that is known, through the door; the digits are in the message only."""
    _case, caller = case_behind(
        request, lambda: plan_queries.case_of_plan(plan_id=plan_id), "repayment.work", name="plan"
    )
    plan_accepting.ask_code(plan_id=plan_id, actor=caller.actor, now=request.now)  # type: ignore[attr-defined]
    return 202, _detail(request, plan_id)


@router.post("/plans/{plan_id}/acceptance", response=PlanDetail, summary="Accept a plan for the debtor")
@permitted("repayment.work")
def accept_plan(request: HttpRequest, plan_id: UUID, given: AcceptanceIn) -> dict[str, Any]:
    """By the code the debtor says, or by the hash of the signed agreement."""
    _case, caller = case_behind(
        request, lambda: plan_queries.case_of_plan(plan_id=plan_id), "repayment.work", name="plan"
    )
    if bool(given.code) == bool(given.document_hash):
        raise BadAgreementInput("Give the code or the signed document's hash, one of them.")
    said: dict[str, Any] = {"plan_id": plan_id, "actor": caller.actor, "now": request.now}  # type: ignore[attr-defined]
    if given.code:
        plan_accepting.accept_by_code(digits=given.code, **said)
    else:
        plan_accepting.accept_by_signature(document_hash=given.document_hash, **said)
    return _detail(request, plan_id)


@router.post("/plans/{plan_id}/cancel", response=PlanDetail, summary="Take a plan back")
@permitted("repayment.work")
def cancel_plan(request: HttpRequest, plan_id: UUID, given: EndIn) -> dict[str, Any]:
    """What was paid stays paid, nothing is given up."""
    _case, caller = case_behind(
        request, lambda: plan_queries.case_of_plan(plan_id=plan_id), "repayment.work", name="plan"
    )
    plans.cancel_plan(plan_id=plan_id, reason=given.reason, actor=caller.actor, now=request.now)  # type: ignore[attr-defined]
    return _detail(request, plan_id)


def _ended(request: HttpRequest, promise_id: UUID, end: Any, reason: str) -> dict[str, Any]:
    _case, caller = case_behind(
        request, lambda: promise_queries.case_of_promise(promise_id=promise_id), "repayment.work", name="promise"
    )
    end(promise_id=promise_id, reason=reason, actor=caller.actor, now=request.now)  # type: ignore[attr-defined]
    return _promise(promise_queries.get_promise(promise_id=promise_id))


def _promise(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PromiseOut.model_fields}


def _plan(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PlanOut.model_fields}


def _detail(request: HttpRequest, plan_id: UUID) -> dict[str, Any]:
    case, _caller = case_behind(request, lambda: plan_queries.case_of_plan(plan_id=plan_id), "cases.view", name="plan")
    found = plan_queries.get_plan(plan_id=plan_id, on=day_of(request, case))
    plan = found.plan
    own = ("offer_id", "grace_days", "threshold_pct", "missed_max", "cure_days", "accepted_at", "accepted_by",
           "supersedes_id")  # fmt: skip
    return {
        **_plan(found.row), **{name: getattr(plan, name) for name in own}, "given_up": found.given_up,
        "payoff": found.payoff,
        "instalments": [
            {name: getattr(one, name) for name in InstalmentOut.model_fields} for one in found.instalments
        ],
    }  # fmt: skip
