"""Listening to the telephone exchange: its steps become events of calls, its recordings sealed files of ours."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from qingshou.audit.actors import Actor, ActorKind
from qingshou.features.contact.channels.ari_follow import CallEvent, Step
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.models import Call, Consent
from qingshou.features.contact.operations.exchange import (
    ANSWERED,
    ENDED,
    NEVER_RUNG,
    RECORDED,
    ExchangeEvent,
    take_exchange_event,
)
from qingshou.kernel.errors import NotFound
from qingshou.kernel.lender_settings import part_of
from qingshou.law.contact.terms import Outcome
from qingshou.tenancy.queries import current_tenant

EXCHANGE = Actor(ActorKind.SYSTEM, "exchange")


class Recorder(Protocol):
    """An exchange that keeps recordings until they are fetched."""

    @property
    def code(self) -> str: ...

    def fetch_recording(self, key: UUID) -> tuple[bytes, str]: ...

    def delete_recording(self, key: UUID) -> None: ...


def follow_calls(
    *, exchange: Recorder, steps: Iterable[CallEvent], clock: Callable[[], datetime], actor: Actor = EXCHANGE
) -> int:
    """Take every step an exchange tells until it tells no more; returns how many were of calls of ours.

    Takes   steps  what the follower yields (channels.ari_follow); a recording is fetched when it is done, kept sealed,
                   and only then removed at the exchange
    """
    taken = 0
    for step in steps:
        event = _event_of(exchange, step)
        if event is None:
            continue
        try:
            call = take_exchange_event(adapter=exchange.code, event=event, actor=actor, now=clock())
        except (BadContactInput, NotNow):  # no sound, or a second recording: the exchange keeps its copy
            continue
        if call is not None:
            taken += 1
            if event.kind == RECORDED:
                exchange.delete_recording(step.key)
    return taken


def is_to_be_recorded(*, call_id: UUID) -> bool:
    """Tell whether a call is recorded from the first word: where the lender records, and the person did not refuse.

    The lender's settings say `contact.recording`: CONSENT, only after a yes; ALWAYS, unless refused.
    """
    way = str(part_of(current_tenant().settings, "contact").get("recording", ""))
    person = Call.objects.filter(id=call_id).values_list("attempt__person_id", flat=True).first()
    if person is None or way not in ("ALWAYS", "CONSENT"):
        return False
    said = Consent.objects.filter(person=person, kind="RECORDING").order_by("-at", "-id").first()
    return way == "ALWAYS" if said is None else said.is_given


def _event_of(exchange: Recorder, step: CallEvent) -> ExchangeEvent | None:
    if step.step is Step.ANSWERED:
        return ExchangeEvent(ANSWERED, step.at, key=step.key)
    if step.step is Step.ENDED:
        never = step.outcome is Outcome.RELEASED and step.is_certain
        return ExchangeEvent(NEVER_RUNG if never else ENDED, step.at, key=step.key)
    if step.step is Step.RECORDING_DONE:
        try:
            sound, _form = exchange.fetch_recording(step.key)
        except NotFound:
            return None
        return ExchangeEvent(RECORDED, step.at, key=step.key, sound=[sound])
    return None
