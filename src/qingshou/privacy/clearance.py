"""Which role sees which kind of personal data in the clear; everyone else sees it masked.

Roles are plain codes here: this package stands below the one that defines them, and a test holds the two together.
Collectors call, so they see names and numbers; only those who file papers see identity numbers; those who run the
system or judge figures see nobody.
"""

from qingshou.privacy.kinds import PersonalKind as Kind

# no person: the sender of messages, who must see names, numbers and addresses to use them
SENDER = "SENDER"
# no person: the comparison of what a caller hears with what is on file; only yes or no leaves it
CHECKER = "CHECKER"
# the debtor themself, on their own page, about themself
SUBJECT = "SUBJECT"

_CONTACT = frozenset({Kind.NAME, Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.EMPLOYER, Kind.NOTE})

CLEAR: dict[str, frozenset[Kind]] = {
    "COLLECTOR": _CONTACT,
    "TEAM_LEAD": _CONTACT,
    "LEGAL_OFFICER": frozenset(Kind),
    "ASSET_MANAGER": frozenset({Kind.NAME, Kind.PHONE, Kind.ADDRESS, Kind.NOTE}),
    "RISK_OFFICER": frozenset(),
    "COMPLIANCE_OFFICER": frozenset(Kind),
    "AGENCY_USER": frozenset({Kind.NAME, Kind.PHONE}),
    "ADMINISTRATOR": frozenset(),
    SENDER: frozenset({Kind.NAME, Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.NOTE}),
    SUBJECT: frozenset(Kind),
    CHECKER: frozenset({Kind.NATIONAL_ID, Kind.BIRTH_DATE, Kind.ADDRESS, Kind.EMPLOYER}),
}


def sees_clear(role: str, kind: Kind) -> bool:
    """Whether the role sees values of this kind unmasked; an unknown role sees nothing."""
    return kind in CLEAR.get(role, frozenset())
