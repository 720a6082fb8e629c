"""Pass (NORMAL here), special mention, substandard, doubtful, loss; the last three are 'classified'."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Floor, Rung, floor, ladder_floor, rung
from qingshou.law.months import days_past_months, is_past_months
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
CLASSES = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")
NON_PERFORMING = frozenset({"SUBSTANDARD", "DOUBTFUL", "LOSS"})
_BY_MONTHS = (("SUBSTANDARD", "substandard_months"), ("DOUBTFUL", "doubtful_months"))


def month_limits(on: date) -> dict[str, Taken]:
    """Return the limits in months by class."""
    return {class_code: LAW.value_on(value_id, on) for class_code, value_id in _BY_MONTHS}


@rule(LAW, article="appendix 2", confidence=Confidence.UNVERIFIED)
def overdue_rungs(on: date) -> list[Rung]:
    """Return the ladder in days, a month taken as 30 days."""
    return [
        Rung(0, "NORMAL", LAW.cite("appendix 2", Confidence.READ)),
        rung(LAW, "special_mention_overdue", "SPECIAL_MENTION", on),
        *(Rung(days_past_months(limit), name, limit.article) for name, limit in month_limits(on).items()),
    ]


@rule(LAW, article="appendix 2", confidence=Confidence.UNVERIFIED)
def floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return the class by time past due (calendar months where the due date is known) and by the lender's judgement."""
    found = [ladder_floor(overdue_rungs(on)[:2], overdue_days)]
    for class_code, limit in month_limits(on).items():
        is_past, convention = is_past_months(
            limit, overdue_days=overdue_days, oldest_due_date=facts.oldest_due_date, on=on
        )
        if is_past:
            fields = {"overdue_days": overdue_days, "over_months": limit.whole, "month_convention": convention}
            found = [floor(class_code, "OVERDUE_MONTHS", limit.article, **fields)]
    if facts.is_uncollectable:
        found.append(floor("LOSS", "UNCOLLECTABLE", LAW.cite("appendix 2", Confidence.READ)))
    return found
