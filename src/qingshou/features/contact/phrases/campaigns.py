"""Words of campaigns: states, acts, segments, outcomes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "CAMPAIGN_MADE": _("Campaign made"),
    "CAMPAIGN_PREPARED": _("Campaign prepared: everyone judged, nothing sent"),
    "CAMPAIGN_STARTED": _("Campaign started"),
    "CAMPAIGN_PAUSED": _("Campaign paused"),
    "CAMPAIGN_RESUMED": _("Campaign resumed"),
    "CAMPAIGN_STOPPED": _("Campaign stopped"),
    "CAMPAIGN_DONE": _("Campaign done"),
}
register_actions(ACTIONS)

STATUSES = {
    "DRAFT": pgettext_lazy("campaign", "Draft"),
    "PREPARING": pgettext_lazy("campaign", "Being prepared"),
    "READY": pgettext_lazy("campaign", "Ready to start"),
    "RUNNING": pgettext_lazy("campaign", "Running"),
    "PAUSED": pgettext_lazy("campaign", "Paused"),
    "DONE": pgettext_lazy("campaign", "Done"),
    "STOPPED": pgettext_lazy("campaign", "Stopped for good"),
}

MEMBER_STATES = {
    "CHOSEN": _("Chosen, not judged yet"),
    "HELD_OUT": _("Left alone by lot"),
    "REFUSED": pgettext_lazy("campaign", "Refused"),
    "CLEARED": _("May be contacted"),
    "QUEUED": _("Message queued"),
    "STOPPED": _("Stopped before it left"),
}

# why nobody is left alone: one of these must be said
NO_HOLDOUT = {
    "NOTICE_DUE": _("Everyone must be told: the law or the contract asks for it"),
    "TOO_FEW": _("Too few debtors for a comparison"),
    "MEASURED_BEFORE": _("What this message is worth has been measured before"),
    "URGENT": _("Nobody may be left out: something happened that all must know"),
}

SEGMENT = {
    "severity": _("Severity"),
    "stage": _("Stage"),
    "product": _("Product"),
    "branch": _("Branch"),
    "region": _("Region"),
    "language": _("Language"),
    "next_action": _("Next action"),
    "days_min": _("Days overdue from"),
    "days_max": _("Days overdue up to"),
    "arrears_min": _("Arrears from"),
    "arrears_max": _("Arrears up to"),
}

OUTCOMES = {
    "replied": _("Replied"),
    "spoke": _("Spoke with us"),
    "paid": _("Paid, or nothing overdue any more"),
    "opted_out": _("Refused further contact"),
    "complained": _("Complained"),
}

REASONS = {
    "NO_TEMPLATE": _("No approved wording in the person's language for this channel"),
    "CANNOT_BE_WORDED": _("The wording needs something that is not known of this debtor"),
}
