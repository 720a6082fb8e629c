"""The two orders of a payment as lists of steps, as of a date."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
BETWEEN = ("between_first", "between_second", "between_third", "between_fourth", "between_fifth", "between_sixth")
INSIDE = ("inside_first", "inside_second", "inside_third", "inside_fourth")


@rule(LAW, article="560", confidence=Confidence.READ)
def between_debts(on: date) -> tuple[Taken, ...]:
    """Return the steps that rank debts of one debtor to one lender, first to last; refuses before 2009-05-13."""
    return tuple(LAW.value_on(one, on) for one in BETWEEN)


@rule(LAW, article="561", confidence=Confidence.READ)
def inside_debt(on: date) -> tuple[Taken, ...]:
    """Return the kinds of parts of one debt, first to last; the place of penalty interest is the house's choice."""
    return tuple(LAW.value_on(one, on) for one in INSIDE)
