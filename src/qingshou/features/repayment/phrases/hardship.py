"""Words of hardship: its kinds, its states, what is recorded of it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

PANEL = _("Hardship")
RELIEF_PROGRAMME = _("Relief programme")

KINDS = {
    "ILLNESS": _("Illness"),
    "JOB_LOSS": _("Lost the job"),
    "LESS_INCOME": _("Less income"),
    "BEREAVEMENT": _("A death in the family"),
    "FAMILY": _("Trouble in the family"),
    "DISASTER": _("Disaster"),
    "VULNERABLE": _("Vulnerable person"),
    "BREATHING_SPACE": _("Breathing space"),
    "OTHER": _("Other hardship"),
}

STATES = {
    "REPORTED": pgettext_lazy("hardship", "Reported"),
    "ACCEPTED": pgettext_lazy("hardship", "Accepted"),
    "DECLINED": pgettext_lazy("hardship", "Declined"),
    "ENDED": pgettext_lazy("hardship", "Ended"),
}

PROGRAMME_STATES = {
    "AWAITING_APPROVAL": _("Waits for a second person"),
    "IN_FORCE": _("In force"),
    "ENDED": pgettext_lazy("hardship", "Ended"),
    "CANCELLED": _("Not agreed"),
}

ENDS = {
    "TIME_PASSED": _("Its last day has passed"),
    "BY_DECISION": _("Ended by decision"),
    "PROGRAMME_ENDED": _("The relief programme has ended"),
}

register_actions(
    {
        "HARDSHIP_REPORTED": _("Hardship reported: contact pauses"),
        "HARDSHIP_ACCEPTED": _("Hardship accepted"),
        "HARDSHIP_DECLINED": _("Hardship declined: contact may go on"),
        "HARDSHIP_ENDED": _("Hardship ended: contact may go on"),
        "RELIEF_ASKED": _("Relief programme asked for"),
        "RELIEF_IN_FORCE": _("Relief programme in force"),
        "RELIEF_CANCELLED": _("Relief programme not agreed"),
        "RELIEF_ENDED": _("Relief programme ended"),
    }
)
