"""Hours, one channel a week, nothing more on the day the person was reached, no references."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap, hours
from qingshou.law.contact.public_holidays import public_holidays
from qingshou.law.contact.shape import ContactLaw, Counts, OneChannel, ThirdPersons, Unit
from qingshou.law.contact.terms import EVERY
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="3", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, is_holiday=public_holidays("CO")),),
        caps=(
            cap(
                LAW,
                on,
                "contacts_a_day_after_direct_contact",
                unit=Unit.PERSON,
                counts=Counts.CONVERSATIONS,
                channels=EVERY,
            ),
        ),
        one_channel=(OneChannel("CHANNELS_A_WEEK", LAW.value_on("channels_a_week", on).article, EVERY),),
        third_persons=(ThirdPersons(LAW.value_on("references", on).article, allowed=False),),
    )
