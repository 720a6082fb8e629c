"""Words for requests: states, reasons against, actions."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions

STATUSES = {
    "PENDING": _("Waiting"),
    "APPROVED": _("Approved"),
    "REJECTED": _("Rejected"),
    "WITHDRAWN": _("Withdrawn"),
    "EXPIRED": _("Lapsed"),
}

REASONS = {
    "NOT_PENDING": _("It has been decided already."),
    "EXPIRED": _("Its time is over."),
    "OWN_REQUEST": _("It is your own request: a second person must decide."),
    "ROLE_MAY_NOT": _("Your role may not approve this kind of request."),
    "ABOVE_LIMIT": _("It lies above the amount your role may approve."),
}

ACTIONS = {
    "APPROVAL_REQUESTED": _("Approval asked for"),
    "APPROVAL_APPROVED": _("Approved by a second person"),
    "APPROVAL_REJECTED": _("Approval rejected"),
    "APPROVAL_WITHDRAWN": _("Request for approval withdrawn"),
    "APPROVAL_EXPIRED": _("Request for approval lapsed"),
}
register_actions(ACTIONS)
