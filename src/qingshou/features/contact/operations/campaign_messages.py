"""What a stopped campaign left in the queue: cancelled in chunks, its places in the counters given back.

From the moment a campaign is stopped the sender takes none of its messages; this tidies up after that.
"""

from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.contact.models import Attempt, CampaignMember, Message
from qingshou.features.contact.operations.locked_messages import entry_of, lock_messages
from qingshou.features.contact.rules.campaign_states import QUEUED, UNSENT
from qingshou.law.contact.terms import Outcome

CHUNK = 1000
WHY = "CAMPAIGN_STOPPED"


def cancel_next(*, campaign_id: UUID, actor: Actor, now: datetime) -> int:
    """Cancel the next chunk of a stopped campaign's messages, in the caller's transaction; gives how many."""
    waiting = Message.objects.filter(campaign_id=campaign_id, state="QUEUED").order_by("id")
    ids = list(waiting.values_list("id", flat=True)[:CHUNK])
    rows = [row for row in lock_messages(ids).values() if row.state == "QUEUED"]
    Message.objects.filter(id__in=[row.id for row in rows]).update(
        state="CANCELLED", state_at=now, error_code=WHY, lease_until=None, lease_token=None
    )
    pending = [row for row in rows if row.attempt.outcome == Outcome.PENDING]
    Attempt.objects.filter(id__in=[row.attempt_id for row in pending]).update(
        outcome=Outcome.RELEASED.value, outcome_at=now
    )
    CampaignMember.objects.filter(
        campaign=campaign_id, state=QUEUED, borrower__in=[row.attempt.borrower_id for row in rows]
    ).update(state=UNSENT)
    released = {"outcome": Outcome.RELEASED.value, "was": Outcome.PENDING.value}
    entries = [
        *(entry_of(row, "CONTACT_RELEASED", {"attempt": row.attempt_id, **released}) for row in pending),
        *(entry_of(row, "MESSAGE_CANCELLED", {"why": WHY}) for row in rows),
    ]
    record_many(entries=entries, actor=actor, now=now)
    return len(rows)
