"""How a limit in months is compared with an overdue loan: calendar months when the due date is known, else 30 days."""

from datetime import date, timedelta
from typing import Literal

from qingshou.kernel.days import add_months, days_between
from qingshou.law.reading import first_whole, is_met
from qingshou.law.values import Taken

MonthConvention = Literal["CALENDAR_MONTHS", "MONTHS_OF_30_DAYS"]
MONTH_DAYS = 30


def days_past_months(limit: Taken) -> int:
    """Return the first overdue day that meets a limit in months when a month is 30 days: over 3 months is day 91."""
    return first_whole(limit.number * MONTH_DAYS, limit.side)


def is_past_months(
    limit: Taken, *, overdue_days: int, oldest_due_date: date | None, on: date
) -> tuple[bool, MonthConvention]:
    """Tell whether a loan is past a limit 'over k months', and by which convention that was judged.

    With the due date: past when `on` lies after the same day number k months later (the month's last day where it has
    none). Without: past when the overdue days exceed 30 k.
    """
    if oldest_due_date is not None:
        return _is_past(oldest_due_date, limit, on), "CALENDAR_MONTHS"
    return overdue_days >= days_past_months(limit), "MONTHS_OF_30_DAYS"


def latest_due_date_past(limit: Taken, on: date) -> date:
    """Return the latest due date of which `on` is past 'over k months', by calendar months."""
    # No month is shorter than 28 days: the answer lies no later than this, and at most a few days a month earlier.
    due_date = on - timedelta(days=28 * limit.whole)
    while not _is_past(due_date, limit, on):
        due_date -= timedelta(days=1)
    return due_date


def _is_past(due_date: date, limit: Taken, on: date) -> bool:
    months = limit.whole
    # Settled by the months alone where it can be: a date moved forward from 9999 would leave the calendar.
    if (on.year - due_date.year) * 12 + on.month - due_date.month < months:
        return False
    return is_met(days_between(add_months(due_date, months), on), 0, limit.side)
