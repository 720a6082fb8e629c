"""Five classes from 2007-07-03 until 2023-07-01."""

from datetime import date

from qingshou.kernel.days import add_months
from qingshou.kernel.verdict import Confidence
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Floor, Rung, floor, rung
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="10-11", confidence=Confidence.UNVERIFIED)
def overdue_rungs(on: date) -> list[Rung]:
    """Return the ladder by overdue days; the guideline fixes none for doubtful and loss."""
    return [
        Rung(0, "NORMAL", LAW.cite("5", Confidence.UNVERIFIED)),
        rung(LAW, "special_mention_overdue", "SPECIAL_MENTION", on),
        rung(LAW, "substandard_overdue", "SUBSTANDARD", on),
    ]


@rule(LAW, article="12", confidence=Confidence.SECONDARY)
def restructured_floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return what a restructuring calls for: at least substandard, doubtful when overdue again, for six months."""
    if not facts.is_restructured:
        return []
    article = LAW.cite("12", Confidence.SECONDARY)
    if overdue_days > 0:
        return [floor("DOUBTFUL", "RESTRUCTURED_AND_OVERDUE", article, overdue_days=overdue_days)]
    months = LAW.value_on("observation_months", on).whole
    until = add_months(facts.restructured_date, months) if facts.restructured_date else None
    if until is not None and on >= until:
        return []
    return [floor("SUBSTANDARD", "RESTRUCTURED", article, observed_until=until)]


@rule(LAW, article="10-11", confidence=Confidence.UNVERIFIED)
def debtor_floors(facts: ClassificationFacts, overdue_days: int) -> list[Floor]:
    """Return what the debtor's conduct calls for, whatever the days."""
    conduct = (
        (facts.is_diverted, "SPECIAL_MENTION", "FUNDS_DIVERTED", "10(3)"),
        (facts.is_rolled_over, "SPECIAL_MENTION", "ROLLED_OVER_BY_NEW_DEBT", "10(2)"),
        (facts.is_evading, "SUBSTANDARD" if overdue_days > 0 else "SPECIAL_MENTION", "EVADES_DEBT", "10(1), 11(2)"),
    )
    return [
        floor(class_code, code, LAW.cite(article, Confidence.UNVERIFIED))
        for is_so, class_code, code, article in conduct
        if is_so
    ]
