"""The one place where the clock is read; everything below takes `now` or `as_of` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251
