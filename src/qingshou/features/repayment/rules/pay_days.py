"""On which days instalments fall due: by the month, fortnight or week, on the debtor's pay day, off holidays."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from qingshou.kernel.days import add_months, days_between
from qingshou.kernel.errors import BadInput
from qingshou.law.china.holidays import rules as holidays


class Frequency(StrEnum):
    """How often an instalment falls due."""

    MONTH = "MONTH"
    FORTNIGHT = "FORTNIGHT"
    WEEK = "WEEK"


class Roll(StrEnum):
    """What happens to a due date on a day that is not worked (China's calendar, with its shifted days)."""

    NONE = "NONE"
    NEXT_WORKDAY = "NEXT_WORKDAY"
    PREVIOUS_WORKDAY = "PREVIOUS_WORKDAY"


class DayCount(StrEnum):
    """Which part of a year a period is."""

    ACT_365 = "ACT_365"
    ACT_360 = "ACT_360"
    THIRTY_360 = "THIRTY_360"  # months of 30 days: a whole month is a twelfth of the year


PAY_DAY_MAX = 31
PERIODS_A_YEAR = {Frequency.MONTH: 12, Frequency.FORTNIGHT: 26, Frequency.WEEK: 52}
_DAYS = {Frequency.FORTNIGHT: 14, Frequency.WEEK: 7}


@dataclass(frozen=True, slots=True)
class DueDay:
    """A due date: the day counted, the day after rolling, and whether that year's holidays are known."""

    counted_date: date
    due_date: date
    is_calendar_known: bool


def on_pay_day(*, month_of: date, pay_day: int) -> date:
    """Return a day of the month, or the month's last day where it has none."""
    if not 1 <= pay_day <= PAY_DAY_MAX:
        raise BadInput("A pay day is a day of the month from 1 to 31: correct it.")
    return month_of.replace(day=min(pay_day, calendar.monthrange(month_of.year, month_of.month)[1]))


def first_pay_day(*, after: date, pay_day: int, gap_days: int) -> date:
    """Return the first pay day that is at least so many days after a date."""
    earliest = after + timedelta(days=gap_days)
    this_month = on_pay_day(month_of=earliest, pay_day=pay_day)
    if this_month >= earliest:
        return this_month
    return on_pay_day(month_of=add_months(earliest.replace(day=1), 1), pay_day=pay_day)


def due_days(
    *, first: date, count: int, frequency: Frequency, pay_day: int | None = None, roll: Roll = Roll.NONE
) -> tuple[DueDay, ...]:
    """Return the due dates of a plan.

    Takes   first    the first, before rolling
            pay_day  the day of the month wanted (where the 28th stands for the 31st, the next is the 31st again);
                     without it the first one's own day; for MONTH only
            roll     off days that are not worked; a day of a year whose notice is not known stays, and is marked; so
                     does a day that would be moved onto its neighbour (weekly plans in long holidays)
    Gives   tuple    counted days and due dates each strictly later than the one before
    Stops   BadInput a count below one or a pay day that is none
    """
    if count < 1:
        raise BadInput("A plan has at least one instalment: give a number above zero.")
    counted = [_counted(first, place, frequency, pay_day) for place in range(count)]
    return _kept_apart([_rolled(day, roll) for day in counted], roll)


def _counted(first: date, place: int, frequency: Frequency, pay_day: int | None) -> date:
    if frequency is not Frequency.MONTH:
        return first + timedelta(days=_DAYS[frequency] * place)
    if place == 0:
        return first
    return on_pay_day(month_of=add_months(first.replace(day=1), place), pay_day=pay_day or first.day)


def _rolled(day: date, roll: Roll) -> DueDay:
    if roll is Roll.NONE:
        return DueDay(day, day, True)
    step = timedelta(days=1 if roll is Roll.NEXT_WORKDAY else -1)
    covered, moved = holidays.covered(), day
    while moved in covered and not holidays.is_workday(moved):
        moved += step
    return DueDay(day, moved, True) if moved in covered else DueDay(day, day, False)


def _kept_apart(days: list[DueDay], roll: Roll) -> tuple[DueDay, ...]:
    """Put back on its own day what was rolled onto or past its neighbour."""
    if roll is Roll.NEXT_WORKDAY:
        for place in range(len(days) - 2, -1, -1):
            if days[place].due_date >= days[place + 1].due_date:
                days[place] = replace(days[place], due_date=days[place].counted_date)
    if roll is Roll.PREVIOUS_WORKDAY:
        for place in range(1, len(days)):
            if days[place].due_date <= days[place - 1].due_date:
                days[place] = replace(days[place], due_date=days[place].counted_date)
    return tuple(days)


def year_fraction(*, start: date, end: date, day_count: DayCount) -> Decimal:
    """Return which part of a year lies between two days, by the named convention (cut to the digits of Decimal)."""
    days, days_a_year = days_of_year(start=start, end=end, day_count=day_count)
    return Decimal(days) / days_a_year


def days_of_year(*, start: date, end: date, day_count: DayCount) -> tuple[int, int]:
    """Return the days between two days and the days of a year by the named convention: exact, as no quotient is."""
    if day_count is DayCount.ACT_365:
        return days_between(start, end), 365
    if day_count is DayCount.ACT_360:
        return days_between(start, end), 360
    return _days_of_30(start, end), 360


def _days_of_30(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return 30 * months + _day_of_30(end) - _day_of_30(start)


def _day_of_30(day: date) -> int:
    """The last day of any month is its thirtieth, so that a plan due at month's end has equal months."""
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return 30 if is_last or day.day > 30 else day.day
