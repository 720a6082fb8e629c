"""How a moratorium ends, of both kinds; what its end does to limitation; the days of a debt added later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.contact.public_holidays import public_holidays
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
_SATURDAY = 5


class Kind(StrEnum):
    """Which of the two moratoria."""

    BREATHING_SPACE = "BREATHING_SPACE"
    MENTAL_HEALTH_CRISIS = "MENTAL_HEALTH_CRISIS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The day on which a moratorium ends, by what, and what follows from that day.

    limitation_extended_to_date   last day of a limitation that would else have ended earlier (8, 9)
    next_application_after_date   None after a mental health crisis: none has to be waited for (30(3))
    """

    end_date: date
    reason: Reason
    limitation_extended_to_date: date
    next_application_after_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisDates:
    """The days of a mental health crisis moratorium that follow from its entry alone; it has no length of its own."""

    start_date: date
    first_request_from_date: date
    first_request_by_date: date
    creditor_review_by_date: date
    adviser_review_by_date: date
    court_application_by_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalDebtDates:
    """The days of a debt that was added to a moratorium; the moratorium itself ends as it did."""

    effect_date: date
    creditor_review_by_date: date
    adviser_review_by_date: date
    court_application_by_date: date


@rule(LAW, article="17-19, 32(1), 33(1), 33(2)", confidence=Confidence.READ)
def crisis_dates(*, entered_date: date) -> CrisisDates:
    """Return the dates of a mental health crisis moratorium that follow from the day of the register entry."""
    start = _after(entered_date, "start_after_entry", entered_date)
    added = additional_debt_dates(effect_date=start)
    return CrisisDates(
        start_date=start,
        first_request_from_date=_day(start, LAW.value_on("crisis_request_after", entered_date).first_whole),
        first_request_by_date=_day(start, LAW.value_on("crisis_request_by", entered_date).last_whole),
        creditor_review_by_date=added.creditor_review_by_date,
        adviser_review_by_date=added.adviser_review_by_date,
        court_application_by_date=added.court_application_by_date,
    )


@rule(LAW, article="33(3)", confidence=Confidence.READ)
def next_request(*, last_request_date: date) -> tuple[date, date]:
    """Return from when until when the adviser asks again whether the treatment goes on: day 20 to day 30."""
    first = LAW.value_on("crisis_again_from", last_request_date).first_whole
    last = LAW.value_on("crisis_again_by", last_request_date).last_whole
    return _day(last_request_date, first), _day(last_request_date, last)


@rule(LAW, article="15(7), 17(5), 18(1)(b), 19(2)(b)", confidence=Confidence.READ)
def additional_debt_dates(*, effect_date: date) -> AdditionalDebtDates:
    """Return the dates of an added debt; `effect_date`: its creditor received the notice, or is deemed to have."""

    def within(value_id: str) -> date:
        return _day(effect_date, LAW.value_on(value_id, effect_date).last_whole)

    return AdditionalDebtDates(
        effect_date=effect_date,
        creditor_review_by_date=within("creditor_review_by"),
        adviser_review_by_date=within("adviser_review_by"),
        court_application_by_date=within("court_application_by"),
    )


@rule(LAW, article="18(7), 19(7), 21(1), 26(2), 27(11), 32(2), 34(7)", confidence=Confidence.READ)
def end_of(
    *,
    kind: Kind,
    entered_date: date,
    death_date: date | None = None,
    cancellation_entered_date: date | None = None,
    treatment_ended_date: date | None = None,
    unanswered_request_date: date | None = None,
) -> Ending | None:
    """Return the day on which a moratorium ends: the earliest of what can end it.

    Takes   entered_date               of the entry in the register
            cancellation_entered_date  of the entry of its cancellation: it takes effect on the next day
            treatment_ended_date       crisis: the debtor stopped receiving treatment
            unanswered_request_date    crisis: the adviser asked the point of contact, and no answer came
    Gives   Ending                     None: a crisis moratorium of which nothing yet says when it ends
    Stops   BadInput                   treatment or a request in a breathing space, or an end before the start
    """
    kind = Kind(kind)
    days: dict[str, tuple[date | None, str]] = {
        "DEBTOR_DIED": (death_date, "ends_after_death"),
        "CANCELLED": (cancellation_entered_date, "ends_after_cancellation_entry"),
    }
    ends = {code: _after(day, value_id, entered_date) for code, (day, value_id) in days.items() if day is not None}
    articles = {code: LAW.value_on(value_id, entered_date).article for code, (_, value_id) in days.items()}
    start = _after(entered_date, "start_after_entry", entered_date)
    counted: Mapping[str, tuple[date | None, str]] = {
        "TREATMENT_ENDED": (treatment_ended_date, "crisis_after_treatment"),
        "NO_ANSWER": (unanswered_request_date, "crisis_without_answer"),
    }
    if kind is Kind.BREATHING_SPACE:
        if treatment_ended_date is not None or unanswered_request_date is not None:
            raise BadInput(
                "Treatment and requests belong to a mental health crisis: leave them out, or name that kind."
            )
        counted = {"SIXTY_DAYS_OVER": (start, "length")}
    for code, (day, value_id) in counted.items():
        taken = LAW.value_on(value_id, entered_date)
        articles[code] = taken.article
        if day is not None:
            ends[code] = _day(day, taken.whole)
    if not ends:
        return None
    code = min(ends, key=lambda one: ends[one])
    if ends[code] < start:
        raise BadInput(f"The moratorium would end on {ends[code]}, before it starts on {start}: check the days.")
    return _ending(kind, ends[code], Reason(code, {"end_date": ends[code]}, articles[code]), entered_date)


@rule(LAW, article="8, 9", confidence=Confidence.READ)
def limit_of(*, expires_date: date, start_date: date, end_date: date) -> date:
    """Return the last day of a time limit to sue or to enforce, a moratorium considered.

    Takes   expires_date  its last day without the moratorium
            start_date    and end_date of the moratorium: the day on which it ends, counted
    Gives   date          the later of the limit and eight weeks from the end; unchanged where it had expired before
    """
    weeks = LAW.value_on("limitation_extension", start_date).whole
    if expires_date < start_date:
        return expires_date
    return max(expires_date, _day(end_date, 7 * weeks))


@rule(LAW, article="2(1), 4(3), 25(2), 26(4)", confidence=Confidence.READ)
def next_business_day(*, day: date) -> date:
    """Return the business day that follows a day: no Saturday, Sunday or bank holiday of England and Wales."""
    LAW.value_on("length", day)
    return _business_day_after(day)


@rule(LAW, article="37(4)(c)", confidence=Confidence.READ)
def posted_received(*, posted_date: date) -> date:
    """Return the day on which a posted notice is deemed received: the fourth business day, the first the day itself."""
    wanted = LAW.value_on("posted_received_after", posted_date).whole
    day = posted_date - timedelta(days=1)
    for _ in range(wanted):
        day = _business_day_after(day)
    return day


def _business_day_after(day: date) -> date:
    day += timedelta(days=1)
    while not _is_business_day(day):
        day += timedelta(days=1)
    return day


def _is_business_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and not public_holidays("GB", "ENG")(day)


def _ending(kind: Kind, end: date, reason: Reason, entered_date: date) -> Ending:
    weeks = LAW.value_on("limitation_extension", entered_date).whole
    months = LAW.value_on("repeat_after", entered_date).whole
    return Ending(
        end_date=end,
        reason=reason,
        limitation_extended_to_date=_day(end, 7 * weeks),
        next_application_after_date=add_months(end, months) if kind is Kind.BREATHING_SPACE else None,
    )


def _after(day: date, value_id: str, on: date) -> date:
    return _moved(day, LAW.value_on(value_id, on).whole)


def _day(first: date, number: int) -> date:
    """Return the day of a number; the first is day 1: 'beginning with'."""
    return _moved(first, number - 1)


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise BadInput(f"The dates that follow from {day} lie outside the calendar: give another day.") from None
