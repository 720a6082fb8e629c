"""No hours found; contact lists barred."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.shape import ContactLaw, ThirdPersons
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="-", confidence=Confidence.UNVERIFIED)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        third_persons=(ThirdPersons(LAW.value_on("contact_list", on).article, allowed=False),),
        notes=(LAW.value_on("hours", on).article,),
    )
