"""The ladder of credit cards since 2011-01-13."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.jurisdiction import Rung, rung
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
PRODUCT = "CARD"


@rule(LAW, article="92", confidence=Confidence.READ)
def overdue_rungs(on: date) -> list[Rung]:
    """Return the card ladder: 1, 91, 121 and over 180 days."""
    return [
        Rung(0, "NORMAL", LAW.cite("92(1)", Confidence.READ)),
        rung(LAW, "special_mention_overdue", "SPECIAL_MENTION", on),
        rung(LAW, "substandard_overdue", "SUBSTANDARD", on),
        rung(LAW, "doubtful_overdue", "DOUBTFUL", on),
        rung(LAW, "loss_overdue", "LOSS", on),
    ]
