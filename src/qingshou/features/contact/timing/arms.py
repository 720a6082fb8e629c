"""Arms: when and how a contact can be tried, as a few codes - a channel, a kind of day, a band of hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from qingshou.kernel.errors import BadInput
from qingshou.law.contact.terms import Channel

# First hour of each band by the person's own clock; the night band runs from 22:00 to 08:00. What is lawful is the
# door's question, never this list's.
BANDS = (8, 10, 12, 14, 17, 19, 22)
NIGHT = 22
_DAYS_AHEAD_MAX = 14


class DayClass(StrEnum):
    """A kind of day."""

    WORK = "WORK"  # Monday to Friday, no public holiday
    SATURDAY = "SAT"
    REST = "REST"  # Sunday or a public holiday


class BadArm(BadInput):
    """A code names no arm."""

    code = "BAD_ARM"


@dataclass(frozen=True, slots=True, order=True)
class Arm:
    """One way to try: `code` is what decisions keep, e.g. PHONE-WORK-19."""

    channel: Channel
    day_class: DayClass
    band: int

    @property
    def code(self) -> str:
        """Return the stored code."""
        return f"{self.channel}-{self.day_class}-{self.band:02d}"

    @property
    def hours(self) -> tuple[int, int]:
        """Return the first hour and the hour after the last (the night's last hours belong to the next day)."""
        return self.band, BANDS[BANDS.index(self.band) + 1] if self.band != NIGHT else BANDS[0]


def arm_of_code(code: str) -> Arm:
    """Read an arm's code.

    Stops   BadArm  it names none
    """
    parts = code.split("-")
    try:
        channel, day_class, band = parts
        arm = Arm(Channel(channel), DayClass(day_class), int(band))
    except ValueError:
        raise BadArm(f"'{code[:40]}' names no arm: write CHANNEL-DAY-BAND, such as PHONE-WORK-19.") from None
    if arm.band not in BANDS or arm.code != code:
        raise BadArm(f"'{code[:40]}' names no arm: bands begin at {', '.join(str(one) for one in BANDS)}.")
    return arm


def band_of(hour: int) -> int:
    """Return the band an hour of the day falls in."""
    return max((first for first in BANDS if first <= hour), default=NIGHT)


def day_class_of(day: date, *, holidays: frozenset[date] = frozenset()) -> DayClass:
    """Return the kind of a day."""
    if day in holidays or day.weekday() == 6:
        return DayClass.REST
    return DayClass.SATURDAY if day.weekday() == 5 else DayClass.WORK


def arm_at(channel: Channel, at: datetime, zone: tzinfo, *, holidays: frozenset[date] = frozenset()) -> Arm:
    """Return the arm of a contact made at an instant, by the person's clock."""
    local = at.astimezone(zone)
    # a night begins in the evening: what is tried at 03:00 belongs to the day before
    day = local.date() if local.hour >= BANDS[0] else local.date() - timedelta(days=1)
    return Arm(channel, day_class_of(day, holidays=holidays), band_of(local.hour))


def arms_between(
    channels: Iterable[Channel], *, from_at: datetime, until_at: datetime, zone: tzinfo,
    holidays: frozenset[date] = frozenset(), hours: tuple[int, int] = (BANDS[0], NIGHT),
) -> list[Arm]:  # fmt: skip
    """Return the arms that have a moment in a period, in the order of their codes.

    Takes   from_at, until_at  the period, half-open
            hours              local hours within which anything is tried at all
    """
    found = set()
    chosen = sorted(set(channels))
    moment, step = from_at, timedelta(minutes=30)
    end = min(until_at, from_at + timedelta(days=_DAYS_AHEAD_MAX))
    while moment < end:
        local = moment.astimezone(zone)
        if hours[0] <= local.hour < hours[1]:
            found |= {arm_at(channel, moment, zone, holidays=holidays) for channel in chosen}
        moment += step
    return sorted(found, key=lambda arm: arm.code)


def first_moment(
    arm: Arm, *, after: datetime, zone: tzinfo, holidays: frozenset[date] = frozenset()
) -> datetime | None:
    """Return the first instant of an arm at or after another; None where none comes in fourteen days."""
    if arm_at(arm.channel, after, zone, holidays=holidays) == arm:
        return after
    start = after.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD_MAX + 1):
        day = start + timedelta(days=ahead)
        if day_class_of(day, holidays=holidays) is not arm.day_class:
            continue
        moment = datetime.combine(day, time(arm.band), tzinfo=zone)
        if moment >= after:
            return moment.astimezone(after.tzinfo)
    return None


def ordered(arms: Sequence[Arm]) -> list[Arm]:
    """Return arms once each, in the order of their codes: the order in which chances are laid end to end."""
    return sorted(set(arms), key=lambda arm: arm.code)
