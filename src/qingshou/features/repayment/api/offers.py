"""Offers over REST: search them, read a search, work out own terms."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qingshou.features.cases.callers import case_behind, case_for
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.repayment.api.desk_shapes import (
    Money,
    OfferOut,
    ReasonOut,
    SaidIn,
    Share,
    WishIn,
    offer_out,
    reason_out,
)
from qingshou.features.repayment.errors import NoSuchBudget
from qingshou.features.repayment.operations.offers import propose_own, search_offers
from qingshou.features.repayment.queries.budgets import latest_budget
from qingshou.features.repayment.queries.negotiating import Wish
from qingshou.features.repayment.queries.offers import get_offer, get_search
from qingshou.features.repayment.rules.offers import OfferTerms, Stages
from qingshou.features.repayment.rules.owed import Concession
from qingshou.features.repayment.rules.pay_days import Frequency
from qingshou.features.repayment.rules.schedule import Grace, Kind, Terms
from qingshou.rest.principal import Principal, permitted, principal_of
from qingshou.rest.schemas import Day, Given

router = Router()


class SearchIn(WishIn):
    """For whom offers are searched, and what is asked for."""

    case_id: UUID
    budget_id: UUID | None = Field(None, description="None: the case's latest.")


class SearchOut(Schema):
    """A search: three to five offers where so many fit, and why others are missing."""

    id: UUID
    case_id: UUID
    budget_id: UUID | None = None
    role: str
    policy: str = Field(description="Name, version and hash.")
    searched_by: str
    searched_at: datetime
    offers: list[OfferOut]
    reasons: list[ReasonOut]


class PaymentIn(Given):
    """One payment of a settlement."""

    due_on: Day
    amount: Money


class OwnIn(SaidIn, WishIn):
    """Own terms of a plan (`periods` or `amount`) or of a settlement (`concession` and `payments`)."""

    case_id: UUID
    kind: Literal["PLAN", "SETTLEMENT"] = "PLAN"
    first_due_on: Day | None = Field(None, description="Of a plan.")
    periods: int = Field(12, ge=1, le=600)
    amount: Money | None = Field(None, gt=0, description="The same amount each time until it is settled.")
    step_up: Share = Decimal(0)
    grace: Literal["NONE", "INTEREST_ONLY", "NOTHING"] = "NONE"
    grace_periods: int = Field(0, ge=0, le=60)
    rate_concession: Share = Decimal(0)
    principal: Share = Decimal(0)
    interest: Share = Decimal(0)
    penalty: Share = Decimal(0)
    costs: Share = Decimal(0)
    concession: Share = Field(Decimal(0), description="Of a settlement: the share of all that is forgiven.")
    payments: list[PaymentIn] = Field([], max_length=12)


@router.post("/offers/searches", response=SearchOut, summary="Search offers", openapi_extra={"x-may-be-missing": True})
@permitted("repayment.work")
def search(request: HttpRequest, given: SearchIn) -> dict[str, Any]:
    """Within the caller's limits first; kept with everything needed to make it again."""
    case, caller = case_for(request, given.case_id, "repayment.work")
    found = search_offers(
        case_id=case.id, budget_id=given.budget_id or _budget_of(case.id), actor=caller.actor, role=caller.role,
        now=request.now, wish=_wish(given),  # type: ignore[attr-defined]
    )  # fmt: skip
    return _out(found.id, caller)


@router.get("/offers/searches/{search_id}", response=SearchOut, summary="Read a search")
@permitted("repayment.view")
def show_search(request: HttpRequest, search_id: UUID) -> dict[str, Any]:
    """With its offers side by side."""
    case_behind(request, lambda: get_search(search_id=search_id).search.case_id, "cases.view", name="search")
    return _out(search_id, principal_of(request))


@router.post("/offers", response=OfferOut, summary="Work out own terms", openapi_extra={"x-may-be-missing": True})
@permitted("repayment.work")
def own(request: HttpRequest, given: OwnIn) -> dict[str, Any]:
    """Exact to the cent and held to every limit; noted in the negotiation as an offer or a counter-offer."""
    case, caller = case_for(request, given.case_id, "repayment.work")
    offer = propose_own(
        case_id=case.id, budget_id=_budget_of(case.id), party=given.party,
        terms=_terms(given, working_day(case, request.now)),  # type: ignore[attr-defined]
        actor=caller.actor, role=caller.role, now=request.now, wish=_wish(given), reason=given.reason,  # type: ignore[attr-defined]
        said=given.said, channel=given.channel, call_id=given.call_id,
    )  # fmt: skip
    return offer_out(get_offer(offer_id=offer.id), caller)


@router.get("/offers/{offer_id}", response=OfferOut, summary="Read an offer")
@permitted("repayment.view")
def show(request: HttpRequest, offer_id: UUID) -> dict[str, Any]:
    """With its schedule and the limits it meets."""
    _case, caller = case_behind(request, lambda: get_offer(offer_id=offer_id).case_id, "cases.view", name="offer")
    return offer_out(get_offer(offer_id=offer_id), caller)


def _budget_of(case_id: UUID) -> UUID:
    held = latest_budget(case_id=case_id)
    if held is None:
        raise NoSuchBudget("No budget of this case is on file: take income and spending first.")
    return UUID(str(held.id))


def _wish(given: WishIn) -> Wish:
    return Wish(
        pay_day=given.pay_day, frequency=Frequency(given.frequency), lump_sum=given.lump_sum,
        loan_ids=tuple(given.loan_ids),
    )  # fmt: skip


def _terms(given: OwnIn, today: date) -> OfferTerms | Stages:
    if given.kind == "SETTLEMENT":
        payments = tuple((one.due_on, one.amount) for one in given.payments)
        return Stages(concession=given.concession, payments=payments)
    schedule = Terms(
        first_due_date=given.first_due_on or today, periods=given.periods, frequency=Frequency(given.frequency),
        pay_day=given.pay_day, kind=Kind.FIXED_AMOUNT if given.amount else Kind.EQUAL, amount=given.amount or None,
        step_up=given.step_up, grace=Grace(given.grace), grace_periods=given.grace_periods,
    )  # fmt: skip
    concession = Concession(
        principal=given.principal, interest=given.interest, penalty=given.penalty, costs=given.costs
    )
    return OfferTerms(schedule=schedule, concession=concession, rate_concession=given.rate_concession)


def _out(search_id: UUID, caller: Principal) -> dict[str, Any]:
    found = get_search(search_id=search_id)
    own = {"offers", "reasons"}
    return {
        **{name: getattr(found.search, name) for name in SearchOut.model_fields if name not in own},
        "offers": [offer_out(one, caller) for one in found.offers],
        "reasons": [reason_out(one) for one in found.search.reasons],
    }
