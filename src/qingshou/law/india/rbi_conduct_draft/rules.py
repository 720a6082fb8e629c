"""The hours of the draft, and what it asks for beside them."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import hours
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="draft", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on),),
        notes=(LAW.value_on("calls_recorded", on).article,),
    )
