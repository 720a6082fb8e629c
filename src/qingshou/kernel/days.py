"""Calendar arithmetic with named conventions: no clock, no holidays (those are law, see law/)."""

import calendar
import re
from datetime import date, timedelta

from qingshou.kernel.errors import BadInput

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def parse_date(text: str) -> date:
    """Read an ISO 8601 calendar date (2026-11-23); anything else stops with BadInput."""
    bare = text.strip()
    if _ISO.fullmatch(bare):
        try:
            return date.fromisoformat(bare)
        except ValueError:
            pass
    raise BadInput(f"'{bare[:20]}' is not a date: write it as YYYY-MM-DD, for example 2026-11-23.", given=bare[:20])


def add_months(day: date, months: int) -> date:
    """Return the same day number so many months on, or the month's last day where it has none (民法典 202)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise BadInput(f"{months} months from {day} lies outside the calendar: give another date.", months=months)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def days_between(start: date, end: date) -> int:
    """Return elapsed whole days from start to end: the first day is not counted (民法典 201)."""
    return (end - start).days


def each_day(start: date, until: date) -> list[date]:
    """Return every day of [start, until)."""
    return [start + timedelta(days=step) for step in range(max(0, (until - start).days))]
