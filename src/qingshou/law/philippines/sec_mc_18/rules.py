"""Contact hours of lending and financing companies."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import hours
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="s. 1", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, by_consent=True),),
    )
