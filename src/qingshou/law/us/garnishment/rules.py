"""How much of a week's disposable earnings may be garnished."""

from datetime import date
from decimal import Decimal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.kernel.verdict import Confidence
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)


@rule(LAW, article="1673(a)", confidence=Confidence.READ)
def weekly_max(*, disposable: Decimal, on: date) -> Decimal:
    """Return the most an ordinary garnishment may take of one week, rounded down to the cent (in the debtor's favour).

    The lesser of a quarter, and of what exceeds thirty times the federal minimum hourly wage.
    """
    if disposable < 0:
        raise BadInput("Disposable earnings are zero or more: check the amount.")
    share = disposable * LAW.value_on("ordinary_share_max", on).number
    wage, hours = LAW.value_on("minimum_hourly_wage", on), LAW.value_on("protected_hours", on)
    excess = max(ZERO, disposable - wage.number * hours.number)
    return round_money(min(share, excess), "USD", Rounding.DOWN)


@rule(LAW, article="1673(b)(2)", confidence=Confidence.READ)
def support_share_max(*, supports_other_family: bool, arrears_weeks: int, on: date) -> Taken:
    """Return the largest share that a support order may take; the article is that of the family's case."""
    base = LAW.value_on("support_share_other_family" if supports_other_family else "support_share_no_other_family", on)
    if not LAW.value_on("support_arrears_weeks", on).is_met_by(arrears_weeks):
        return base
    more = LAW.value_on("support_arrears_addition", on)
    return Taken(str(base.number + more.number), base.unit, base.bound, base.article)
