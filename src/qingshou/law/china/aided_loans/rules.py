"""All fees of an online loan made with an aiding platform: 24 % a year."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.rate_cap import RateCap
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="point 6", confidence=Confidence.SECONDARY)
def cap(contract_date: date) -> RateCap:
    """Return the cap of a loan made on a date; refuses before 2025-10-01."""
    limit = LAW.value_on("all_fees_rate_max", contract_date)
    return RateCap(limit.number, "AIDED_LOAN_ALL_FEES", (limit.article,))
