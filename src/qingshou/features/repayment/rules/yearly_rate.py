"""The effective yearly rate of payments against a sum: the one estimate in float of a schedule."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from qingshou.kernel.days import days_between

DAYS_A_YEAR = 365
_PLACES = Decimal("0.000001")
_CLOSE = 1e-12
_STEPS_MAX = 100
_LOG_MOST = math.log(1000)


def effective_yearly_rate(
    *, sum_at_start: Decimal, starts_on: date, flows: Sequence[tuple[date, Decimal]]
) -> Decimal | None:
    """Return the rate i at which payments are worth the sum: sum of a / (1 + i)^(days / 365) = sum, six places.

    Takes   flows    day and amount each, amounts above zero
    Gives   Decimal  0 exactly where the payments add up to the sum; None where there is no rate to tell: no time
                     passes, less than the sum comes back, or the rate is a thousand and over

    Newton's steps on ln(1 + i) in float. The worth of payments falls ever more slowly as the rate rises, so from a
    start at which it is too high each step lands short of the root and nearer to it.
    """
    total = sum((amount for _day, amount in flows), Decimal(0))
    years = [days_between(starts_on, day) / DAYS_A_YEAR for day, _amount in flows]
    if sum_at_start <= 0 or total < sum_at_start or max(years, default=0.0) <= 0:
        return None
    if total == sum_at_start:
        return Decimal("0.000000")
    amounts = [float(amount / sum_at_start) for _day, amount in flows]
    # at this rate even the last payment alone would make it too high
    log_rate = math.log(math.fsum(amounts)) / max(years)
    for _ in range(_STEPS_MAX):
        worths = [amount * math.exp(-log_rate * year) for amount, year in zip(amounts, years, strict=True)]
        slope = math.fsum(worth * year for worth, year in zip(worths, years, strict=True))
        step = (math.fsum(worths) - 1) / slope
        log_rate += step
        if abs(step) < _CLOSE or log_rate > _LOG_MOST:
            break
    return Decimal(math.expm1(log_rate)).quantize(_PLACES) if log_rate < _LOG_MOST else None
