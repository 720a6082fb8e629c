"""Words of a negotiation: who, what, why, by which channel."""

from django.utils.translation import gettext_lazy as _

PARTIES = {"LENDER": _("Lender"), "DEBTOR": _("Debtor")}
STEPS = {
    "OFFERED": _("Made an offer"),
    "COUNTERED": _("Made a counter-offer"),
    "ACCEPTED": _("Accepted the offer"),
    "REFUSED": _("Refused the offer"),
    "WITHDRAWN": _("Withdrew the offer"),
    "SAID": _("Said"),
}
REASONS = {
    "TOO_HIGH": _("The instalment is too high"),
    "TOO_LONG": _("The term is too long"),
    "TOO_SHORT": _("The term is too short"),
    "PAY_DAY": _("The day does not fit the income"),
    "TOTAL_TOO_HIGH": _("The total is too high"),
    "WANTS_WAIVER": _("Asks for charges to be given up"),
    "DISPUTES_DEBT": _("Disputes the debt"),
    "NO_INCOME": _("Has no income now"),
    "WANTS_TIME": _("Wants time to think"),
    "BEYOND_LIMIT": _("Beyond what may be offered"),
    "BETTER_OFFER": _("A better offer was found"),
    "OTHER": _("Another reason"),
}
CHANNELS = {
    "CALL": _("Call"),
    "VISIT": _("Visit"),
    "DESK": _("At the desk"),
    "SMS": _("Text message"),
    "EMAIL": _("E-mail"),
    "POST": _("Letter"),
    "SOCIAL": _("Social channel"),
    "PORTAL": _("The debtor's page"),
}
