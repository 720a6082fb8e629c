"""Words of a plan's page: what acceptance does under the law, and the rules by which a plan is kept or broken."""

from django.utils.translation import gettext_lazy as _

EFFECTS = {
    "RESTARTS": _("By accepting, the debtor acknowledges the debt: the limitation period begins anew."),
    "EXPIRY_WAIVED": _(
        "The limitation period is over. By accepting, the debtor gives up the defence that it is: say so before."
    ),
    "NOT_RUNNING": _("The debt is not due yet: no limitation period runs, and acceptance changes nothing."),
    "NOT_RETURNABLE": _("The limitation period is over: what is paid stays paid, the rest is as before."),
    "STAYS_EXPIRED": _("The limitation period is over, and acceptance does not change that."),
    "NO_EFFECT": _("Acceptance does not change the limitation period."),
    "UNCLEAR": _("The texts entered do not decide what acceptance does to limitation: ask a lawyer first."),
    "NOT_COVERED": _("No text on limitation is entered for this place: ask a lawyer first."),
}

RULES = {
    "partial": _(
        "It is about the loans named only, and only money that stands on them counts. Left as they are: %(loans)s."
    ),
    "grace": _("An instalment paid up to %(days)s days after its date is in time."),
    "threshold": _("It counts as paid when %(share)s %% of it has come."),
    "missed": _("More than %(count)s missed in a row break the plan."),
    "unpaid": _("More than %(amount)s unpaid past its grace breaks it."),
    "cure": _("A break can be made good within %(days)s days: pay what is missed, and the plan goes on."),
    "offered": _("It can be accepted until %(day)s."),
    "stop": _("While it is honoured, collection stops."),
    "observed": _("The loan is observed as restructured until %(day)s."),
    "waived": _("What is given up is given up when the plan is kept, not before."),
    "superseded": _("When it is accepted, the plan agreed before ends."),
}
