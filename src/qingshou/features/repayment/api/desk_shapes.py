"""What the endpoints of budgets, offers, promises and plans take and give; no personal values."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import StringConstraints

from qingshou.features.contact.operations.call_rows import working_day
from qingshou.rest.numbers import PlainDecimal
from qingshou.rest.principal import Principal, principal_of
from qingshou.rest.schemas import Given, Note
from qingshou.tenancy.queries import get_tenant

Hash = Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")]
Money = Annotated[PlainDecimal, Field(ge=0, max_digits=18, decimal_places=3)]
Share = Annotated[PlainDecimal, Field(ge=0, le=1, max_digits=7, decimal_places=6)]


class ReasonOut(Schema):
    """Why something is as it is: a code, what it speaks of, and the article relied on."""

    code: str = Field(examples=["LIVING_FLOOR"])
    fields: dict[str, Any]
    instrument: str
    article: str
    confidence: str


class LimitOut(Schema):
    """A limit an offer was held to, and the rule behind it."""

    kind: str = Field(examples=["TERM_MONTHS_MAX"])
    most: Decimal
    used: Decimal
    standing: Literal["WITHIN", "AT", "PASSED"]
    rule: str
    is_law: bool
    confidence: str


class DueOut(Schema):
    """One payment of an offer."""

    due_on: date
    amount: Decimal
    principal: Decimal
    interest: Decimal
    penalty: Decimal
    costs: Decimal
    new_interest: Decimal


class OfferOut(Schema):
    """An offer, worked out to the cent. `value` is null for who may not know what it is worth to the lender."""

    id: UUID
    case_id: UUID
    search_id: UUID | None = None
    label: str = Field(examples=["BEST_VALUE"])
    also: list[str]
    kind: Literal["PLAN", "SETTLEMENT"]
    currency: str
    schedule: list[DueOut]
    total: Decimal
    total_cost: Decimal
    apr: Decimal | None = None
    ends_on: date
    kept_chance: Decimal | None = None
    kept_low: Decimal | None = None
    kept_high: Decimal | None = None
    value: Decimal | None = None
    waived: dict[str, Decimal]
    is_in_band: bool
    limits: list[LimitOut]
    needs_role: str = Field(description="Who must agree; '' nobody, NOBODY no role may.")
    reasons: list[ReasonOut]
    made_by: str
    made_at: datetime
    loan_ids: list[UUID] = Field(description="The loans it is about.")
    is_partial: bool = Field(description="The debtor has other loans that it leaves as they are.")


class WishIn(Given):
    """What the debtor asks for beside the figures."""

    pay_day: int | None = Field(None, ge=1, le=31)
    frequency: Literal["MONTH", "FORTNIGHT", "WEEK"] = "MONTH"
    lump_sum: Money = Field(Decimal(0), description="Money at hand, for a settlement.")
    loan_ids: list[UUID] = Field([], max_length=50, description="About these loans of the case only; none: all.")


class SaidIn(Given):
    """Who said what, for the negotiation on file."""

    party: Literal["LENDER", "DEBTOR"] = "LENDER"
    reason: str = Field("", max_length=30, pattern=r"^[A-Z_]*$")
    said: Note = Field("", description="Kept sealed, never in the record.")
    channel: str = Field("", max_length=10, pattern=r"^[A-Z]*$")
    call_id: UUID | None = None


def day_of(request: HttpRequest, case: Any = None) -> date:
    """Return the working day of a case, or today in the lender's calendar."""
    now: datetime = request.now  # type: ignore[attr-defined]
    if case is not None:
        return working_day(case, now)
    tenant = get_tenant(tenant_id=principal_of(request).tenant_id)
    return now.astimezone(ZoneInfo(tenant.time_zone)).date()


def reason_out(row: dict[str, Any]) -> dict[str, Any]:
    """Return a reason as it is kept, laid flat."""
    article = row.get("article") or {"instrument": "", "article": "", "confidence": "unverified"}
    return {"code": row["code"], "fields": row["fields"], **article}


def offer_out(offer: Any, caller: Principal) -> dict[str, Any]:
    """Return an offer as the interface gives it to a caller."""
    own = {"also", "waived", "is_in_band", "limits", "reasons", "value", "schedule", "loan_ids", "is_partial"}
    terms = offer.terms
    waived = {part: amount for part, amount in (terms.get("waived") or {}).items() if part != "currency"}
    return {
        **{name: getattr(offer, name) for name in OfferOut.model_fields if name not in own},
        "also": terms.get("also", []), "waived": waived, "is_in_band": terms.get("is_in_band", True),
        "value": None if caller.role == "AGENCY_USER" else offer.value,
        "schedule": offer.schedule,
        "loan_ids": [row["ledger"] for row in terms.get("loans", [])], "is_partial": bool(terms.get("is_partial")),
        "limits": [{**one, "confidence": (one.get("article") or {}).get("confidence", "read")} for one in offer.limits],
        "reasons": [reason_out(one) for one in terms.get("reasons", [])],
    }  # fmt: skip
