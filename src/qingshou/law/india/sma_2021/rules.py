"""STANDARD, SMA0, SMA1, SMA2, NPA at day-end. Overdue days count the due date as day 1."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Floor, Rung, floor, ladder_floor, rung
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
CLASSES = ("STANDARD", "SMA0", "SMA1", "SMA2", "NPA")
NON_PERFORMING = frozenset({"NPA"})


@rule(LAW, article="SMA table, NPA by day-end", confidence=Confidence.SECONDARY)
def overdue_rungs(on: date, *, is_revolving: bool = False) -> list[Rung]:
    """Return the ladder by overdue days; revolving credit has no SMA-0."""
    rungs = [
        Rung(0, "STANDARD", LAW.cite("SMA table", Confidence.READ)),
        rung(LAW, "sma0_overdue", "SMA0", on),
        rung(LAW, "sma1_overdue", "SMA1", on),
        rung(LAW, "sma2_overdue", "SMA2", on),
        rung(LAW, "npa_overdue", "NPA", on),
    ]
    return [one for one in rungs if not (is_revolving and one.class_code == "SMA0")]


@rule(LAW, article="upgrade", confidence=Confidence.UNVERIFIED)
def floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return the class by days; a non-performing loan stays one until all its arrears are paid."""
    found = [ladder_floor(overdue_rungs(on, is_revolving=facts.is_revolving), overdue_days)]
    if facts.previous_class in NON_PERFORMING and overdue_days > 0:
        found.append(floor("NPA", "ARREARS_NOT_ALL_PAID", LAW.cite("upgrade", Confidence.UNVERIFIED)))
    return found
