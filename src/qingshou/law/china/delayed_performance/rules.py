"""What money from enforcement pays first."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)


@rule(LAW, article="4", confidence=Confidence.READ)
def order_in_enforcement(on: date) -> tuple[Taken, Taken]:
    """Return what is paid first and second; refuses before 2014-08-01."""
    return LAW.value_on("paid_first", on), LAW.value_on("paid_second", on)
