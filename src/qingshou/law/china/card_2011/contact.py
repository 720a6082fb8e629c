"""A card holder's instalment plan as the door sees it: while it is honoured, collection stops."""

from datetime import date

from qingshou.kernel.verdict import Confidence
from qingshou.law.china.card_2011 import rules
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.contact.terms import Stop

LAW = rules.LAW


def contact(on: date) -> ContactLaw:
    """Return what an agreed plan rests its stop on."""
    return ContactLaw(place=LAW.jurisdiction, on=on, stops={Stop.HARDSHIP: LAW.cite("70", Confidence.READ)})
