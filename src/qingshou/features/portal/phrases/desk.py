"""Words of the desk's side: what debtors asked for, and its facts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.features.portal.phrases.pages import DISPUTES, HARDSHIPS

KINDS = {
    "CALL_AT": pgettext_lazy("request", "Call at a time"),
    "PLAN": pgettext_lazy("request", "Plan proposed"),
    "DISPUTE": pgettext_lazy("request", "Dispute"),
    "HARDSHIP": pgettext_lazy("request", "Hardship"),
    "COMPLAINT": pgettext_lazy("request", "Complaint"),
    "CHANNELS": pgettext_lazy("request", "Channels and wishes"),
    "DATA_COPY": pgettext_lazy("request", "Copy of data"),
    "QUESTION": pgettext_lazy("request", "Question"),
}

STATES = {
    "OPEN": pgettext_lazy("request", "Open"),
    "DONE": pgettext_lazy("request", "Done"),
    "DECLINED": pgettext_lazy("request", "Declined"),
}

FACTS = {
    "at": _("Wanted time"),
    "reason": _("What is wrong"),
    "kind": _("Hardship"),
    "until_on": _("Contact pauses until"),
    "amount": _("Amount each time"),
    "day": _("Day of the month"),
    "stopped": _("Channels stopped"),
    "freed": _("Channels allowed again"),
    "form": _("Form"),
}
FACT_WORDS = DISPUTES | HARDSHIPS
