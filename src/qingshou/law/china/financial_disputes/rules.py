"""What a financial institution may charge in all: 24 % a year."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.rate_cap import RateCap
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="item 2", confidence=Confidence.UNVERIFIED)
def cap(on: date) -> RateCap:
    """Return the cap for a claim judged on a date."""
    limit = LAW.value_on("total_rate_max", on)
    return RateCap(limit.number, "FINANCIAL_INSTITUTION_TOTAL", (limit.article,))
