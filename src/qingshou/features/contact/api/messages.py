"""Messages over REST: queue one by an approved template, see what became of it, take it back."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qingshou.features.cases.callers import case_for
from qingshou.features.contact.api.shapes import (
    ChannelCode,
    ClearanceOut,
    PurposeCode,
    clearance_out,
)
from qingshou.features.contact.errors import NoSuchContact, NoSuchTemplate
from qingshou.features.contact.operations import outbox
from qingshou.features.contact.queries.messages import get_message
from qingshou.features.contact.queries.templates import approved_version
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.law.contact.terms import Channel, Purpose
from qingshou.rest.principal import missing, permitted
from qingshou.rest.schemas import Code, Ref

router = Router()


class MessageIn(Schema):
    """A message wanted: worded by the approved template of that code, channel, tone and the debtor's language."""

    case_id: UUID
    channel: ChannelCode
    template_code: Code = Field(examples=["REMINDER"])
    tone: Literal["FRIENDLY", "NEUTRAL", "FIRM", "FORMAL"] = "FRIENDLY"
    language: Literal["zh-hans", "zh-hant", "en"] | None = None
    purpose: PurposeCode = "COLLECT"
    key: Ref | None = Field(None, description="Your own name of this message: the same key is one message.")


class MessageOut(Schema):
    """A message on its way; its words are read on the pages only."""

    id: UUID
    case_id: UUID | None = None
    channel: str
    adapter: str
    language: str
    state: str = Field(examples=["QUEUED"])
    state_at: datetime
    not_before_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    replied_at: datetime | None = None
    segments: int
    error_code: str


class QueuedOut(Schema):
    """What became of a message that was wanted: a refusal is an answer, kept with its reasons."""

    is_queued: bool
    message: MessageOut | None = None
    clearance: ClearanceOut


def _shown(message: Any) -> dict[str, Any]:
    own = {name: getattr(message, name) for name in MessageOut.model_fields if name != "case_id"}
    return {**own, "case_id": message.attempt.case_id}


@router.post("/messages", response=QueuedOut, summary="Queue a message", openapi_extra={"x-may-be-missing": True})
@permitted("contact.work")
def queue(request: HttpRequest, given: MessageIn) -> dict[str, Any]:
    """Cleared, worded and kept in one transaction; a refusal of the door is answered with 200."""
    case, caller = case_for(request, given.case_id, "contact.work")
    now: datetime = request.now  # type: ignore[attr-defined]
    language = given.language or case.borrower.language
    version = approved_version(code=given.template_code, channel=given.channel, language=language, tone=given.tone)
    if version is None:
        raise NoSuchTemplate("No approved template fits this code, channel, tone and language: have one approved.")
    asked = Asked(
        borrower_id=case.borrower_id, channel=Channel(given.channel), purpose=Purpose(given.purpose), case_id=case.id,
        key=f"api:{caller.key}:{given.key}"[:120] if given.key else "",
    )  # fmt: skip
    values = values_of(case_ids=[case.id], now=now).get(case.id, {})
    (made,) = outbox.queue_many(
        items=[outbox.ToSend(asked=asked, version=version, values=values)], actor=caller.actor, now=now
    )
    message = get_message(message_id=made.message_id).message if made.message_id else None
    return {
        "is_queued": message is not None,
        "message": _shown(message) if message else None,
        "clearance": clearance_out(given.channel, made.clearance),
    }


@router.get("/messages/{message_id}", response=MessageOut, summary="See what became of a message")
@permitted("contact.view")
def show(request: HttpRequest, message_id: UUID) -> dict[str, Any]:
    """Its state and when it was reached."""
    return _shown(_own(request, message_id, "cases.view"))


@router.post("/messages/{message_id}/cancel", response=MessageOut, summary="Take a message back")
@permitted("contact.work")
def cancel(request: HttpRequest, message_id: UUID) -> dict[str, Any]:
    """Only while it waits; its place in the counters is given back."""
    message = _own(request, message_id, "contact.work")
    _, caller = case_for(request, message.attempt.case_id, "contact.work")
    outbox.cancel(message_id=message_id, actor=caller.actor, now=request.now)  # type: ignore[attr-defined]
    return _shown(get_message(message_id=message_id).message)


def _own(request: HttpRequest, message_id: UUID, permission: str) -> Any:
    try:
        message = get_message(message_id=message_id).message
    except NoSuchContact:
        raise missing("message") from None
    if message.attempt.case_id is None:
        raise missing("message")
    case_for(request, message.attempt.case_id, permission, name="message")
    return message
