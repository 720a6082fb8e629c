"""A moratorium as the door sees it: no contact about the debt, the adviser and the debtor's own questions excepted."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.contact.terms import Stop
from qingshou.law.uk.breathing_space import rules

LAW = rules.LAW


def contact(on: date) -> ContactLaw:
    """Return what the moratorium rests its stop on."""
    return ContactLaw(
        place=LAW.jurisdiction, on=on, stops={Stop.BREATHING_SPACE: LAW.cite("7(7)(l), 11(1)", Confidence.READ)}
    )
