"""Hours by the kind of day, and once a day since 2019-11-21."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap, hours
from qingshou.law.contact.public_holidays import public_holidays
from qingshou.law.contact.shape import Cap, ContactLaw, Unit
from qingshou.law.contact.terms import EVERY
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="s. 9", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    caps: tuple[Cap, ...] = ()
    if LAW.has_value_on("contacts_a_day", on):
        caps = (cap(LAW, on, "contacts_a_day", unit=Unit.PERSON, channels=EVERY),)
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, is_holiday=public_holidays("TH")),),
        caps=caps,
    )
