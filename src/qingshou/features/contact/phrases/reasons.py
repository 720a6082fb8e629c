"""Why somebody is in arrears, or why they write: one list for replies, calls and whatever counts them later."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REASONS = {
    "FORGOT": _("Forgot to pay"),
    "LOST_INCOME": _("Lost income or work"),
    "ILLNESS": _("Illness or accident"),
    "DISPUTE": _("Disputes the debt"),
    "WANTS_PLAN": _("Wants a payment plan"),
    "WRONG_PERSON": _("Not the debtor: wrong person"),
    "HOSTILE": _("Angry or threatening"),
    "OVERSPENT": _("Spent too much elsewhere"),
    "BUSINESS_FAILED": _("Business in trouble"),
    "FAMILY": _("Family event"),
    "DISASTER": _("Disaster"),
    "PAID_ALREADY": _("Says it is paid"),
    "REFUSES": _("Refuses to pay"),
    "OTHER": pgettext_lazy("reason of arrears", "Something else"),
}

# what a written reply may be suggested as and confirmed as, in the order of the keys 1 to 9 on the page
OF_REPLIES = ("FORGOT", "LOST_INCOME", "ILLNESS", "DISPUTE", "WANTS_PLAN", "WRONG_PERSON", "HOSTILE", "OTHER")
# what a caller may note as the reason: who the person is not, and how they speak, is no reason of arrears
OF_CALLS = tuple(code for code in REASONS if code not in ("WRONG_PERSON", "HOSTILE"))
