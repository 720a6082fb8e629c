"""What came of earlier contacts, and when it was known: the past as it stood at a moment, never later knowledge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from qingshou.features.contact.timing.arms import Arm
from qingshou.features.contact.timing.features import Tally


@dataclass(frozen=True, slots=True)
class Try:
    """One contact with a person: ours (with its arm) or theirs (arm None)."""

    id: UUID
    at: datetime
    arm: Arm | None
    is_conversation: bool


@dataclass(frozen=True, slots=True)
class End:
    """What one of our contacts came to; before `known_at` nobody knew."""

    id: UUID
    at: datetime
    arm: Arm
    is_answered: bool
    known_at: datetime


def ends_of(tries: Sequence[Try], *, within: timedelta) -> list[End]:
    """Return what each of our contacts with one person came to.

    A conversation is an answer, known at once. So is whatever comes from the person within the days given, unless we
    tried again in between: then it answers the later one. Without either the contact is known to be unanswered when
    the days are over.

    Takes   tries  all contacts with one person, oldest first
    """
    ends = []
    for place, one in enumerate(tries):
        if one.arm is None:
            continue
        if one.is_conversation:
            ends.append(End(one.id, one.at, one.arm, True, one.at))
            continue
        following = tries[place + 1] if place + 1 < len(tries) else None
        is_answered = following is not None and following.arm is None and following.at <= one.at + within
        known_at = following.at if following is not None and is_answered else one.at + within
        ends.append(End(one.id, one.at, one.arm, is_answered, known_at))
    return ends


def tally_at(ends: Sequence[End], at: datetime) -> Tally:
    """Return what was known of a person's contacts at a moment; the last contact counts though its end is open."""
    tally = Tally()
    for end in ends:
        if end.at >= at:
            break
        if end.known_at <= at:
            tally.add(end.arm, end.at, is_reached=end.is_answered)
        tally.last_at = end.at if tally.last_at is None else max(tally.last_at, end.at)
    return tally
