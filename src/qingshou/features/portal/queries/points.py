"""The debtor's own numbers and addresses that may still be used, masked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.queries.standing import PointShown, standing
from qingshou.features.portal.rules.policy import PortalPolicy
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed

_KINDS = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL}
_PLACE = "book_contactpoint.value"
NOBODY = ""  # a role that sees everything masked


@dataclass(frozen=True, slots=True)
class WayToReach:
    """A number or address a code can go to: `masked` is all that is shown of it."""

    id: UUID
    channel: str
    masked: str


def ways_of(*, borrower_id: UUID, policy: PortalPolicy, reader: Actor, now: datetime) -> list[WayToReach]:
    """Return the numbers and addresses known to be the debtor's own and not struck, masked: telephones first."""
    known = read_known(borrower_ids={borrower_id}, now=now)
    if borrower_id not in known.debtors:
        return []
    stands = standing(borrower_id=borrower_id, known=known, now=now)
    order = list(policy.code_channels)
    usable = [one for one in stands.points if _is_own(one) and one.point.channel in order]
    usable.sort(key=lambda one: order.index(one.point.channel))
    sealed = {
        str(one.point.id): Sealed(
            _PLACE, one.point.id, _KINDS.get(one.point.channel, PersonalKind.NOTE), one.point.value
        )
        for one in usable
    }
    shown = reveal(subject_kind="BORROWER", subject_id=borrower_id, fields=sealed, reader=reader, role=NOBODY,
                   purpose="PORTAL_CODE", now=now)  # fmt: skip
    return [
        WayToReach(one.point.id, policy.code_channels[one.point.channel], shown[str(one.point.id)] or "")
        for one in usable
    ]


def _is_own(one: PointShown) -> bool:
    return not one.is_struck and one.point.value is not None and (one.state is None or one.state.party == "DEBTOR")
