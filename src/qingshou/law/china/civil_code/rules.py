"""Time computing (民法典 200-204): the first day does not count, a month ends on its number, holidays roll."""

from dataclasses import dataclass
from datetime import date, timedelta

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.china.holidays import rules as holidays
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period, and the day it would have been without a holiday."""

    last_date: date
    counted_date: date
    is_rolled: bool
    reasons: tuple[Reason, ...]


@rule(LAW, article="200-204", confidence=Confidence.READ)
def deadline(
    *, from_date: date, days: int = 0, months: int = 0, years: int = 0, is_rolled_over_holidays: bool = True
) -> Deadline:
    """Return the last day of a period that begins on a date.

    Takes   from_date                day of the event, not counted itself (201)
            days | months | years    exactly one of them, positive
            is_rolled_over_holidays  False where contract or another law says so (204)
    Gives   Deadline  last_date until 24:00 or the close of business; counted_date before any holiday
    Stops   BadInput    not exactly one length, or not positive
            NotCovered  before the text, or the end lies in a year whose shifted workdays are not published
    """
    length = {"days": days, "months": months, "years": years}
    given = {unit: number for unit, number in length.items() if number != 0}
    if len(given) != 1 or min(given.values()) < 0:
        raise BadInput("A period has exactly one length: give a positive number of days, of months or of years.")
    first = LAW.value_on("first_day_counted", from_date)
    reasons = [Reason("FIRST_DAY_NOT_COUNTED", {"from_date": from_date}, first.article)]
    counted = _counted(from_date, days - first.whole if days else 0, months + 12 * years)
    if not days and counted.day != from_date.day:
        article = LAW.value_on("month_without_day", from_date).article
        reasons.append(Reason("LAST_DAY_OF_MONTH", {"counted_date": counted}, article))
    last = counted
    if is_rolled_over_holidays:
        while not holidays.is_workday(last):
            last += timedelta(days=1)
    if last != counted:
        article = LAW.value_on("last_day_on_holiday", from_date).article
        reasons.append(Reason("DAY_AFTER_HOLIDAY", {"counted_date": counted, "last_date": last}, article))
    return Deadline(last, counted, last != counted, tuple(reasons))


def _counted(from_date: date, days: int, months: int) -> date:
    """Return the day by days or by months; a calendar ends, and so does what can be computed."""
    try:
        return add_months(from_date, months) if months else from_date + timedelta(days=days)
    except OverflowError:
        raise BadInput("The period ends after the year 9999: give a shorter one.") from None
