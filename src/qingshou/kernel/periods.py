"""Half-open periods [from, until) of days and what can be done with several of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qingshou.kernel.errors import BadInput


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `from_date` up to but not including `until_date`; None means without end."""

    from_date: date
    until_date: date | None = None

    def __post_init__(self) -> None:
        if self.until_date is not None and self.until_date < self.from_date:
            raise BadInput(
                f"The period ends ({self.until_date}) before it starts ({self.from_date}): exchange the dates.",
                from_date=self.from_date,
                until_date=self.until_date,
            )

    def __contains__(self, day: date) -> bool:
        return self.from_date <= day and (self.until_date is None or day < self.until_date)


def merge(periods: Iterable[Period]) -> list[Period]:
    """Return the same days as non-overlapping periods in order; touching ones are joined, empty ones dropped."""
    merged: list[Period] = []
    for period in sorted(periods, key=lambda one: (one.from_date, one.until_date or date.max)):
        if period.until_date == period.from_date:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.until_date is not None and period.from_date > last.until_date):
            merged.append(period)
        elif last.until_date is not None and (period.until_date is None or period.until_date > last.until_date):
            merged[-1] = Period(last.from_date, period.until_date)
    return merged


def days_covered(periods: Iterable[Period], within: Period) -> int:
    """Count the days of `within` (which must have an end) that lie in any of the periods."""
    if within.until_date is None:
        raise BadInput("Days can be counted only in a period that ends: give its end.")
    total = 0
    for period in merge(periods):
        start = max(period.from_date, within.from_date)
        end = min(period.until_date or within.until_date, within.until_date)
        total += max(0, (end - start).days)
    return total
