"""What a provider answered, written down: good news whoever brings it, bad news only by who still holds the lease.

That a provider has a message is true whoever says so, and only ever keeps it from being sent twice: it is joined. That
it may be sent again, or has failed, is believed only of the sender whose token stands in the row.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.contact.channels.base import Handed, Report
from qingshou.features.contact.faultpoints import reach
from qingshou.features.contact.models import DeliveryEvent, Message
from qingshou.features.contact.operations.locked_messages import (
    end_attempts,
    entry_of,
    hold_ref,
    learn,
    lock_message,
    write_learned,
)
from qingshou.features.contact.rules.messages import State, Told
from qingshou.features.contact.rules.sending import Pace
from qingshou.law.contact.terms import Outcome

_GIVEN_UP = "GIVEN_UP"


def note_handed(*, message_id: UUID, adapter: str, handed: Handed, actor: Actor, now: datetime) -> None:
    """Write that the provider has the message, and take in reports that came before its id was known here."""
    told = [Told(State.SENT, now)]
    if handed.state != State.SENT:
        told.append(Told(State(handed.state), now))
    _note_known(message_id, adapter, handed.provider_ref, told, actor, now)


def note_found(*, message_id: UUID, adapter: str, report: Report, actor: Actor, now: datetime) -> None:
    """Write what the provider said when it was asked."""
    told = [Told(State.SENT, report.at), Told(State(report.state), report.at, report.error_code)]
    _note_known(message_id, adapter, report.provider_ref, told, actor, now)


def _note_known(
    message_id: UUID, adapter: str, provider_ref: str, told: list[Told], actor: Actor, now: datetime
) -> None:
    with transaction.atomic():
        hold_ref(adapter, [provider_ref])
        message = lock_message(message_id)
        early = early_reports(adapter, provider_ref)
        if provider_ref and not message.provider_ref:
            message.provider_ref = provider_ref
        is_changed = learn(message, [*told, *early])
        message.lease_until = message.lease_token = None
        write_learned([message] if is_changed else [], [] if is_changed else [message], actor=actor, now=now)
        reach("writing")


def early_reports(adapter: str, provider_ref: str) -> list[Told]:
    """Return what was reported of a provider's id before we knew whose it is."""
    if not provider_ref:
        return []
    rows = DeliveryEvent.objects.filter(message__isnull=True, adapter=adapter, provider_ref=provider_ref)
    return [Told(State(row.state), row.at, row.error_code) for row in rows]


def note_unreachable(*, message_id: UUID, token: UUID, actor: Actor, now: datetime, pace: Pace) -> bool:
    """Put back what was not handed over, for later; after the last try it has failed. False: no longer ours."""
    with transaction.atomic():
        message = _mine(message_id, token)
        if message is None:
            return False
        if message.tries >= pace.tries_max:
            _fail(message, _GIVEN_UP, actor, now)
        else:
            put_back(message, now + timedelta(seconds=pace.wait_before_try(message.tries)), now)
    return True


def note_rejected(*, message_id: UUID, token: UUID, error_code: str, actor: Actor, now: datetime) -> bool:
    """Write that the provider said no. False: no longer ours."""
    with transaction.atomic():
        message = _mine(message_id, token)
        if message is None:
            return False
        _fail(message, error_code or "REJECTED", actor, now)
    return True


def note_lost(*, message_id: UUID, token: UUID, actor: Actor, now: datetime, pace: Pace) -> bool:
    """Write that the answer was lost: it may have arrived, and the provider is asked. False: no longer ours."""
    with transaction.atomic():
        message = _mine(message_id, token)
        if message is None:
            return False
        doubt(message, actor=actor, now=now, ask_at=now + timedelta(seconds=pace.ask_after_s), why="ANSWER_LOST")
    return True


def doubt(message: Message, *, actor: Actor, now: datetime, ask_at: datetime, why: str) -> None:
    """Set a locked message to UNCERTAIN: it is never sent again before the provider, or a person, has been asked.

    `state_at` stays the moment of handing over: by it some providers find a message.
    """
    message.state, message.error_code = State.UNCERTAIN.value, why
    message.lease_until, message.lease_token = ask_at, None
    message.save(update_fields=["state", "error_code", "lease_until", "lease_token"])
    entry = entry_of(message, "MESSAGE_UNCERTAIN", {"why": why, "adapter": message.adapter})
    record_many(entries=[entry], actor=actor, now=now)


def note_not_received(*, message_id: UUID, token: UUID, actor: Actor, now: datetime, pace: Pace) -> bool:
    """Queue again, under the same key, what the provider says it never received. False: it is known otherwise."""
    with transaction.atomic():
        message = _mine(message_id, token, state=State.UNCERTAIN)
        if message is None:
            return False
        if message.tries >= pace.tries_max:
            _fail(message, _GIVEN_UP, actor, now)
            return True
        put_back(message, now, now)
        record_many(entries=[entry_of(message, "MESSAGE_REQUEUED", {"why": "NOT_RECEIVED"})], actor=actor, now=now)
    return True


def _mine(message_id: UUID, token: UUID, *, state: State = State.SENDING) -> Message | None:
    message = lock_message(message_id)
    return message if message.lease_token == token and message.state == state else None


def put_back(message: Message, not_before: datetime, now: datetime) -> None:
    """Queue a locked message again, under the same key."""
    """Queue a locked message again, under the same key."""
    message.state, message.state_at, message.error_code = State.QUEUED.value, now, ""
    message.not_before_at = not_before
    message.lease_until = message.lease_token = None
    message.save(
        update_fields=["state", "state_at", "error_code", "not_before_at", "lease_until", "lease_token"]
    )  # fmt: skip


def _fail(message: Message, error_code: str, actor: Actor, now: datetime) -> None:
    """Write that our own trying ended without the message having left: the contact was never made."""
    message.state, message.state_at, message.error_code = State.FAILED.value, now, error_code[:60]
    message.lease_until = message.lease_token = None
    message.save(update_fields=["state", "state_at", "error_code", "lease_until", "lease_token"])
    end_attempts({message.attempt_id: Outcome.FAILED}, now=now)
    record_many(
        entries=[entry_of(message, "MESSAGE_FAILED", {"error": message.error_code, "adapter": message.adapter})],
        actor=actor, now=now,
    )  # fmt: skip
