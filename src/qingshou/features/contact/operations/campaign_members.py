"""A campaign's members as the work on them needs them: a stretch of places at a time, and what came of them written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from qingshou.tenancy.arrays import text_array, uuid_array
from qingshou.tenancy.bulk import read_rows


@dataclass(frozen=True, slots=True)
class Member:
    """One member, without its model: of a hundred thousand, making the models is a good part of the work."""

    id: UUID
    borrower_id: UUID
    case_id: UUID
    position: int
    is_held_out: bool
    channel: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands after a chunk. `at` None leaves the moment it is to be sent as it was."""

    member_id: UUID
    state: str
    codes: Sequence[str]
    next_at: datetime | None
    channel: str
    at: datetime | None = None


_MEMBERS = """
SELECT id, borrower_id, case_id, position, is_held_out, channel, next_at FROM contact_campaignmember
WHERE campaign_id = %(campaign)s AND state = %(state)s AND position > %(after)s AND position <= %(until)s
ORDER BY position
"""
_STRETCH = """
SELECT count(*), max(position) FROM (
    SELECT position FROM contact_campaignmember
    WHERE campaign_id = %(campaign)s AND state = %(state)s AND position > %(after)s
    ORDER BY position LIMIT %(most)s) AS next_ones
"""
_WRITE = """
UPDATE contact_campaignmember m SET state = given.state, next_at = given.next_at, channel = given.channel,
    at = COALESCE(given.at, m.at), codes = string_to_array(given.codes, ',')
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(codes)s::text[], %(next)s::timestamptz[], %(channels)s::text[],
    %(at)s::timestamptz[]) AS given(id, state, codes, next_at, channel, at)
WHERE m.id = given.id
"""


def list_stretch(*, campaign_id: UUID, state: str, after: int, until: int) -> list[Member]:
    """Return the members of a state in a stretch of places, in their order."""
    given = {"campaign": campaign_id, "state": state, "after": after, "until": until}
    return [Member(*row) for row in read_rows(_MEMBERS, given)]


def measure_stretch(*, campaign_id: UUID, state: str, after: int, most: int) -> tuple[int, int]:
    """Return how many members of a state the next stretch has, at most so many, and the place of the last."""
    # by place, not by state alone: an index over states that change is walked through all that changed before
    ((count, last),) = read_rows(_STRETCH, {"campaign": campaign_id, "state": state, "after": after, "most": most})
    return count, last or after


def write_standings(standings: Sequence[Standing]) -> None:
    """Write how members stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "ids": uuid_array([one.member_id for one in standings]),
                "states": text_array([one.state for one in standings]),
                "codes": text_array([",".join(one.codes) for one in standings]),
                "next": text_array([_spelt(one.next_at) for one in standings]),
                "channels": text_array([one.channel for one in standings]),
                "at": text_array([_spelt(one.at) for one in standings]),
            },
        )


def _spelt(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
