"""Hours and five reminders a day; nobody who does not owe."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap, hours
from qingshou.law.contact.shape import ContactLaw, ThirdPersons, Unit
from qingshou.law.contact.terms import EVERY
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="7(2)(dd)", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on),),
        caps=(cap(LAW, on, "reminders_a_day", unit=Unit.PERSON, channels=EVERY),),
        third_persons=(ThirdPersons(LAW.value_on("third_persons", on).article, allowed=False),),
    )
