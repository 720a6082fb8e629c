"""Times at which the debtor may ask to be called: only those the door would allow as things stand."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from qingshou.features.contact.operations.door import clear_many
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.portal.rules.policy import PortalPolicy
from qingshou.law.contact.terms import Channel, Purpose


def call_times(
    *, borrower_id: UUID, case_id: UUID, zone: str, policy: PortalPolicy, now: datetime
) -> Mapping[date, list[datetime]]:
    """Return day -> instants, in the debtor's own clock."""
    local = now.astimezone(ZoneInfo(zone))
    wanted = [
        datetime.combine(local.date() + timedelta(days=ahead), time(hour), ZoneInfo(zone))
        for ahead in range(policy.call_days_ahead_max + 1)
        for hour in policy.call_hours
    ]
    ahead_of_now = [one for one in wanted if one > local]
    asked = [
        Asked(borrower_id=borrower_id, channel=Channel.PHONE, purpose=Purpose.ANSWER, case_id=case_id, at=one)
        for one in ahead_of_now
    ]
    found: dict[date, list[datetime]] = {}
    for one, clearance in zip(ahead_of_now, clear_many(asked=asked, now=now) if asked else [], strict=True):
        if clearance.is_allowed:
            found.setdefault(one.date(), []).append(one)
    return found


def zone_of(*, borrower_id: UUID, now: datetime) -> str:
    """Return the debtor's time zone, as the tape says it, else the lender's."""
    known = read_known(borrower_ids={borrower_id}, now=now)
    return known.debtors[borrower_id].time_zone or known.house.time_zone
