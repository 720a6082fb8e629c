"""Words of the replies: what was done to them, and what a confirmed reason brings about."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "REPLY_RECEIVED": _("A reply came in"),
    "REPLY_OPT_OUT": _("Asked by an opt-out word not to be contacted this way"),
    "REPLY_REASON_CONFIRMED": _("Reason of a reply confirmed"),
    "REPLY_ASSIGNED": _("Reply assigned to a case"),
}
register_actions(ACTIONS)

EFFECTS = {
    "STRIKE_POINT": _("Strike this number or address for this debtor"),
    "STOP_DISPUTE": _("Hold all contact about the debt while it is disputed"),
    "STOP_VULNERABLE": _("Only the specialist desk may contact this person"),
    "STOP_CEASE": _("Stop every contact: the person refuses all of it"),
    "STOP_CHANNEL": _("Stop contact by this channel"),
    "CALL_BACK": _("Next action: call back today"),
    "NEGOTIATE_PLAN": _("Next action: negotiate a plan, today"),
}
