"""By which orders a set-off is laid on debts."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.payment_order import rules as payment_order
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)


@rule(LAW, article="56", confidence=Confidence.READ)
def set_off_orders(on: date) -> tuple[Taken, tuple[Taken, ...], tuple[Taken, ...]]:
    """Return what the text says, and the two orders it points to: between debts, inside a debt."""
    return (
        LAW.value_on("set_off_order", on),
        payment_order.between_debts(on),
        payment_order.inside_debt(on),
    )
