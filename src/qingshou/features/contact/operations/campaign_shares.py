"""A campaign's work handed out in shares, so that two can work on it at once: each a stretch of its members' places.

A share is noted on the campaign before it is begun, held while it is worked on, and struck out in the transaction that
did it. Who is killed leaves a share that is noted and that nobody holds: it is handed out again, as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from qingshou.features.contact.models import Campaign
from qingshou.features.contact.operations.campaigns import join_work
from qingshou.features.contact.queries.campaigns import get_campaign
from qingshou.tenancy.bulk import read_rows


@dataclass(frozen=True, slots=True)
class Share:
    """The members with after < place <= until. `turn`: of the first of them in the throttle, counted from `base_at`."""

    after: int
    until: int
    turn: int = 0
    base_at: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What there is to do: a share; or none, and one that another holds; or neither: all is done."""

    share: Share | None = None
    held_by_another: Share | None = None


_TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 17))"
_WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 17))"

# of two debtors of one person the one with the lower place is asked for first, whoever works on which
_KIN = """
WITH people AS (
    SELECT m.position, b.national_id_index AS index, l.person_id
    FROM contact_campaignmember m
    JOIN book_borrower b ON b.id = m.borrower_id
    LEFT JOIN contact_personlink l ON l.borrower_id = m.borrower_id
    WHERE m.campaign_id = %(campaign)s AND m.position > %(early)s AND m.position <= %(until)s),
early AS (SELECT index, person_id FROM people WHERE position <= %(early_until)s),
late AS (SELECT index, person_id FROM people WHERE position > %(after)s)
SELECT EXISTS (SELECT 1 FROM early JOIN late USING (index))
    OR EXISTS (SELECT 1 FROM early JOIN late USING (person_id))
"""


def noted(campaign: Campaign) -> list[Share]:
    """Return the shares that were handed out and are not done, the earliest first."""
    return sorted((Share(*row) for row in campaign.progress.get("shares", ())), key=lambda share: share.after)


def note(campaign: Campaign, share: Share) -> None:
    """Note a share on a locked campaign, in memory."""
    rows = [*campaign.progress.get("shares", ()), [share.after, share.until, share.turn, share.base_at]]
    campaign.progress = campaign.progress | {"shares": rows}


def strike_out(campaign: Campaign, share: Share) -> None:
    """Strike a share out on a locked campaign, in memory; with the last the list goes too."""
    rows = [row for row in campaign.progress.get("shares", ()) if row[0] != share.after]
    others = {name: value for name, value in campaign.progress.items() if name != "shares"}
    campaign.progress = others | ({"shares": rows} if rows else {})


def find_left(campaign: Campaign) -> Share | None:
    """Return a share that is noted and that nobody holds: whoever had it is dead, or has not begun."""
    return next((share for share in noted(campaign) if hold(campaign.id, share)), None)


def hold(campaign_id: UUID, share: Share) -> bool:
    """Hold a share until the transaction ends; False where another holds it."""
    ((is_held,),) = read_rows(_TRY, {"name": _name(campaign_id, share)})
    return bool(is_held)


def begin(campaign_id: UUID, share: Share, *, status: str) -> Campaign | None:
    """Hold a share and return its campaign, which no act changes until the transaction ends.

    Gives   None where the share is another's, or done; or where the campaign is no longer in the status
    """
    join_work(campaign_id)
    if not hold(campaign_id, share):
        return None
    campaign = get_campaign(campaign_id=campaign_id)
    return campaign if campaign.status == status and share in noted(campaign) else None


def wait_for(campaign_id: UUID, share: Share) -> None:
    """Wait until nobody holds a share: it is done, or whoever had it is dead."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WAIT, {"name": _name(campaign_id, share)})


def comes_after_its_kin(campaign: Campaign, share: Share) -> bool:
    """Wait for earlier shares with debtors of the same persons; False where one of them was left undone."""
    for early in _kin(campaign, share):
        wait_for(campaign.id, early)
        if early in noted(get_campaign(campaign_id=campaign.id)):
            return False
    return True


def _kin(campaign: Campaign, share: Share) -> Iterator[Share]:
    for early in noted(campaign):
        if early.after < share.after:
            given = {"campaign": campaign.id, "early": early.after, "early_until": early.until,
                     "after": share.after, "until": share.until}  # fmt: skip
            if read_rows(_KIN, given)[0][0]:
                yield early


def _name(campaign_id: UUID, share: Share) -> str:
    return f"contact.campaign|{campaign_id}|{share.after}"
