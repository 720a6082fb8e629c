"""The effective yearly rate of payments against a sum: the one estimate in float of a schedule."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from qingshou.kernel.days import days_between

DAYS_A_YEAR = 365
_PLACES = Decimal("0.000001")
_LOG_LEAST, _LOG_MOST = -20.0, 20.0
_STEPS = 120


def effective_yearly_rate(
    *, sum_at_start: Decimal, starts_on: date, flows: Sequence[tuple[date, Decimal]]
) -> Decimal | None:
    """Return the rate i at which payments are worth the sum: sum of a / (1 + i)^(days / 365) = sum, six places.

    Takes   flows    day and amount each, amounts above zero
    Gives   Decimal  0 exactly where the payments add up to the sum; None where no time passes or nothing is owed

    Bisection on ln(1 + i) in float: payments above zero have one such rate, and no start can lead it astray.
    """
    total = sum((amount for _day, amount in flows), Decimal(0))
    years = [days_between(starts_on, day) / DAYS_A_YEAR for day, _amount in flows]
    if sum_at_start <= 0 or total <= 0 or max(years, default=0.0) <= 0:
        return None
    if total == sum_at_start:
        return Decimal("0.000000")
    amounts = [float(amount / sum_at_start) for _day, amount in flows]
    low, high = _LOG_LEAST, _LOG_MOST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        worth = math.fsum(amount * math.exp(-middle * year) for amount, year in zip(amounts, years, strict=True))
        low, high = (middle, high) if worth > 1 else (low, middle)
    return Decimal(math.expm1((low + high) / 2)).quantize(_PLACES)
