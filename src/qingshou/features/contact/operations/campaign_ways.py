"""Campaigns of the best channel and hour: what is open for each person is asked of the door, one way is chosen.

Open is what the door allows at the first moment of an arm within two days, by a channel that has an approved wording.
The choice with every probability is kept as a decision, and tied to the contact when it is reserved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from qingshou.audit.actors import Actor
from qingshou.features.contact.models import Attempt, Campaign, Decision
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.campaign_members import Member
from qingshou.features.contact.operations.campaign_wording import Wordings
from qingshou.features.contact.operations.choosing import choose, tie
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.rules.facts import Clearance
from qingshou.features.contact.timing.arms import Arm, arm_of_code, arms_between, first_moment
from qingshou.law.contact.terms import Channel

# the channels a choice is made among: a letter takes days, and a messenger needs consent that few gave
CHANNELS = (Channel.SMS, Channel.EMAIL)
AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Way:
    """How a member is to be reached, and from when; no channel: no way is open, for the reasons of the clearance."""

    channel: str
    at: datetime | None
    clearance: Clearance | None


def choose_ways(
    *,
    campaign: Campaign,
    members: Sequence[Member],
    at: Mapping[UUID, datetime],
    languages: Mapping[UUID, str],
    now: datetime,
    actor: Actor,
) -> dict[UUID, Way]:
    """Return the way for each member, and keep a decision for each who is not left alone; in the caller's transaction.

    Takes   at         member -> the first moment at which its turn comes
            languages  borrower -> language
    """
    wordings = Wordings(campaign)
    worded = {
        member.id: [one for one in CHANNELS if wordings.of(one.value, languages[member.borrower_id]) is not None]
        for member in members
    }
    first = door.clear_many(
        asked=[_asked(member, (worded[member.id] or CHANNELS)[0], at[member.id]) for member in members], now=now
    )
    tried: list[tuple[Member, Arm, datetime]] = []
    for member, clearance in zip(members, first, strict=True):
        zone, turn = ZoneInfo(clearance.zone or "UTC"), at[member.id]
        for arm in arms_between(worded[member.id], from_at=turn, until_at=turn + AHEAD, zone=zone):
            moment = first_moment(arm, after=turn, zone=zone)
            if moment is not None:
                tried.append((member, arm, moment))
    asked = [_asked(member, arm.channel, moment) for member, arm, moment in tried]
    open_arms: dict[UUID, dict[Arm, tuple[datetime, Clearance]]] = {member.id: {} for member in members}
    for (member, arm, moment), clearance in zip(tried, door.clear_many(asked=asked, now=now), strict=True):
        if clearance.is_allowed:
            open_arms[member.id][arm] = (moment, clearance)
    chosen = _chosen(campaign, members, open_arms, now, actor)
    ways = {}
    for member, clearance in zip(members, first, strict=True):
        if member.id in chosen:
            way = chosen[member.id]
            ways[member.id] = Way(way.channel.value, *open_arms[member.id][way])
        elif open_arms[member.id]:  # left alone: something is open, nothing is chosen
            ways[member.id] = Way("", None, replace(clearance, reasons=(), value="ALLOWED"))
        else:
            ways[member.id] = Way("", None, clearance if worded[member.id] else None)
    return ways


def tie_decisions(*, campaign: Campaign, keys: Mapping[str, Member], actor: Actor, now: datetime) -> int:
    """Note which contacts came of the campaign's decisions; in the transaction that reserved them."""
    attempts = list(Attempt.objects.filter(key__any_of=list(keys)).values_list("id", "person_id", "channel"))
    decisions = Decision.objects.filter(
        campaign_id=campaign.id, attempt__isnull=True, person__any_of={row[1] for row in attempts}
    )
    latest: dict[tuple[UUID, str], UUID] = {}
    for decision in decisions.order_by("at", "id"):
        latest[decision.person_id, arm_of_code(decision.arm).channel.value] = decision.id
    pairs = {latest[person, channel]: attempt for attempt, person, channel in attempts if (person, channel) in latest}
    return tie(attempts=pairs, actor=actor, now=now) if pairs else 0


def _asked(member: Member, channel: Channel, at: datetime) -> Asked:
    return Asked(borrower_id=member.borrower_id, case_id=member.case_id, channel=channel, at=at)


def _chosen(
    campaign: Campaign,
    members: Sequence[Member],
    open_arms: Mapping[UUID, Mapping[Arm, object]],
    now: datetime,
    actor: Actor,
) -> dict[UUID, Arm]:
    deciding = [member for member in members if open_arms[member.id] and not member.is_held_out]
    decisions = choose(
        borrower_ids=[member.borrower_id for member in deciding],
        open_arms={member.borrower_id: list(open_arms[member.id]) for member in deciding},
        now=now, actor=actor, campaign_id=campaign.id,
    )  # fmt: skip
    return {member.id: arm_of_code(decision.arm) for member, decision in zip(deciding, decisions, strict=True)}
