"""Contact as the FCA asks it: reasonable times, reasonable requests followed, care for the vulnerable."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.contact.terms import Stop
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="CONC 7.9.4R", confidence=Confidence.READ)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        stops={
            Stop.CHANNEL: LAW.value_on("hours", on).article,
            Stop.VULNERABLE: LAW.value_on("vulnerable_policy", on).article,
        },
        notes=(LAW.value_on("hours", on).article, LAW.value_on("third_person_disclosure", on).article),
    )
