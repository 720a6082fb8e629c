"""Reports to try things on: messages that were handed over, and what a provider says of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.integration.contact.messages import NOW, asked_of
from tests.integration.contact.rows import make_debtor

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.channels.base import Handed, Report
from qingshou.features.contact.models import Message
from qingshou.features.contact.operations import answers, outbox
from qingshou.features.contact.operations.reports import Taken, take_reports

ADAPTER = "sms_http"


def sent(number: int = 1) -> list[Message]:
    """Queue messages and hand them over; their provider's id follows from theirs."""
    items = [outbox.ToSend(asked=asked_of(make_debtor()), body="请回电。") for _ in range(number)]
    found = []
    for answer in outbox.queue_many(items=items, actor=SYSTEM, now=NOW):
        hand_over(answer.message_id)
        found.append(Message.objects.get(id=answer.message_id))
    return found


def hand_over(message_id: UUID) -> None:
    Message.objects.filter(id=message_id).update(state="SENDING", adapter=ADAPTER, tries=1)
    answers.note_handed(
        message_id=message_id, adapter=ADAPTER, handed=Handed(f"ref-{message_id}"), actor=SYSTEM, now=NOW
    )


def report(message: Message, state: str, seconds: int = 1, *, by_ref: bool = False, ref: str = "") -> Report:
    return Report(
        event_ref=ref or f"{message.id}:{state}:{seconds}", state=state, at=NOW + timedelta(seconds=seconds),
        key=None if by_ref else message.id, provider_ref=f"ref-{message.id}" if by_ref else "",
        error_code="30003" if state in ("FAILED", "BOUNCED") else "",
    )  # fmt: skip


def take(*told: Report) -> Taken:
    return take_reports(adapter=ADAPTER, reports=told, actor=SYSTEM, now=NOW + timedelta(minutes=1))


def picture(message: Message) -> tuple[Any, ...]:
    message.refresh_from_db()
    return (message.state, message.state_at, message.error_code, message.sent_at, message.delivered_at,
            message.read_at, message.attempt.outcome)  # fmt: skip
