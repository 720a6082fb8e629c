"""Quiet hours, six dials a day to a number, and when a third person may be asked."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap, hours
from qingshou.law.contact.shape import ContactLaw, ThirdPersons, Unit
from qingshou.law.contact.terms import Channel
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="指引", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, by_consent=True),),
        caps=(cap(LAW, on, "dials_a_day", unit=Unit.NUMBER, channels=frozenset({Channel.PHONE}), by_consent=True),),
        third_persons=(
            ThirdPersons(
                LAW.value_on("failed_dials_to_third_person", on).article,
                allowed=True,
                failed_dials=LAW.value_on("failed_dials_to_third_person", on).first_whole,
                failed_days=LAW.value_on("failed_days_to_third_person", on).first_whole,
                if_number_invalid=True,
            ),
        ),
    )
