"""Open or closed at a local moment, and when the hours open next."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from qingshou.kernel.verdict import Reason
from qingshou.law.contact.shape import ContactLaw, Hours
from qingshou.law.contact.terms import Channel

LawOn = Callable[[date], ContactLaw]
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def closed_reasons(all_hours: Iterable[Hours], at: datetime, channel: Channel) -> tuple[Reason, ...]:
    """Return why a local moment is closed, one reason for each text that closes it; none where it is open."""
    return tuple(_closed(hours, at) for hours in all_hours if channel in hours.channels and not is_open(hours, at))


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether one text's hours hold a local moment."""
    window = hours.window_on(at.date())
    return window is not None and window.holds(at.time())


def next_opening(law_on: LawOn, after: datetime, channel: Channel, *, days: int = 31) -> datetime | None:
    """Return the first local minute from `after` on at which every text's hours are open.

    Takes   law_on  the law of a local date
            days    how far to look
    Gives   None    closed on all those days
    """
    for ahead in range(days + 1):
        day = after.date() + ahead * _DAY
        all_hours = [one for one in law_on(day).hours if channel in one.channels]
        floor = after if ahead == 0 else datetime.combine(day, time.min)
        starts = [floor, *(max(floor, _first_minute(one, day)) for one in all_hours if one.window_on(day))]
        start = max(starts)
        if start.date() == day and all(is_open(one, start) for one in all_hours):
            return start
    return None


def _first_minute(hours: Hours, day: date) -> datetime:
    window = hours.window_on(day)
    if window is None:
        raise ValueError(f"{day} has no open hours")
    return datetime.combine(day, window.opens_at) + (_MINUTE if window.opens_after else timedelta())


def _closed(hours: Hours, at: datetime) -> Reason:
    day = at.date()
    window = hours.window_on(day)
    fields: dict[str, object] = {"clock": f"{at:%H:%M}", "day": hours.class_of(day).value}
    if window is None:
        return Reason("CLOSED_ALL_DAY", fields, hours.article)
    shown = {"opens": f"{window.opens_at:%H:%M}", "closes": f"{window.closes_at:%H:%M}"}
    return Reason("OUTSIDE_HOURS", {**fields, **shown}, hours.article)
