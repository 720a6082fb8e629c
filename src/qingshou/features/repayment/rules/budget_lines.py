"""One figure of a budget, and how an amount told by the week, fortnight, quarter or year becomes a monthly one."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from qingshou.features.repayment.rules.budget_forms import Source
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import Rounding, round_money


class Every(StrEnum):
    """How often an amount is paid or received."""

    WEEK = "WEEK"
    FORTNIGHT = "FORTNIGHT"
    FOUR_WEEKS = "FOUR_WEEKS"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    HALF_YEAR = "HALF_YEAR"
    YEAR = "YEAR"


# payments a year: a year has 52 weeks, 26 fortnights, 13 four-weeks and 12 months
PAYMENTS_A_YEAR = {
    Every.WEEK: 52,
    Every.FORTNIGHT: 26,
    Every.FOUR_WEEKS: 13,
    Every.MONTH: 12,
    Every.QUARTER: 4,
    Every.HALF_YEAR: 2,
    Every.YEAR: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure as it was told: the heading, the amount, how often, and where it comes from.

    `balance`: of another creditor's debt, what is owed in all; with it the debt shares by right (PRO_RATA forms).
    """

    heading: str
    amount: Decimal
    source: Source
    every: Every = Every.MONTH
    balance: Decimal | None = None


def monthly_amount(*, amount: Decimal, every: Every, currency: str) -> Decimal:
    """Return an amount a month: amount x payments a year / 12, rounded half up to the minor unit.

    Takes   amount    zero or more
            every     how often it is paid
    Stops   BadInput  the amount is negative
    """
    if amount < 0:
        raise BadInput("An amount of a budget is below zero: write what is received or spent as a positive number.")
    return round_money(amount * PAYMENTS_A_YEAR[every] / 12, currency, Rounding.HALF_UP)
