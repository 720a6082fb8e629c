"""Value dates that lie too far ahead to be believed: most are a year mistyped. The money is taken, and it is told."""

from datetime import date, timedelta

DATE_AHEAD = "DATE_AHEAD"
_AHEAD_MAX = timedelta(days=31)


def is_far_ahead(*, value_date: date, taken_on: date) -> bool:
    """Tell whether a value date lies more than 31 days after the day the news of it was taken in."""
    return value_date > taken_on + _AHEAD_MAX
