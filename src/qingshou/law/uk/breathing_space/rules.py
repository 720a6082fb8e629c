"""Breathing space: its dates, what it freezes, and what the debtor owes it. Acts and endings stand beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.register import rule
from qingshou.law.uk.breathing_space.acts import is_qualifying, may_do
from qingshou.law.uk.breathing_space.endings import Ending, Kind, additional_debt_dates, crisis_dates, end_of, limit_of
from qingshou.law.values import Taken, beside

__all__ = [
    "LAW",
    "BreathingSpace",
    "Ending",
    "Kind",
    "additional_debt_dates",
    "crisis_dates",
    "dates",
    "end_of",
    "end_on_death",
    "frozen_interest",
    "interest_after_cancellation",
    "is_qualifying",
    "limit_of",
    "may_do",
    "new_credit",
]

LAW = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathingSpace:
    """The dates of one moratorium; every `_by` and `last_` day still belongs."""

    start_date: date
    last_date: date
    midway_review_from_date: date
    midway_review_by_date: date
    creditor_review_by_date: date
    adviser_review_by_date: date
    court_application_by_date: date
    additional_debt_optional_after_date: date
    limitation_extended_to_date: date
    next_application_after_date: date


@rule(LAW, article="8, 9, 15, 17-19, 24, 26, 27", confidence=Confidence.READ)
def dates(*, entered_date: date) -> BreathingSpace:
    """Return the dates that follow from the day of the register entry; refuses before 2021-05-04."""
    if entered_date.year >= date.max.year - 1:
        raise BadInput(f"The dates that follow from {entered_date} lie outside the calendar: give another day.")

    def take(value_id: str) -> Taken:
        return LAW.value_on(value_id, entered_date)

    start = entered_date + timedelta(days=take("start_after_entry").whole)

    def day_number(number: int) -> date:
        # Day 1 is the start day itself: "beginning with".
        return start + timedelta(days=number - 1)

    last = day_number(take("length").whole)
    return BreathingSpace(
        start_date=start,
        last_date=last,
        midway_review_from_date=day_number(take("midway_review_after").first_whole),
        midway_review_by_date=day_number(take("midway_review_by").last_whole),
        creditor_review_by_date=day_number(take("creditor_review_by").last_whole),
        adviser_review_by_date=day_number(take("adviser_review_by").last_whole),
        court_application_by_date=day_number(take("court_application_by").last_whole),
        additional_debt_optional_after_date=day_number(take("additional_debt_optional_after").first_whole - 1),
        limitation_extended_to_date=last + timedelta(weeks=take("limitation_extension").whole) - timedelta(days=1),
        next_application_after_date=add_months(last, take("repeat_after").whole),
    )


@rule(LAW, article="7(6)(a), 7(9), 7(10)(a)", confidence=Confidence.READ)
def frozen_interest(*, is_secured: bool, on: date) -> Verdict:
    """Tell which interest accrued in the moratorium may never be required, also after its end."""
    LAW.value_on("length", on)
    if is_secured:
        return Verdict("ON_ARREARS_ONLY", (Reason("SECURED_DEBT", {}, LAW.cite("7(9)", Confidence.READ)),))
    return Verdict("ALL", (Reason("UNSECURED_DEBT", {}, LAW.cite("7(6)(a), 7(10)(a)", Confidence.READ)),))


@rule(LAW, article="7(10)(a), 19(4)", confidence=Confidence.READ)
def interest_after_cancellation(*, on: date, is_by_court: bool = False) -> Verdict:
    """Tell what becomes of what accrued before a moratorium was cancelled.

    Takes   is_by_court  the county court cancelled it on a creditor's application, not the adviser after a review
    Gives   Verdict      NEVER_OWED: cancelling ends the moratorium, and after its end what accrued in it may not be
                         required (7(10)(a)); COURT_MAY_ORDER: only what the court requires the debtor to pay (19(4))
    """
    LAW.value_on("length", on)
    if is_by_court:
        return Verdict("COURT_MAY_ORDER", (Reason("CANCELLED_BY_COURT", {}, LAW.cite("19(4)", Confidence.READ)),))
    return Verdict("NEVER_OWED", (Reason("CANCELLED_AFTER_REVIEW", {}, LAW.cite("7(10)(a)", Confidence.READ)),))


@rule(LAW, article="16(2)(c)", confidence=Confidence.READ)
def new_credit(*, outstanding: Sequence[Decimal], on: date, is_crisis: bool = False) -> Verdict:
    """Tell whether new credit taken in the moratorium, taken together, keeps the debtor's duty: KEPT or BREACHED.

    Takes   outstanding  what is open of each new credit at one point in time, alone or jointly
            is_crisis    a mental health crisis moratorium: it has no such duty, and the answer is NO_DUTY
    """
    if is_crisis:
        LAW.value_on("new_credit_max", on)
        return Verdict("NO_DUTY", (Reason("CRISIS_WITHOUT_DUTIES", {}, LAW.cite("16(2)", Confidence.READ)),))
    limit = LAW.value_on("new_credit_max", on)
    total = sum(outstanding, ZERO)
    fields = {"total": total, "max": limit.number}
    return Verdict("KEPT" if limit.is_met_by(total) else "BREACHED", (Reason("NEW_CREDIT", fields, limit.article),))


@rule(LAW, article="21(1)", confidence=Confidence.READ)
def end_on_death(*, death_date: date) -> date:
    """Return the day on which the moratorium ends when the debtor dies."""
    return death_date + timedelta(days=LAW.value_on("ends_after_death", death_date).whole)
