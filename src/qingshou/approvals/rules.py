"""Who may decide a request: never one's own, within the limit of one's role, in time, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from qingshou.kernel.verdict import Reason, Verdict


class Status(StrEnum):
    """Where a request stands."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class _Unlimited:
    """Any amount."""


UNLIMITED = _Unlimited()
Limit = Decimal | _Unlimited

MAY, MAY_NOT = "MAY", "MAY_NOT"


@dataclass(frozen=True, slots=True)
class Person:
    """What tells people apart; one person with two accounts has one address."""

    user_id: UUID | None
    role: str = ""
    email: str = ""


def judge_decision(
    *,
    status: str,
    requester: Person,
    decider: Person,
    amount: Decimal | None,
    expires_at: datetime,
    limits: Mapping[str, Limit],
    now: datetime,
) -> Verdict:
    """Judge whether a person may decide a request.

    Takes   amount  None: the request names no sum, and only a role without limit may decide it
            limits  role -> highest amount, the amount itself included; a role that is not named may not decide
    Gives   Verdict MAY, or MAY_NOT with every reason
    """
    reasons = []
    if status != Status.PENDING:
        reasons.append(Reason("NOT_PENDING", {"status": status}))
    elif expires_at <= now:
        reasons.append(Reason("EXPIRED", {"expires_at": expires_at}))
    if _same(requester, decider):
        reasons.append(Reason("OWN_REQUEST"))
    limit = limits.get(decider.role)
    if limit is None:
        reasons.append(Reason("ROLE_MAY_NOT", {"role": decider.role}))
    elif isinstance(limit, Decimal) and (amount is None or amount > limit):
        reasons.append(Reason("ABOVE_LIMIT", {"limit": limit, "amount": amount}))
    return Verdict(MAY_NOT if reasons else MAY, tuple(reasons))


def _same(one: Person, other: Person) -> bool:
    if one.user_id is None or other.user_id is None or one.user_id == other.user_id:
        return True  # who cannot be told apart counts as the same
    return bool(one.email) and one.email.casefold() == other.email.casefold()
