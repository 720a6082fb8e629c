"""What a person holds of this feature, and how it goes to somebody else when they leave: no case is ever an orphan."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from qingshou.audit.actors import Actor
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations.ownership import MANY, reassign_many
from qingshou.tenancy.queries import current_tenant

HELD = "CASES"


def count_held_cases(user_id: UUID) -> int:
    """Return how many live cases a person owns."""
    return Case.objects.filter(owner_id=user_id, closed_on__isnull=True).count()


def hand_over_cases(*, from_user_id: UUID, to_user_id: UUID, actor: Actor, now: datetime) -> int:
    """Give every live case of one person to another; runs in the caller's transaction, and each case records it."""
    held = list(
        Case.objects.filter(owner_id=from_user_id, closed_on__isnull=True).order_by("id").values_list("id", flat=True)
    )
    on = now.astimezone(ZoneInfo(current_tenant().time_zone)).date()
    for start in range(0, len(held), MANY):
        reassign_many(
            case_ids=held[start : start + MANY], owner_id=to_user_id, actor=actor, on=on, now=now,
            reason="OWNER_LEFT",
        )  # fmt: skip
    return len(held)
