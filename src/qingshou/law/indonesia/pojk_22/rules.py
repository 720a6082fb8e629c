"""Contact hours, closed on Sundays and holidays."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import hours
from qingshou.law.contact.public_holidays import public_holidays
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="62", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, is_holiday=public_holidays("ID"), by_consent=True),),
    )
