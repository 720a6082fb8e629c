"""Stops, consents and struck numbers over REST."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qingshou.features.cases.callers import case_for
from qingshou.features.contact.api.shapes import ChannelCode
from qingshou.features.contact.operations import consents, points, stops
from qingshou.features.contact.queries.stops import case_of_stop, list_stops
from qingshou.law.contact.terms import Stop
from qingshou.rest.principal import missing, permitted
from qingshou.rest.schemas import Note

router = Router()

StopCode = Literal[
    "CEASE", "CHANNEL", "DISPUTE", "COMPLAINT", "BANKRUPTCY", "DEATH", "VULNERABLE", "BREATHING_SPACE", "REPRESENTED",
    "MINOR", "HARDSHIP",
]  # fmt: skip


class StopIn(Schema):
    """A stop to be placed on the person of a case."""

    kind: StopCode
    channel: ChannelCode | None = Field(None, description="Of a CHANNEL stop; none: every channel.")
    loan_id: UUID | None = Field(None, description="One debt only; none: every debt.")
    until_at: datetime | None = None
    note: Note = Field("", description="Why; kept sealed, never in the record.")


class StopOut(Schema):
    """A stop."""

    id: UUID
    kind: str
    channel: str
    loan_id: UUID | None = None
    from_at: datetime
    until_at: datetime | None = None
    source: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None = None


class LiftIn(Schema):
    """Why a stop is lifted."""

    reason: Note = Field(min_length=3, examples=["The dispute was settled"])


class ConsentIn(Schema):
    """Consent given or withdrawn by the person of a case."""

    kind: Literal["CHANNEL", "HOURS", "CALLS", "WORKPLACE", "RECORDING"]
    channel: ChannelCode | None = None
    is_given: bool
    until_at: datetime | None = None


class ConsentOut(Schema):
    """A word on consent; the newest of a kind and channel holds."""

    id: UUID
    kind: str
    channel: str
    is_given: bool
    at: datetime
    until_at: datetime | None = None


class StrikeIn(Schema):
    """Why a number is struck."""

    reason: Literal["WRONG_PERSON", "INVALID", "BOUNCED", "ASKED"]


class StruckOut(Schema):
    """A number that was struck."""

    contact_point_id: UUID
    is_struck: bool
    struck_reason: str


@router.get("/of-case/{case_id}/stops", response=list[StopOut], summary="List the stops on a case's person")
@permitted("contact.view")
def get_stops(request: HttpRequest, case_id: UUID) -> Any:
    """The newest first, lifted ones too."""
    case, _ = case_for(request, case_id, "cases.view")
    return list_stops(borrower_id=case.borrower_id)


@router.post("/of-case/{case_id}/stops", response=StopOut, summary="Place a stop")
@permitted("contact.work")
def place_stop(request: HttpRequest, case_id: UUID, given: StopIn) -> Any:
    """From the reply on the door refuses; what waited in the outbox is taken back."""
    case, caller = case_for(request, case_id, "contact.work")
    return stops.place_stop(
        borrower_id=case.borrower_id, kind=Stop(given.kind), actor=caller.actor, now=request.now,  # type: ignore[attr-defined]
        channel=given.channel or "", loan_id=given.loan_id, until_at=given.until_at, note=given.note, source="API",
    )  # fmt: skip


@router.post("/stops/{stop_id}/lift", response=StopOut, summary="Lift a stop")
@permitted("contact.work")
def lift_stop(request: HttpRequest, stop_id: UUID, given: LiftIn) -> Any:
    """With a reason; the stop stays readable."""
    case_id = case_of_stop(stop_id=stop_id)
    if case_id is None:
        raise missing("stop")
    _, caller = case_for(request, case_id, "contact.work", name="stop")
    return stops.lift_stop(stop_id=stop_id, actor=caller.actor, now=request.now, reason=given.reason)  # type: ignore[attr-defined]


@router.post("/of-case/{case_id}/consents", response=ConsentOut, summary="Note consent given or withdrawn")
@permitted("contact.work")
def record_consent(request: HttpRequest, case_id: UUID, given: ConsentIn) -> Any:
    """Of a channel, of hours outside the law's, of more calls than the counters, of the workplace, of recording."""
    case, caller = case_for(request, case_id, "contact.work")
    return consents.record_consent(
        borrower_id=case.borrower_id, kind=given.kind, channel=given.channel or "", is_given=given.is_given,
        actor=caller.actor, now=request.now, until_at=given.until_at, source="API",  # type: ignore[attr-defined]
    )  # fmt: skip


@router.post(
    "/of-case/{case_id}/points/{contact_point_id}/strike", response=StruckOut, summary="Strike a number or address"
)
@permitted("contact.work")
def strike(request: HttpRequest, case_id: UUID, contact_point_id: UUID, given: StrikeIn) -> dict[str, Any]:
    """By its value: the same number on the next tape stays struck."""
    case, caller = case_for(request, case_id, "contact.work")
    state = points.strike_point(
        borrower_id=case.borrower_id, contact_point_id=contact_point_id, reason=given.reason, actor=caller.actor,
        now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return {"contact_point_id": contact_point_id, "is_struck": state.is_struck, "struck_reason": state.struck_reason}
