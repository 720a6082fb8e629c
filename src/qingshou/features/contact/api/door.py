"""The door over REST: ask, reserve, say how it ended. An agency's dialler stands under the desk's own counters."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.features.cases.callers import case_for
from qingshou.features.contact.api.shapes import (
    ChannelCode,
    ClearanceOut,
    PartyCode,
    PurposeCode,
    clearance_out,
)
from qingshou.features.contact.operations import door
from qingshou.features.contact.queries.refusals import RefusalFilter, list_refusals
from qingshou.features.contact.queries.standing import get_attempt, list_case_attempts
from qingshou.features.contact.rules.asked import OWN
from qingshou.law.contact.terms import Channel, Outcome, Party, Purpose
from qingshou.rest.principal import Principal, missing, permitted, principal_of
from qingshou.rest.schemas import Code, Page, Ref

router = Router()

_ENDS = Literal[
    "CONVERSATION", "THIRD_PERSON", "WRONG_PERSON", "DROPPED", "NO_ANSWER", "VOICEMAIL_LEFT", "VOICEMAIL_FULL",
    "ANNOUNCEMENT", "BUSY", "NOT_IN_SERVICE", "SENT", "DELIVERED", "FAILED",
]  # fmt: skip


class AskedIn(Schema):
    """One contact that is wanted."""

    case_id: UUID
    channel: ChannelCode
    purpose: PurposeCode = "COLLECT"
    party: PartyCode = "DEBTOR"
    contact_point_id: UUID | None = Field(None, description="Number or address; none: the debtor's first usable one.")


class ReservationIn(AskedIn):
    """One contact to be made now."""

    key: Ref | None = Field(None, description="Your own name of this contact: the same key is one reservation.")


class AttemptOut(Schema):
    """A contact: reserved, made, or from outside."""

    id: UUID
    case_id: UUID | None = None
    channel: str
    direction: str = Field(description="OUT or IN")
    party: str
    purpose: str
    at: datetime
    local_date: date
    outcome: str = Field(examples=["PENDING"])
    outcome_at: datetime | None = None
    placed_by: str
    collector: str
    law: str
    contact_point_id: UUID | None = None


class ReservationOut(Schema):
    """The door's answer to a reservation: a refusal is an answer, kept with its reasons, and not an error."""

    is_reserved: bool
    attempt: AttemptOut | None = None
    clearance: ClearanceOut


class OutcomeIn(Schema):
    """How a contact ended."""

    outcome: _ENDS


class RefusalOut(Schema):
    """A contact the door refused."""

    id: UUID
    case_id: UUID | None = None
    channel: str
    purpose: str
    party: str
    at: datetime
    codes: list[str]
    reasons: list[dict[str, Any]]
    next_at: datetime | None = None
    asked_by: str


class RefusalFilters(Schema):
    """Filters of refusals."""

    code: Code | None = Field(None, examples=["CAP_REACHED"])
    channel: ChannelCode | None = None
    limit: int = Field(50, ge=1, le=200)


def _asked(given: AskedIn, case: Any, *, key: str = "") -> door.Asked:
    return door.Asked(
        borrower_id=case.borrower_id, channel=Channel(given.channel), purpose=Purpose(given.purpose),
        party=Party(given.party), contact_point_id=given.contact_point_id, case_id=case.id, key=key,
    )  # fmt: skip


def _collector(caller: Principal) -> str:
    """An agency's people count as their agency, everyone else as the lender."""
    return caller.actor.name[:60] if caller.role == "AGENCY_USER" else OWN


@router.get(
    "/clearance",
    response=ClearanceOut,
    summary="Ask whether a contact would be allowed now",
    openapi_extra={"x-may-be-missing": True},
)
@permitted("contact.view")
def get_clearance(request: HttpRequest, asked: Query[AskedIn]) -> dict[str, Any]:
    """With every reason, its article, the next time it would be allowed, and what each counter still admits."""
    case, caller = case_for(request, asked.case_id, "cases.view")
    (found,) = door.clear_many(asked=[_asked(asked, case)], now=request.now, collector=_collector(caller))  # type: ignore[attr-defined]
    return clearance_out(asked.channel, found)


@router.post(
    "/reservations",
    response=ReservationOut,
    summary="Reserve a contact",
    openapi_extra={"x-may-be-missing": True},
)
@permitted("contact.work")
def reserve(request: HttpRequest, given: ReservationIn) -> dict[str, Any]:
    """Takes a place in every counter; only then may the contact be made. A refusal is answered with 200 and kept."""
    case, caller = case_for(request, given.case_id, "contact.work")
    key = f"api:{caller.key}:{given.key}"[:120] if given.key else ""
    (made,) = door.reserve_many(
        asked=[_asked(given, case, key=key)],
        actor=caller.actor,
        now=request.now,
        collector=_collector(caller),  # type: ignore[attr-defined]
    )
    return {
        "is_reserved": made.attempt is not None,
        "attempt": made.attempt,
        "clearance": clearance_out(given.channel, made.clearance),
    }


@router.post("/{attempt_id}/outcome", response=AttemptOut, summary="Say how a contact ended")
@permitted("contact.work")
def settle(request: HttpRequest, attempt_id: UUID, given: OutcomeIn) -> Any:
    """What is said last holds; each saying is in the record."""
    caller = _own(request, attempt_id)
    return door.settle(
        attempt_id=attempt_id,
        outcome=Outcome(given.outcome),
        actor=caller.actor,
        now=request.now,  # type: ignore[attr-defined]
    )


@router.post("/{attempt_id}/release", response=AttemptOut, summary="Give a reservation back")
@permitted("contact.work")
def release(request: HttpRequest, attempt_id: UUID) -> Any:
    """The contact was never made: its place in the counters is free again."""
    caller = _own(request, attempt_id)
    return door.release(attempt_id=attempt_id, actor=caller.actor, now=request.now)  # type: ignore[attr-defined]


@router.get("/of-case/{case_id}", response=list[AttemptOut], summary="List the contacts of a case")
@permitted("contact.view")
def list_attempts(request: HttpRequest, case_id: UUID) -> Any:
    """The newest fifty first, those from outside too."""
    case_for(request, case_id, "cases.view")
    return list_case_attempts(case_id=case_id)


@router.get("/refusals", response=Page[RefusalOut], summary="List refused contacts")
@permitted("contact.refusals")
def refusals(request: HttpRequest, asked: Query[RefusalFilters]) -> dict[str, Any]:  # noqa: ARG001  ninja's way
    """The newest first, each with its reasons and articles."""
    wanted = RefusalFilter(code=asked.code or "", channel=asked.channel or "")
    return {"items": list_refusals(wanted=wanted, limit=asked.limit), "next_cursor": None}


def _own(request: HttpRequest, attempt_id: UUID) -> Principal:
    """Return the caller where the contact belongs to a case he may work; else it does not exist for him."""
    caller, attempt = principal_of(request), get_attempt(attempt_id=attempt_id)
    if attempt is None or attempt.case_id is None:
        raise missing("contact")
    case_for(request, attempt.case_id, "contact.work", name="contact")
    return caller
