"""Ageing and severity of one loan, by the numbers alone. The same in columns is beside it, bound to it by tests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from qingshou.kernel.errors import BadInput
from qingshou.kernel.lender_settings import unfit

_DIGITS_MAX = 4
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)

BUCKET_DAYS = 30
BUCKET_MAX = 7

MILD_DAYS_MIN = 1
MODERATE_DAYS_MIN = 31
SEVERE_DAYS_MIN = 91


class Severity(StrEnum):
    """How bad by days, best first; UNKNOWN stands outside the order."""

    NONE = "NONE"
    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    UNKNOWN = "UNKNOWN"


# 民法典 561: costs before interest before principal; penalty interest is interest that came later.
PARTS_IN_ORDER = ("fees", "interest", "penalty", "principal")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeTerms:
    """How days past due are counted.

    as_of                 the day judged, taken at its end: what fell due or was paid on it counts
    day_one               added to the days elapsed since the due date: 0, or 1 where the due date itself is day 1
    grace_days            days taken off the count before it starts
    materiality_amount    arrears up to this amount do not start the clock
    materiality_share     nor do arrears up to this fraction of the exposure; both limits must be exceeded (EU)
    parts_order           which part of an instalment a payment covers first
    """

    as_of: date
    day_one: int = 0
    grace_days: int = 0
    materiality_amount: Decimal = Decimal(0)
    materiality_share: Decimal = Decimal(0)
    parts_order: tuple[str, ...] = PARTS_IN_ORDER

    def __post_init__(self) -> None:
        if self.day_one not in (0, 1):
            raise BadInput(f"The day-one convention is 0 (elapsed days) or 1 (due date is day 1), not {self.day_one}.")
        if self.grace_days < 0 or self.materiality_amount < 0 or not 0 <= self.materiality_share <= 1:
            raise BadInput("Grace days and materiality limits cannot be negative, and a share is at most 1.")
        if sorted(self.parts_order) != sorted(PARTS_IN_ORDER):
            raise BadInput(f"The order of parts must name each of {', '.join(PARTS_IN_ORDER)} once.")


def tolerances_of(settings: Mapping[str, Any]) -> tuple[int, Decimal, Decimal]:
    """Return a lender's grace days, and the amount and the share up to which arrears are not material.

    Takes   settings  the lender's: `grace_days`, `materiality_amount`, `materiality_share`
    Stops   SettingsUnfit  one of them is no number, below zero, or a share above 1
    """
    days = str(settings.get("grace_days", 0))
    if not days.isascii() or not days.isdigit() or len(days) > _DIGITS_MAX:
        raise unfit("grace_days", "a whole number of days is expected")
    limits = {}
    for name, most in (("materiality_amount", None), ("materiality_share", Decimal(1))):
        text = str(settings.get(name, "0"))
        if not _NUMBER.fullmatch(text) or (most is not None and Decimal(text) > most):
            raise unfit(name, 'a number such as "0.01" is expected, of a share at most 1')
        limits[name] = Decimal(text)
    return int(days), limits["materiality_amount"], limits["materiality_share"]


def overdue_days_of(*, elapsed_days: int, paused_days: int, terms: AgeTerms) -> int:
    """Return days past due from the days since the clock's due date, less paused and grace days; never negative."""
    return max(0, elapsed_days - paused_days + terms.day_one - terms.grace_days)


def severity_of(overdue_days: int | None) -> Severity:
    """Return the class by days: mild 1-30, moderate 31-90, severe over 90."""
    if overdue_days is None:
        return Severity.UNKNOWN
    if overdue_days >= SEVERE_DAYS_MIN:
        return Severity.SEVERE
    if overdue_days >= MODERATE_DAYS_MIN:
        return Severity.MODERATE
    return Severity.MILD if overdue_days >= MILD_DAYS_MIN else Severity.NONE


def bucket_of(overdue_days: int | None) -> int | None:
    """Return months past due: ceil(overdue_days / 30), at most 7; None when unknown."""
    if overdue_days is None:
        return None
    return min(BUCKET_MAX, -(-max(0, overdue_days) // BUCKET_DAYS))
