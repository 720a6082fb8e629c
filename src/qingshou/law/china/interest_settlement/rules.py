"""Day count, settlement days and what compound interest runs on."""

from datetime import date, timedelta
from decimal import Decimal

from qingshou.kernel.days import days_between
from qingshou.kernel.verdict import Confidence
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
_QUARTER_ENDS = frozenset({3, 6, 9, 12})


@rule(LAW, article="银发〔2005〕129号", confidence=Confidence.UNVERIFIED)
def interest(*, base: Decimal, rate: Decimal, from_date: date, until_date: date) -> tuple[Decimal, Taken]:
    """Return simple interest over [from, until), not rounded, with the day count used."""
    year_days = LAW.value_on("year_days", from_date)
    return base * rate * days_between(from_date, until_date) / year_days.number, year_days


@rule(LAW, article="20-21", confidence=Confidence.READ)
def settlement_dates(from_date: date, until_date: date) -> list[date]:
    """Return the settlement days after `from_date` and before `until_date`."""
    day = LAW.value_on("settlement_day", from_date).whole
    found = []
    on = from_date + timedelta(days=1)
    while on < until_date:
        if on.day == day and on.month in _QUARTER_ENDS:
            found.append(on)
        on += timedelta(days=1)
    return found


@rule(LAW, article="20-21", confidence=Confidence.SECONDARY)
def compound_base(on: date) -> Taken:
    """Return what compound interest runs on when the contract says nothing the courts would follow."""
    return LAW.value_on("compound_base", on)
