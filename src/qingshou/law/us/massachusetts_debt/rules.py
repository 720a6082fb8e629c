"""Massachusetts: two calls or texts in seven days, creditors bound too."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.build import cap
from qingshou.law.contact.shape import Cap, ContactLaw, Unit
from qingshou.law.contact.terms import Channel, Place
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="7.04(1)(f)", confidence=Confidence.READ)
def contact(on: date) -> ContactLaw:
    """Return what binds contact on a date."""
    spoken_or_texted = frozenset({Channel.PHONE, Channel.SMS})

    def limit(value_id: str, days_id: str, places: frozenset[Place]) -> Cap:
        days = LAW.value_on(days_id, on).whole
        return cap(
            LAW, on, value_id, unit=Unit.DEBT, channels=spoken_or_texted, days=days, places=frozenset(map(str, places))
        )

    # A number of unknown kind may be either: both limits hold it.
    home_or_cell = frozenset({Place.HOME, Place.MOBILE, Place.UNKNOWN})
    elsewhere = frozenset({Place.WORK, Place.UNKNOWN})
    return ContactLaw(
        place=LAW.jurisdiction,
        on=on,
        caps=(
            limit("home_or_cell_most", "home_or_cell_days", home_or_cell),
            limit("elsewhere_most", "elsewhere_days", elsewhere),
        ),
    )
