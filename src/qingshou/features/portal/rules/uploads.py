"""What a debtor may send: how much, and of which kinds by its content; the rest is judged where it is opened."""

from qingshou.features.portal.rules.policy import PortalPolicy
from qingshou.features.repayment.rules.document_kinds import media_type_of


def problem_of(content: bytes, *, policy: PortalPolicy) -> str:
    """Return what is wrong with a file before it is opened, or ''.

    Gives   EMPTY, TOO_LARGE, WRONG_TYPE (not what the policy takes, by its content)
    """
    if not content:
        return "EMPTY"
    if len(content) > policy.upload_bytes_max:
        return "TOO_LARGE"
    return "" if media_type_of(content) in policy.upload_types else "WRONG_TYPE"
