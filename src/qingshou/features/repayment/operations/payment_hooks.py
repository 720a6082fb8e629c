"""One report of a payment provider, taken in once however often and in whatever order reports come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from qingshou.audit.actors import Actor, ActorKind
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.receipt_intake import take_in
from qingshou.features.repayment.operations.receipt_parts import reverse_whole
from qingshou.features.repayment.operations.receipt_rows import Told
from qingshou.features.repayment.rules.payment_events import EventKind, PaymentEvent


class Outcome(StrEnum):
    """What became of a report."""

    TAKEN = "TAKEN"
    REPEATED = "REPEATED"
    NOTED = "NOTED"  # nothing came in, so nothing moved


@dataclass(frozen=True, slots=True)
class Delivered:
    """A report that was taken in."""

    outcome: Outcome
    receipt: Receipt | None = None


# (provider, event, the receipt where money came, who, when); runs in the transaction of the receipt
Effect = Callable[[str, PaymentEvent, Receipt | None, Actor, datetime], None]
_effects: list[Effect] = []


def on_payment_event(effect: Effect) -> Effect:
    """Make known what a provider's report sets in motion (a payment begun on the debtor's page ends)."""
    if effect not in _effects:
        _effects.append(effect)
    return effect


def take_payment_event(*, provider: str, event: PaymentEvent, now: datetime) -> Delivered:
    """Act on one report.

    Takes   event      PAID: a receipt by the provider's id of the payment; REVERSED: that receipt is reversed, and
                       recorded first where its own report has not come yet; FAILED: nothing moved
    Gives   Delivered  REPEATED where it had been acted on
    Stops   ReceiptDiffers  the payment was told before with another amount, currency or day
            UnfitAmount, and what stops a reversal; then nothing is taken in and the provider comes again
    """
    actor = Actor(ActorKind.CLIENT, f"payments:{provider}"[:60])
    with transaction.atomic():
        done = _acted(provider, event, actor, now)
        for effect in _effects:
            effect(provider, event, done.receipt, actor, now)
    return done


def _acted(provider: str, event: PaymentEvent, actor: Actor, now: datetime) -> Delivered:
    if event.kind is EventKind.FAILED:
        return Delivered(Outcome.NOTED)
    told = Told(
        source="WEBHOOK", external_ref=f"{provider}:{event.payment}", amount=event.amount, currency=event.currency,
        value_date=event.value_date, payment_ref=event.reference,
    )  # fmt: skip
    taken = take_in(told=told, actor=actor, now=now)
    receipt, is_repeat = taken.applied.receipt, taken.is_repeat
    if event.kind is EventKind.REVERSED:
        reversal_ref = f"{provider}:{event.payment}:reversed"  # a payment is taken back once, whatever the event's id
        back = reverse_whole(
            receipt_id=receipt.id, reversal_ref=reversal_ref, reason="PROVIDER_REVERSED", actor=actor, now=now
        )
        receipt, is_repeat = back.receipt, back.is_repeat
    return Delivered(Outcome.REPEATED if is_repeat else Outcome.TAKEN, receipt)
