"""The front door to restructuring: how a restructured loan is observed, by place."""

from collections.abc import Callable
from datetime import date

from qingshou.kernel.days import add_months
from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Reason
from qingshou.law.china.classification_2023 import observation as china
from qingshou.law.eu.crr import rules as crr
from qingshou.law.facts import ClassificationFacts
from qingshou.law.restructuring_terms import Observation

__all__ = ["Observation", "observation_of"]


def observation_of(*, jurisdiction: str, facts: ClassificationFacts, on: date) -> Observation:
    """Return until when a restructured loan is observed, and at least which class it has meanwhile.

    Takes   facts  is_restructured; restructured_date (the first agreed repayment date), payment_period_months,
                   missed_payment_dates, was_non_performing_before_restructuring, is_restructured_again
    Stops   NotCovered  no text of the place says how restructured loans are observed, or not on this date
    """
    found = _OF.get(jurisdiction)
    if found is None:
        raise NotCovered(
            f"No observation of restructured loans is entered for '{jurisdiction[:40]}': ask for one of "
            f"{', '.join(_OF)}.",
            what="restructuring",
            jurisdiction=jurisdiction[:40],
        )
    return found(facts, on)


def _eu(facts: ClassificationFacts, on: date) -> Observation:
    """Forborne: probation of two years; one that was non-performing first needs a year to leave (47a(4), (6), (7))."""
    probation = crr.LAW.value_on("probation_months", on)
    if not facts.is_restructured or facts.restructured_date is None:
        return Observation(observed_until=None, floor_class="")
    was_bad = facts.was_non_performing_before_restructuring or facts.is_restructured_again
    cure = crr.LAW.value_on("cure_months", on)
    begins = add_months(facts.restructured_date, cure.whole) if was_bad else facts.restructured_date
    until = add_months(begins, probation.whole)
    reasons = [Reason("ON_PROBATION", {"until": until}, probation.article)]
    floor_class = ""
    if was_bad and on < begins:
        floor_class = "NON_PERFORMING"
        reasons.append(Reason("CURE_NOT_MET", {"class": floor_class, "cure_date": begins}, cure.article))
    return Observation(observed_until=until, floor_class=floor_class, reasons=tuple(reasons))


_OF: dict[str, Callable[[ClassificationFacts, date], Observation]] = {"china": china.observation, "eu": _eu}
