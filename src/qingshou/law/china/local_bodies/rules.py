"""Seven kinds of local financial bodies are outside the private-lending cap."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.rate_cap import RateCap
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
KINDS = frozenset(
    {
        "MICRO_LOAN",
        "FINANCING_GUARANTEE",
        "REGIONAL_EQUITY_MARKET",
        "PAWN_SHOP",
        "FINANCIAL_LEASING",
        "COMMERCIAL_FACTORING",
        "LOCAL_AMC",
    }
)


@rule(LAW, article="item 1", confidence=Confidence.READ)
def exemption(on: date) -> RateCap:
    """Return the absence of a cap for these bodies, with its article; refuses before 2021-01-01."""
    return RateCap(None, "EXEMPT_FROM_PRIVATE_LENDING_CAP", (LAW.value_on("kinds_exempt", on).article,))
