"""Words of what is recorded of the debtor's page."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions

PANEL = _("Debtor's own page")

ACTIONS = {
    "PORTAL_LINK_SENT": _("Link to the debtor's own page sent"),
    "PORTAL_LINK_HANDED_OVER": _("Link to the debtor's own page handed over"),
    "PORTAL_LINK_REVOKED": _("Link to the debtor's own page taken back"),
    "PORTAL_CODE_SENT": _("Code for the debtor's own page sent"),
    "PORTAL_CODE_NOT_SENT": _("Code for the debtor's own page asked for, not sent"),
    "PORTAL_CODE_REFUSED": _("Wrong code on the debtor's own page"),
    "PORTAL_ENTERED": _("The debtor opened their own page"),
    "PORTAL_LEFT": _("The debtor left their own page"),
    "PORTAL_ASKED": _("Asked for on the debtor's own page"),
    "PORTAL_ASK_ANSWERED": _("Request of the debtor answered"),
    "PORTAL_DATA_GIVEN": _("The debtor was given a copy of their data"),
    "PORTAL_DRAFT_SAVED": _("The debtor began a form"),
    "PAYMENT_BEGUN": _("Payment begun by the debtor"),
    "PAYMENT_SENT_TO_PROVIDER": _("Payment handed to the provider"),
    "PAYMENT_ENDED": _("Payment begun by the debtor ended"),
}
register_actions(ACTIONS)
