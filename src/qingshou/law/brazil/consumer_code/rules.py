"""The federal consumer code: no clock hours, shown as a note."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="42, 71", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        notes=(LAW.value_on("hours", on).article,),
    )
