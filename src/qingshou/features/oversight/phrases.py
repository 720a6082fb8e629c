"""The words of the day's run, as shown."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "DAY_BEGUN": _("Day's run begun"),
    "DAY_DONE": _("Day's run done"),
}

STATUSES = {
    "RUNNING": _("Running"),
    "DONE": _("Done"),
    "FAILED": _("Stopped"),
}

STEPS = {
    "intake": _("Files taken in"),
    "classes": _("Ageing and classes"),
    "difference": _("Difference to the day before"),
    "working_set": _("Working set"),
    "cases": _("Cases and worklists"),
    "figures": _("Figures"),
    "anchor": _("Record anchored"),
    "checks": _("Checks"),
}

CHECKS = {
    "unclassified": _("Loans without a class"),
    "cases_without_owner_action_date": _("Live cases without owner, next action or date"),
    "rows_unaccounted": _("Rows read that are neither accepted, rejected nor duplicate"),
    "debtors_without_case": _("Overdue debtors without a case"),
}
