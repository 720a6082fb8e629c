"""Hours, one call or visit a week, two other messages two days apart."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap, gap, hours
from qingshou.law.contact.public_holidays import public_holidays
from qingshou.law.contact.shape import ContactLaw, Span, Unit
from qingshou.law.contact.terms import SPOKEN, WRITTEN
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="37", confidence=Confidence.SECONDARY)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        hours=(hours(LAW, on, is_holiday=public_holidays("CL")),),
        caps=(
            cap(LAW, on, "calls_or_visits_a_week", unit=Unit.PERSON, channels=SPOKEN, span=Span.WEEK),
            cap(LAW, on, "other_media_a_week", unit=Unit.PERSON, channels=WRITTEN, span=Span.WEEK),
        ),
        gaps=(gap(LAW, on, "other_media_days_apart", channels=WRITTEN),),
    )
