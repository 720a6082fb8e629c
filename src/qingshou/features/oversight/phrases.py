"""The words of the day's run, as shown."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "DAY_BEGUN": _("Day's run begun"),
    "DAY_DONE": _("Day's run done"),
    "NIGHT_VERIFIED": _("Nightly check of everything that must hold"),
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
    "ledgers": _("Ledgers set to the tape"),
    "cases": _("Cases and worklists"),
    "promises": _("Promises to pay"),
    "plans": _("Repayment plans"),
    "hardship": _("Hardship"),
    "contacts": _("Steps of contact"),
    "figures": _("Figures"),
    "anchor": _("Record anchored"),
    "checks": _("Checks"),
}

CHECKS = {
    "unclassified": _("Loans without a class"),
    "cases_without_owner_action_date": _("Live cases without owner, next action or date"),
    "rows_unaccounted": _("Rows read that are neither accepted, rejected nor duplicate"),
    "amounts_unaccounted": _("Columns of amounts that do not add up"),
    "debtors_without_case": _("Overdue debtors without a case"),
    "debtors_with_two_cases": _("Debtors with two live cases"),
    "case_sums_differ": _("Cases whose sums differ from their loans'"),
    "cases_owned_across_lenders": _("Cases owned by another lender's people"),
    "cases_without_record": _("Cases without a record"),
    "days_twice": _("Steps done twice"),
    "done_days_with_missing_steps": _("Finished days with a step missing"),
    "record": _("Findings in the record"),
    "working_set_differs_from_lake": _("Loans whose class differs from the lake's"),
}

# what of a step's facts its page shows; the rest is for machines
FACTS = {
    "law_on": _("judged by the law of"),
    "overdue": _("overdue"),
    "severities": _("by severity"),
    "days_derived": _("days derived"),
    "days_unknown": _("days unknown"),
    "unclassified": _("unclassified"),
    "previous": _("since"),
    "kinds": _("moves"),
    "borrowers": _("borrowers"),
    "loans": _("loans"),
    "debtors": _("debtors"),
    "opened": _("cases opened"),
    "moved": _("cases moved"),
    "closed": _("cases closed"),
    "updated": _("updated"),
    "dealt": _("dealt"),
    "unassigned": _("waiting to be assigned"),
    "base_dates": _("compared with"),
}

CODES = {
    "NONE": _("not overdue"),
    "MILD": _("mild"),
    "MODERATE": _("moderate"),
    "SEVERE": _("severe"),
    "UNKNOWN": _("unknown"),
    "ENTERED": _("entered"),
    "ROLLED": _("rolled"),
    "ROLLED_BACK": _("rolled back"),
    "CURED": _("cured"),
    "STAYED": _("stayed"),
    "NEW": _("new"),
    "GONE": _("gone"),
    "CLOSED": _("closed"),
    "WRITTEN_OFF": _("written off"),
    "CHANGED": _("changed"),
    "REOPENED": _("reopened"),
}
