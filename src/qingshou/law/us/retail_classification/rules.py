"""Substandard at 90 cumulative days; loss and charge-off at 120 (closed-end) or 180 (open-end)."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Floor, Rung, floor, ladder_floor, rung
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
CLASSES = ("NORMAL", "SUBSTANDARD", "LOSS")
NON_PERFORMING = frozenset({"SUBSTANDARD", "LOSS"})
OPEN_END = frozenset({"CARD"})
HOME = "MORTGAGE"


@rule(LAW, article="65 FR 36903", confidence=Confidence.READ)
def overdue_rungs(product: str, on: date, *, is_revolving: bool = False) -> list[Rung]:
    """Return the ladder of a product; a home loan is charged off to its collateral, which no day alone decides."""
    rungs = [
        Rung(0, "NORMAL", LAW.cite("65 FR 36903", Confidence.READ)),
        rung(LAW, "substandard_overdue", "SUBSTANDARD", on),
    ]
    if product == HOME:
        return rungs
    is_open_end = product in OPEN_END or is_revolving
    return [*rungs, rung(LAW, "loss_open_end_overdue" if is_open_end else "loss_closed_end_overdue", "LOSS", on)]


@rule(LAW, article="65 FR 36903; FIL-17-99", confidence=Confidence.READ)
def floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return the class by days; a well-secured home loan is not classified for its days."""
    found = ladder_floor(overdue_rungs(facts.product, on, is_revolving=facts.is_revolving), overdue_days)
    cover = LAW.value_on("home_loan_to_value", on)
    if facts.product == HOME and facts.loan_to_value is not None and not cover.is_met_by(facts.loan_to_value):
        return [floor("NORMAL", "WELL_SECURED_HOME_LOAN", cover.article, loan_to_value=facts.loan_to_value)]
    return [found]
