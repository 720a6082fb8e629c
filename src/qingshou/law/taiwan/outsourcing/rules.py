"""Hours (unverified) and no third persons."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import hours
from qingshou.law.contact.shape import ContactLaw, ThirdPersons
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="16", confidence=Confidence.READ)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on),),
        third_persons=(ThirdPersons(LAW.value_on("third_persons", on).article, allowed=False),),
        notes=(LAW.value_on("notice_before_hand_over", on).article,),
    )
