"""The roles of the desk: codes only; words in phrases.py."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the system. One role a person; what a role may do is in predicates.py."""

    COLLECTOR = "COLLECTOR"
    TEAM_LEAD = "TEAM_LEAD"
    LEGAL_OFFICER = "LEGAL_OFFICER"
    ASSET_MANAGER = "ASSET_MANAGER"
    RISK_OFFICER = "RISK_OFFICER"
    COMPLIANCE_OFFICER = "COMPLIANCE_OFFICER"
    AGENCY_USER = "AGENCY_USER"
    ADMINISTRATOR = "ADMINISTRATOR"


# Roles that may steer others or the system: two factors outside the demo.
SUPERVISING = frozenset({Role.TEAM_LEAD, Role.RISK_OFFICER, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})
