"""Words for roles, permissions, scopes and actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ROLES = {
    "COLLECTOR": _("Collector"),
    "TEAM_LEAD": _("Team lead"),
    "LEGAL_OFFICER": _("Legal officer"),
    "ASSET_MANAGER": _("Asset manager"),
    "RISK_OFFICER": _("Risk officer"),
    "COMPLIANCE_OFFICER": _("Compliance officer"),
    "AGENCY_USER": _("Agency user"),
    "ADMINISTRATOR": _("Administrator"),
}

PERMISSIONS = {
    "worklist.view": _("See the worklist"),
    "cases.view": _("See cases"),
    "cases.work": _("Work a case"),
    "cases.assign": _("Give cases to people"),
    "cases.export": _("Export cases"),
    "people.search": _("Search people by name or phone"),
    "contact.view": _("See contacts and replies"),
    "contact.work": _("Contact debtors"),
    "contact.campaigns": _("Run campaigns"),
    "contact.templates": _("Write templates"),
    "contact.refusals": _("See refused contacts"),
    "repayment.view": _("See budgets, offers, promises and plans"),
    "repayment.work": _("Negotiate with debtors"),
    "receipts.view": _("See money that came in"),
    "receipts.take": _("Take bank files in, match receipts"),
    "receipts.cash": _("Take cash at the desk"),
    "receipts.reverse": _("Ask for reversals, refunds and relief"),
    "statements.view": _("See accounts of loans"),
    "loans.charge": _("Charge costs, ask for waivers"),
    "cockpit.view": _("See the cockpit"),
    "loans.view": _("See loans behind a figure"),
    "imports.view": _("See imports and quarantine"),
    "imports.run": _("Import files"),
    "runs.view": _("See day runs"),
    "runs.start": _("Start a day run"),
    "law.view": _("Ask the law"),
    "audit.view": _("See the record"),
    "privacy.view_reads": _("See who read personal data"),
    "approvals.view": _("See approvals"),
    "approvals.decide": _("Approve what others ask for"),
    "users.view": _("See users and teams"),
    "users.manage": _("Manage users and teams"),
    "users.presence": _("Say who is at work"),
    "clients.manage": _("Manage API clients"),
}

SCOPES = {
    "book:read": _("Read the book"),
    "book:write": _("Import into the book"),
    "cases:read": _("Read cases"),
    "cases:write": _("Work and assign cases"),
    "contact:read": _("Read contacts"),
    "contact:write": _("Contact debtors"),
    "repayment:read": _("Read agreements and money"),
    "repayment:write": _("Make agreements, take money in"),
    "day:read": _("Read day runs"),
    "day:run": _("Start day runs"),
    "law:read": _("Ask the law"),
    "oversight:read": _("Read the record and approvals"),
    "users:read": _("Read users"),
    "users:write": _("Manage users and clients"),
    "approvals:write": _("Decide approvals"),
}

ACTIONS = {
    "USER_DEMO_PASSWORD": _("Demo password set"),
    "USER_CREATED": _("User created"),
    "USER_CHANGED": _("User changed"),
    "USER_PRESENT": pgettext_lazy("record", "At work"),
    "USER_AWAY": pgettext_lazy("record", "Away from work"),
    "USER_DEACTIVATED": _("User deactivated"),
    "USER_REACTIVATED": _("User reactivated"),
    "PASSWORD_RESET": _("Password reset by an administrator"),
    "PASSWORD_CHANGED": _("Password changed"),
    "SESSIONS_ENDED": _("All sessions ended"),
    "SIGNED_IN": _("Signed in"),
    "SIGNED_OUT": _("Signed out"),
    "SIGN_IN_FAILED": _("Sign-in failed"),
    "SIGN_IN_LOCKED": _("Sign-in locked after too many failures"),
    "SECOND_FACTOR_ADDED": _("Second factor added"),
    "SECOND_FACTOR_REMOVED": _("Second factor removed"),
    "TEAM_CREATED": _("Team created"),
    "TEAM_CHANGED": _("Team changed"),
    "API_CLIENT_CREATED": _("API client created"),
    "API_CLIENT_REVOKED": _("API client revoked"),
    "TENANT_CREATED": _("Lender created"),
    "TENANT_CHANGED": _("Lender changed"),
}
register_actions(ACTIONS)

ERRORS = {
    "NAME_TAKEN": _("This name is taken: choose another."),
    "WORK_LEFT": _("This person still holds work: choose who takes it over."),
    "LAST_ADMINISTRATOR": _("This is the last administrator: make another one first."),
    "NOT_ON_YOURSELF": _("You cannot do this to your own account: ask another administrator."),
    "UNFIT_USER": _("Something given does not fit: check the fields."),
    "NOT_FOUND": _("This does not exist any more."),
}
