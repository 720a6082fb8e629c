"""What the telephone exchange reports of a call: answered, ended, recorded. Each thing is taken once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.features.contact.models import Call
from qingshou.features.contact.operations.attempts import release
from qingshou.features.contact.operations.call_rows import lock_call, record_call
from qingshou.features.contact.operations.recordings import store_recording

ANSWERED, ENDED, RECORDED = "ANSWERED", "ENDED", "RECORDED"
NEVER_RUNG = "NEVER_RUNG"  # the caller's own telephone was not picked up: the number never rang


@dataclass(frozen=True, slots=True)
class ExchangeEvent:
    """One thing the exchange says of a call it began: by our key, or by its own id of the channel."""

    kind: str  # ANSWERED, ENDED, RECORDED, NEVER_RUNG
    at: datetime
    key: UUID | None = None
    provider_ref: str = ""
    sound: Iterable[bytes] = field(default=(), repr=False)


def take_exchange_event(*, adapter: str, event: ExchangeEvent, actor: Actor, now: datetime) -> Call | None:
    """Take what the exchange says of a call; said again, or late and out of order, it changes nothing.

    Takes   adapter  code of the exchange that says it: another's ids are not ours
    Gives   the call, or None where the exchange speaks of a call that is not ours
    """
    call_id = _call_of(adapter, event)
    if call_id is None:
        return None
    if event.kind == RECORDED:
        return store_recording(call_id=call_id, chunks=event.sound, actor=actor, now=now).call
    with transaction.atomic():
        call = lock_call(call_id, unsaved=False)
        if event.kind == ANSWERED:
            call.answered_at = min(filter(None, (call.answered_at, event.at)))
        elif event.kind in (ENDED, NEVER_RUNG) and call.ended_at is None:
            call.ended_at = event.at
            if event.kind == NEVER_RUNG:
                _give_back(call, actor, now)
        if call.answered_at and call.ended_at:
            call.duration_s = max(0, int((call.ended_at - call.answered_at).total_seconds()))
        elif call.ended_at:
            call.duration_s = 0
        call.save(update_fields=["answered_at", "ended_at", "duration_s", "saved_at"])
    return call


def _give_back(call: Call, actor: Actor, now: datetime) -> None:
    """Free the place of a call that never left the house, unless the caller has written something of it."""
    if call.saved_at is None and call.answered_at is None and call.identity_checked_at is None:
        release(attempt_id=call.attempt_id, actor=actor, now=now)
        call.saved_at = now
        record_call(call, "CALL_ABANDONED", actor=actor, now=now, facts={"attempt": call.attempt_id})


def _call_of(adapter: str, event: ExchangeEvent) -> UUID | None:
    calls = Call.objects.filter(adapter=adapter)
    if event.key is not None:
        calls = calls.filter(id=event.key)
    elif event.provider_ref:
        calls = calls.filter(provider_ref=event.provider_ref[:120])
    else:
        return None
    return calls.values_list("id", flat=True).first()
