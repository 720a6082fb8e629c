"""How words of number are read: the one place where a comparison with a statutory limit is decided.

以上/以下/以内/届满 include the number, 不满/超过/以外 exclude it (民法典 1259); other places' words are mapped onto the
same four when their values are entered.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum


class Bound(StrEnum):
    """Which side of the number a limit takes, and whether the number itself belongs to it."""

    FROM = "from"  # 以上, 届满, at least: the number belongs
    OVER = "over"  # 超过, 以外, more than: the number does not belong
    WITHIN = "within"  # 以下, 以内, not more than: the number belongs
    UNDER = "under"  # 不满, less than: the number does not belong


def is_met(amount: Decimal | int, limit: Decimal | int, bound: Bound) -> bool:
    """Tell whether an amount is on the limit's side, reading the limit's word."""
    match bound:
        case Bound.FROM:
            return amount >= limit
        case Bound.OVER:
            return amount > limit
        case Bound.WITHIN:
            return amount <= limit
        case Bound.UNDER:
            return amount < limit


def first_whole(limit: Decimal, bound: Bound) -> int:
    """Return the smallest whole number that meets 'from' or 'over' a limit: over 90 days is day 91."""
    if bound is Bound.FROM:
        return int(limit.to_integral_value(ROUND_CEILING))
    if bound is Bound.OVER:
        return int(limit.to_integral_value(ROUND_FLOOR)) + 1
    raise ValueError(f"'{bound}' has no smallest number: it limits from above")


def last_whole(limit: Decimal, bound: Bound) -> int:
    """Return the largest whole number that meets 'within' or 'under' a limit: within 20 days is day 20."""
    if bound is Bound.WITHIN:
        return int(limit.to_integral_value(ROUND_FLOOR))
    if bound is Bound.UNDER:
        return int(limit.to_integral_value(ROUND_CEILING)) - 1
    raise ValueError(f"'{bound}' has no largest number: it limits from below")
