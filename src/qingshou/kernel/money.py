"""Exact money: Decimal in Python, never float, one way to read a number and one way to round it."""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from math import lcm

from qingshou.kernel.errors import BadInput

# Decimal() would accept NaN, 1e5, 1_000 and Arabic digits: only plain ASCII decimals are amounts here.
_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,15})(?:\.[0-9]{1,6})?", re.ASCII)
_TOO_LONG = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,6})?", re.ASCII)

# ISO 4217 minor-unit digits where they differ from two.
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_WITH_FOUR = "CLF UYW"
_MINOR_DIGITS = {
    currency: digits
    for digits, currencies in ((0, _WITHOUT_DECIMALS), (3, _WITH_THREE), (4, _WITH_FOUR))
    for currency in currencies.split()
}

ZERO = Decimal(0)


class Rounding(StrEnum):
    """How an amount is brought to the minor unit; every use names its mode."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN
    UP = ROUND_UP


@lru_cache(maxsize=512)
def minor_digits(currency: str) -> int:
    """Return how many decimals an amount in this ISO 4217 currency has (CNY 2, JPY 0, KWD 3)."""
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise BadInput(
            f"'{currency}' is not a currency code: write three capital letters such as CNY.", currency=currency
        )
    return _MINOR_DIGITS.get(currency, 2)


def parse_amount(text: str, *, grouped: bool = False) -> Decimal:
    """Read an amount written in plain ASCII digits, exactly.

    Takes   text     '1234.50', '-3', with `grouped` also '1,234.50'; surrounding spaces are ignored
    Gives   Decimal  the same number, nothing rounded
    Stops   BadInput on anything else: exponents, NaN, underscores, other digits, over 15 whole digits or 6 decimals
    """
    bare = text.strip()
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if grouped and _GROUPED.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    if _TOO_LONG.fullmatch(bare):
        raise BadInput(
            "The amount has more than 15 digits before the point or more than 6 after it: check it.", given=bare[:40]
        )
    raise BadInput(
        "The amount is not a plain decimal number: write digits with at most one point, for example 1234.50.",
        given=bare[:40],
    )


@lru_cache(maxsize=512)
def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))


def round_money(amount: Decimal, currency: str, mode: Rounding) -> Decimal:
    """Return the amount at the currency's minor unit, rounded by the named mode."""
    return amount.quantize(_unit(currency), rounding=mode.value)


def share_out(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split a total by weights so that the parts add up to it exactly (largest remainder, ties to the first).

    Takes   total    amount at the currency's minor unit, any sign
            weights  one per part, >= 0, not all zero
    Gives   list     parts in the order of the weights; sum(parts) == total
    Stops   BadInput when no weight is positive or one is negative
    """
    if sum(weights, ZERO) <= 0 or any(weight < 0 for weight in weights):
        raise BadInput("The weights must be zero or more and not all zero: check the shares.")
    unit = Decimal(1).scaleb(-minor_digits(currency))
    sign = -1 if total < 0 else 1
    units = int(abs(total) / unit)
    if unit * units != abs(total):
        raise BadInput(f"The total has more decimals than {currency} allows: round it first.", currency=currency)
    # In whole numbers: a quotient cut to the decimals of Decimal would tell equal remainders apart.
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = lcm(*(below for _, below in ratios))
    parts = [above * (common // below) for above, below in ratios]
    whole = sum(parts)
    shares = [units * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (-(units * parts[place] % whole), place))
    for place in order[: units - sum(shares)]:
        shares[place] += 1
    return [sign * unit * share for share in shares]


def total_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Add amounts of which some are unknown: the sum of the known, or None when none is known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None
