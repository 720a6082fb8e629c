"""The all-in cost of a micro-loan company's new loans."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.lpr.rules import lpr_on
from qingshou.law.china.rate_cap import RateCap
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="new loans, all new loans", confidence=Confidence.SECONDARY)
def cap(contract_date: date, *, is_bridge_loan: bool = False) -> RateCap:
    """Return the cap of a loan made on a date: 24 %, and four times LPR at the latest from 2027-12-31."""
    if is_bridge_loan or not LAW.has_value_on("lpr_times_max", contract_date):
        limit = LAW.value_on("bridge_rate_max" if is_bridge_loan else "all_in_rate_max", contract_date)
        return RateCap(limit.number, "MICRO_LOAN_ALL_IN", (limit.article,))
    times, rate = LAW.value_on("lpr_times_max", contract_date), lpr_on(contract_date)
    return RateCap(times.number * rate.number, "MICRO_LOAN_LPR", (times.article, rate.article))
