"""Quiet hours, three effective conversations a day, and contact persons only when the debtor cannot be reached."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.banking_association_2026 import rules as guidance
from qingshou.law.contact.build import cap, hours
from qingshou.law.contact.shape import ContactLaw, Counts, ThirdPersons, Unit
from qingshou.law.contact.terms import Channel, Stop
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="5.3", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, by_consent=True),),
        caps=(
            cap(
                LAW,
                on,
                "conversations_a_day",
                unit=Unit.PERSON,
                counts=Counts.CONVERSATIONS,
                channels=frozenset({Channel.PHONE}),
            ),
        ),
        third_persons=(_third_persons(on),),
        stops={Stop.THIRD_REFUSED: LAW.value_on("third_persons", on).article},
        notes=(LAW.value_on("guarantor", on).article,),
    )


def _third_persons(on: date) -> ThirdPersons:
    """When a debtor is 'unreachable' is measured by the Banking Association's guidance, once that is in force."""
    failed_dials = failed_days = None
    if on in guidance.LAW.in_force:
        failed_dials = guidance.LAW.value_on("failed_dials_to_third_person", on).first_whole
        failed_days = guidance.LAW.value_on("failed_days_to_third_person", on).first_whole
    return ThirdPersons(
        LAW.value_on("third_persons", on).article,
        allowed=True,
        failed_dials=failed_dials,
        failed_days=failed_days,
        if_number_invalid=True,
        if_dead_or_incapable=True,
    )
