"""Hours and seven contacts in seven days for each claim."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap, hours
from qingshou.law.contact.shape import ContactLaw, Unit
from qingshou.law.contact.terms import EVERY, Stop
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="Act", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on),),
        caps=(
            cap(
                LAW,
                on,
                "contacts_most",
                unit=Unit.DEBT,
                channels=EVERY,
                days=LAW.value_on("contacts_days", on).whole,
            ),
        ),
        stops={Stop.CHANNEL: LAW.value_on("debtor_may_exclude", on).article},
    )
