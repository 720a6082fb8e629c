"""The codes limitation is spoken of in."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qingshou.kernel.verdict import Reason


class Event(StrEnum):
    """What happened."""

    PLAN_ACCEPTED = "PLAN_ACCEPTED"
    PART_PAYMENT = "PART_PAYMENT"
    ASKED_FOR_TIME = "ASKED_FOR_TIME"
    SIGNED_DEMAND = "SIGNED_DEMAND"  # the debtor signed a demand for payment
    DEMAND_ARRIVED = "DEMAND_ARRIVED"  # a demand demonstrably reached the debtor, who said nothing
    SECURITY_GIVEN = "SECURITY_GIVEN"


class Effect(StrEnum):
    """What it does."""

    NOT_RUNNING = "NOT_RUNNING"  # the debt is not due yet: the period has not begun
    RESTARTS = "RESTARTS"
    EXPIRY_WAIVED = "EXPIRY_WAIVED"  # the period was over, and the debtor may no longer rely on that
    NOT_RETURNABLE = "NOT_RETURNABLE"  # the period was over: what was paid stays paid, the rest is as before
    STAYS_EXPIRED = "STAYS_EXPIRED"
    NO_EFFECT = "NO_EFFECT"  # the period runs on as before
    UNCLEAR = "UNCLEAR"  # the texts entered do not decide it: a lawyer must


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """The effect of one event, with the last day of the period before and after it where they are known."""

    effect: Effect
    was_expired: bool | None
    old_last_date: date | None
    new_last_date: date | None
    reasons: tuple[Reason, ...]

    @property
    def is_restarted(self) -> bool:
        """Whether a whole period runs again from the event."""
        return self.effect in {Effect.RESTARTS, Effect.EXPIRY_WAIVED}
