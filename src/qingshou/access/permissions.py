"""The names of the permissions, each with its predicate; registered with `rules` when the application starts."""

import rules

from qingshou.access import predicates as may

PERMISSIONS: dict[str, rules.Predicate] = {
    "worklist.view": may.may_view_worklist,
    "cases.view": may.may_view_case,
    "cases.work": may.may_work_case,
    "cases.assign": may.may_assign_cases,
    "cases.export": may.may_export_cases,
    "people.search": may.may_search_people,
    "contact.view": may.may_view_contacts,
    "contact.work": may.may_contact,
    "contact.campaigns": may.may_run_campaigns,
    "contact.templates": may.may_write_templates,
    "contact.refusals": may.may_view_refusals,
    "repayment.view": may.may_view_repayment,
    "repayment.work": may.may_negotiate,
    "receipts.view": may.may_view_receipts,
    "receipts.take": may.may_take_receipts,
    "receipts.cash": may.may_take_cash,
    "receipts.reverse": may.may_ask_reversal,
    "statements.view": may.may_view_statements,
    "loans.charge": may.may_charge_costs,
    "cockpit.view": may.may_view_cockpit,
    "loans.view": may.may_view_loans,
    "imports.view": may.may_view_imports,
    "imports.run": may.may_import,
    "runs.view": may.may_view_runs,
    "runs.start": may.may_run_day,
    "law.view": may.may_view_law,
    "audit.view": may.may_view_audit,
    "privacy.view_reads": may.may_view_personal_reads,
    "approvals.view": may.may_view_approvals,
    "approvals.decide": may.may_approve,
    "users.view": may.may_view_users,
    "users.manage": may.may_manage_users,
    "users.presence": may.may_set_presence,
    "clients.manage": may.may_manage_clients,
}


def register() -> None:
    """Make every permission known to `rules`."""
    for name, predicate in PERMISSIONS.items():
        rules.set_perm(name, predicate)
