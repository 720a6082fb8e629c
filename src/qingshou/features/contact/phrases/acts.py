"""Words for what is recorded of the door, of stops, consents and numbers, and of the steps of contact."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "CONTACT_RESERVED": _("Contact let through the door"),
    "CONTACT_REFUSED": _("Contact refused at the door"),
    "CONTACT_SETTLED": _("How a contact ended, noted"),
    "CONTACT_RELEASED": _("Contact never made: given back"),
    "CONTACT_RECEIVED": _("Contact from the other side"),
    "STOP_PLACED": _("Contact stopped"),
    "STOP_LIFTED": _("Stop of contact lifted"),
    "CONSENT_GIVEN": _("Consent given"),
    "CONSENT_WITHDRAWN": _("Consent withdrawn"),
    "NUMBER_STRUCK": _("Number or address struck off"),
    "NUMBER_LEARNT": _("Whose a number is, noted"),
    "PREFERENCES_SET": _("Wishes of the debtor noted"),
    "STEP_ENTERED": _("Step of contact begun"),
    "STEP_ANSWERED": _("Step of contact answered"),
    "LADDER_ENDED": _("Steps of contact at their end"),
}
register_actions(ACTIONS)
