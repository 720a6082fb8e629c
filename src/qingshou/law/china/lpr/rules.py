"""The loan prime rate on a date."""

from datetime import date
from typing import Literal

from qingshou.kernel.verdict import Confidence
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
Term = Literal["one_year", "over_five_years"]


@rule(LAW, article="monthly publication", confidence=Confidence.SECONDARY)
def lpr_on(on: date, *, term: Term = "one_year") -> Taken:
    """Return the rate of a term on a date, as a fraction of a year's principal."""
    return LAW.value_on(term, on)


def steps(term: Term) -> list[tuple[date, Taken]]:
    """Return each day on which the rate changed with the rate from then on."""
    days = [entry.period.from_date for entry in LAW.values[term].entries]
    return [(day, LAW.value_on(term, day)) for day in days]
