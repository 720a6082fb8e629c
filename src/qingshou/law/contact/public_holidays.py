"""Which dates are public holidays, for the places whose contact hours treat them differently."""

from collections.abc import Callable
from datetime import date
from functools import cache

import holidays


@cache
def public_holidays(country: str, part: str = "", *, observed: bool = True) -> Callable[[date], bool]:
    """Return the test of a place's public holidays.

    Takes   country   ISO 3166 code
            part      code of a state or province; '' for the whole country's holidays only
            observed  False: only the days themselves, not the weekday that stands in for one on a weekend
    Gives   a function of a date; moveable feasts of years not yet announced are the library's reckoning
    """
    calendar = holidays.country_holidays(country, subdiv=part or None, observed=observed)

    def is_holiday(day: date) -> bool:
        return day in calendar

    return is_holiday
