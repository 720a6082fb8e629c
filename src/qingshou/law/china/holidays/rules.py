"""Which days are worked: weekends, statutory holidays, and the days shifted to and from them (调休)."""

import re
from datetime import date

import chinese_calendar
from chinese_calendar import constants

from qingshou.kernel.periods import Period
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.register import rule
from qingshou.law.values import beside, not_covered

LAW = beside(__file__)
_SATURDAY = 5


def covered() -> Period:
    """Return the days whose yearly notices are known, inside the text's own dates."""
    last_year = max(constants.holidays).year
    return Period(LAW.in_force.from_date, date(last_year + 1, 1, 1))


@rule(LAW, article="2, 6 and the yearly notices", confidence=Confidence.SECONDARY)
def day_kind(on: date) -> Verdict:
    """Return what kind of day it is.

    Gives   Verdict  WORKDAY, SHIFTED_WORKDAY (a weekend day that is worked), WEEKEND, HOLIDAY (statutory), or
                     SHIFTED_HOLIDAY (free in exchange for a shifted workday)
    Stops   NotCovered  the year's notice is not known
    """
    if on not in covered():
        raise not_covered("china.holidays", on, [covered()])
    is_free, name = chinese_calendar.get_holiday_detail(on)
    fields = {"holiday": re.sub(r"[^A-Z]+", "_", name.upper())} if name else {}
    is_weekend = on.weekday() >= _SATURDAY
    if not is_free:
        kind = "SHIFTED_WORKDAY" if is_weekend else "WORKDAY"
    elif not name:
        kind = "WEEKEND"
    else:
        kind = "SHIFTED_HOLIDAY" if chinese_calendar.is_in_lieu(on) else "HOLIDAY"
    return Verdict(kind, (Reason(kind, fields, LAW.cite("yearly notice", Confidence.SECONDARY)),))


def is_workday(on: date) -> bool:
    """Tell whether the day is worked."""
    return day_kind(on).value in {"WORKDAY", "SHIFTED_WORKDAY"}
