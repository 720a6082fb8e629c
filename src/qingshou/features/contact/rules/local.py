"""The person's own clock: local dates, and the next instant at which every zone's hours are open.

Instants are UTC; a local time is judged by the round trip from UTC, so that the hour a spring change leaves out is
never taken for another one.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from qingshou.law.contact.shape import Hours

_TICK = timedelta(seconds=1)
_DAYS_AHEAD = 21  # the longest run of closed days (New Year and Tet together) is shorter


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its IANA name."""
    return ZoneInfo(name)


def local_date(at: datetime, zone: str) -> date:
    """Return the date by the clock of a zone."""
    return at.astimezone(zone_of(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """Return the first instant of a local date."""
    return datetime.combine(day, time.min, zone_of(zone)).astimezone(UTC)


def is_open(at: datetime, zone: str, hours: Hours) -> bool:
    """Tell whether hours are open at an instant by the clock of a zone."""
    local = at.astimezone(zone_of(zone))
    window = hours.window_on(local.date())
    return window is not None and window.holds(local.time())


def next_open(at: datetime, zones: Sequence[str], all_hours: Sequence[Hours]) -> datetime | None:
    """Return the first instant from `at` on at which all hours are open in all zones; None where there is none soon."""

    def fits(instant: datetime) -> bool:
        return all(is_open(instant, zone, hours) for zone in zones for hours in all_hours)

    if fits(at):
        return at
    found = (instant for instant in sorted(_openings(at, zones, all_hours)) if instant > at and fits(instant))
    return next(found, None)


def _openings(at: datetime, zones: Sequence[str], all_hours: Sequence[Hours]) -> Iterable[datetime]:
    for zone in zones:
        today = local_date(at, zone)
        for ahead in range(_DAYS_AHEAD):
            day = today + timedelta(days=ahead)
            for hours in all_hours:
                window = hours.window_on(day)
                if window is not None:
                    opens = datetime.combine(day, window.opens_at, zone_of(zone)).astimezone(UTC)
                    yield opens + _TICK if window.opens_after else opens
