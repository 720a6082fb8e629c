"""The one place where the clock is read; everything below takes `now` or `as_of` as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251


def today(time_zone: str) -> date:
    """Return today's date where the lender is."""
    return now().astimezone(ZoneInfo(time_zone)).date()
