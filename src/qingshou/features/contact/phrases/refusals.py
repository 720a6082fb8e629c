"""Words of the page of refused contacts."""

from django.utils.translation import gettext_lazy as _

PURPOSES = {
    "COLLECT": _("To remind or collect"),
    "ANSWER": _("To answer"),
    "SERVICE": _("A code that was asked for"),
    "CONFIRM_STOP": _("To confirm a refusal"),
    "STATUTORY": _("A notice the law requires"),
    "REMEDY": _("To tell of a remedy"),
    "LOCATE": _("To ask a third person"),
}

# short names of the reasons, for filters and pictures; the sentences are in door.py
REASONS = {
    "OUTSIDE_HOURS": _("Outside the hours"),
    "OUTSIDE_ASKED_HOURS": _("Outside the hours asked for"),
    "NOT_ASKED_FOR": _("Nobody asked for it just now"),
    "CAP_REACHED": _("Counter of the law full"),
    "HOUSE_LIMIT": _("Counter of the house full"),
    "AFTER_CONVERSATION": _("Pause after a conversation"),
    "GAP": _("Too soon after the last one"),
    "OTHER_CHANNEL_THIS_WEEK": _("Another channel this week"),
    "STOPPED": _("Stop in force"),
    "CHANNEL_REFUSED": _("Channel refused"),
    "NO_CONSENT": _("No consent"),
    "THIRD_PERSON_NOT_YET": _("Third person: not yet"),
    "THIRD_PERSON_NEVER": _("Third person: never"),
    "NUMBER_STRUCK": _("Number struck off"),
    "NO_POINT": _("No number or address"),
    "WORKPLACE": _("Workplace forbidden"),
    "MINOR": _("Under age"),
    "LAW_NOT_COVERED": _("No law held for the day"),
    "CLOSED_CASE": _("Nothing owed any more"),
}
