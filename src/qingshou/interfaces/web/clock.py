"""The pages' clock: the one place where a page learns what time it is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """Return this instant, with its zone."""
    return timezone.now()  # noqa: TID251 (the edge is where time comes in)


def today(time_zone: str) -> date:
    """Return today's date where the lender is."""
    return now().astimezone(ZoneInfo(time_zone)).date()
