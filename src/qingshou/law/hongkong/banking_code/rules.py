"""No clock hours; third persons barred; bankruptcy stops."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.shape import ContactLaw, ThirdPersons
from qingshou.law.contact.terms import Stop
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="s. 43", confidence=Confidence.READ)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        third_persons=(ThirdPersons(LAW.value_on("third_persons", on).article, allowed=False),),
        stops={Stop.BANKRUPTCY: LAW.value_on("bankruptcy", on).article},
        notes=(LAW.value_on("hours", on).article,),
    )
