"""Hours by Cabinet Office Order; the workplace only with good reason."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import hours
from qingshou.law.contact.shape import ContactLaw, ThirdPersons
from qingshou.law.contact.terms import Channel, Stop
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="21(1)", confidence=Confidence.READ)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, channels=frozenset({Channel.PHONE, Channel.VISIT})),),
        third_persons=(ThirdPersons(LAW.value_on("third_persons", on).article, allowed=False),),
        stops={Stop.WORKPLACE: LAW.value_on("workplace", on).article},
    )
