"""Who may do what, as named predicates: pages, API and commands ask these and nothing else.

A predicate takes the user (or an API client, which carries the same attributes) and, where it says so, the facts of the
thing. Asked without the thing, it answers whether the user may do this to any such thing at all.
"""

from dataclasses import dataclass
from uuid import UUID

import rules

from qingshou.access.roles import Role


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides who may see and work a case."""

    owner_id: UUID | None
    owner_team_id: UUID | None = None


def _role(*roles: Role) -> rules.Predicate:
    codes = frozenset(role.value for role in roles)

    @rules.predicate
    def has_role(user: object) -> bool:
        return bool(getattr(user, "is_active", False)) and getattr(user, "role", None) in codes

    return has_role


is_collector = _role(Role.COLLECTOR)
is_team_lead = _role(Role.TEAM_LEAD)
is_agency_user = _role(Role.AGENCY_USER)
is_administrator = _role(Role.ADMINISTRATOR)
sees_every_case = _role(Role.LEGAL_OFFICER, Role.ASSET_MANAGER, Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER)


@rules.predicate
def is_own_case(user: object, case: CaseFacts | None) -> bool:
    return case is None or (case.owner_id is not None and case.owner_id == getattr(user, "id", None))


@rules.predicate
def is_case_of_own_team(user: object, case: CaseFacts | None) -> bool:
    if case is None:
        return True
    team_id = getattr(user, "team_id", None)
    return team_id is not None and case.owner_team_id == team_id


# --- cases: a desk shares its queue; an agency's people see only what is theirs
may_view_worklist = _role(
    Role.COLLECTOR, Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.ASSET_MANAGER, Role.COMPLIANCE_OFFICER, Role.AGENCY_USER
)
may_view_case = (
    sees_every_case
    | (is_agency_user & is_own_case)
    | ((is_collector | is_team_lead) & (is_own_case | is_case_of_own_team))
)
may_work_case = ((is_collector | is_agency_user | _role(Role.LEGAL_OFFICER, Role.ASSET_MANAGER)) & is_own_case) | (
    is_team_lead & (is_own_case | is_case_of_own_team)
)
may_assign_cases = is_team_lead
may_search_people = _role(Role.COLLECTOR, Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.ASSET_MANAGER,
                          Role.COMPLIANCE_OFFICER)  # fmt: skip
may_export_cases = _role(Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER)

# --- contact: who works a case contacts its debtor; a lead steers campaigns; compliance sees what was refused
may_view_contacts = _role(Role.COLLECTOR, Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.ASSET_MANAGER,
                          Role.COMPLIANCE_OFFICER, Role.AGENCY_USER)  # fmt: skip
may_contact = may_work_case
may_run_campaigns = is_team_lead
may_write_templates = _role(Role.TEAM_LEAD, Role.COMPLIANCE_OFFICER, Role.LEGAL_OFFICER)
may_view_refusals = _role(Role.TEAM_LEAD, Role.COMPLIANCE_OFFICER)

# --- repayment: who works a case negotiates with its debtor; money that came in is the lead's and the book-keepers'
# who decides on a plan beyond every desk's limits must see it
may_view_repayment = may_view_contacts | _role(Role.RISK_OFFICER)
may_negotiate = may_work_case
may_view_receipts = _role(Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.ASSET_MANAGER, Role.RISK_OFFICER,
                          Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR)  # fmt: skip
may_take_receipts = _role(Role.TEAM_LEAD, Role.RISK_OFFICER)
may_take_cash = is_team_lead
may_ask_reversal = _role(Role.TEAM_LEAD, Role.RISK_OFFICER)
# a loan's account: whoever keeps the books, and whoever works or sees the debtor's case
may_view_statements = may_view_repayment | may_view_receipts
may_charge_costs = _role(Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.RISK_OFFICER)

# --- the book and the day
may_view_cockpit = _role(Role.TEAM_LEAD, Role.ASSET_MANAGER, Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER,
                         Role.ADMINISTRATOR)  # fmt: skip
may_view_imports = _role(Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR)
may_import = _role(Role.RISK_OFFICER, Role.ADMINISTRATOR)
may_view_runs = may_view_imports
may_run_day = _role(Role.RISK_OFFICER, Role.ADMINISTRATOR)
may_view_loans = sees_every_case | is_team_lead
may_view_law = _role(*Role)

# --- oversight
may_view_audit = _role(Role.COMPLIANCE_OFFICER)
may_view_personal_reads = _role(Role.COMPLIANCE_OFFICER)
may_view_approvals = _role(
    Role.COLLECTOR, Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.ASSET_MANAGER, Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER,
    Role.ADMINISTRATOR,
)  # fmt: skip
# that one's own is refused, and how much each role may approve, is judged in approvals/rules.py
may_approve = _role(
    Role.TEAM_LEAD, Role.LEGAL_OFFICER, Role.ASSET_MANAGER, Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER,
    Role.ADMINISTRATOR,
)  # fmt: skip

# --- people and systems
may_view_users = _role(Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.TEAM_LEAD)
may_manage_users = is_administrator
may_manage_clients = is_administrator
may_set_presence = _role(Role.ADMINISTRATOR, Role.TEAM_LEAD)
