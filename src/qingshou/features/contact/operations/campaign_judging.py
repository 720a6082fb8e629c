"""Preparing a campaign: its people are chosen, lots are drawn, and the door is asked about each. Nothing is sent.

The choice is one statement and one transaction; judging goes on in chunks, each kept with its counts in a transaction
of its own. A preparation that is killed goes on where it stopped, by the instant at which it began, and so ends the
same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.models import Campaign, CampaignMember
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.campaign_ways import choose_ways
from qingshou.features.contact.operations.campaign_wording import Wordings, languages_of
from qingshou.features.contact.operations.campaigns import ensure_may, lock_campaign, member_counts
from qingshou.features.contact.queries.segments import FROM, PERSON, where_sql
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.rules.campaign_states import (
    CHOSEN,
    CLEARED,
    HELD_OUT,
    NO_TEMPLATE,
    PREPARING,
    READY,
    REFUSED,
)  # fmt: skip
from qingshou.features.contact.rules.facts import Clearance
from qingshou.features.contact.rules.lots import draw_sql
from qingshou.features.contact.rules.segments import read_segment
from qingshou.law.contact.terms import Channel
from qingshou.tenancy.context import current_tenant_id

CHUNK = 1000

Progress = Callable[[int, int], None]

_CHOOSE = """
INSERT INTO contact_campaignmember (id, tenant_id, campaign_id, borrower_id, case_id, position, is_held_out, draw,
    state, channel, codes)
SELECT gen_random_uuid(), %(tenant)s, %(campaign)s, borrower_id, case_id, position, draw < %(share)s, draw, 'CHOSEN',
    %(channel)s, '{{}}'
FROM (SELECT c.borrower_id, c.id AS case_id, row_number() OVER (ORDER BY c.number) AS position, {draw} AS draw
      {source} WHERE {where}) AS chosen
"""

_WRITE = """
UPDATE contact_campaignmember m SET state = given.state, next_at = given.next_at, channel = given.channel,
    codes = string_to_array(given.codes, ',')
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(codes)s::text[], %(next)s::timestamptz[], %(channels)s::text[])
    AS given(id, state, codes, next_at, channel)
WHERE m.id = given.id
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of judging one member. `at`: the moment chosen for it, where the hour is chosen person by person."""

    member: CampaignMember
    clearance: Clearance | None
    codes: list[str]
    channel: str
    at: datetime | None


def prepare_campaign(
    *, campaign_id: UUID, actor: Actor, now: datetime, at: datetime | None = None, progress: Progress | None = None
) -> Campaign:
    """Choose the campaign's people, draw their lots, and judge each at the door.

    Takes   at        when the first message would leave; now, where not given
            progress  is told how many of how many are judged
    Gives   the campaign, READY; one that is ready already is judged anew over the same people and lots
    Stops   NotNow    it runs, is done or was stopped
    """
    begin_preparing(campaign_id=campaign_id, now=now, at=at)
    return go_on_preparing(campaign_id=campaign_id, actor=actor, now=now, progress=progress)


def begin_preparing(*, campaign_id: UUID, now: datetime, at: datetime | None = None) -> Campaign:
    """Mark a campaign as being prepared; one that is being prepared already stays as it is."""
    with transaction.atomic():
        campaign = lock_campaign(campaign_id)
        ensure_may("PREPARE", campaign)
        if campaign.status == PREPARING:
            return campaign
        if campaign.status == READY:
            campaign.members.update(state=CHOSEN, codes=[], next_at=None, channel=campaign.channel)
        kept = {name: value for name, value in campaign.progress.items() if name in ("no_holdout", "chosen")}
        campaign.status, campaign.prepared_at = PREPARING, None
        campaign.progress = kept | {"judged": 0, "judged_at": now.isoformat(), "at": (at or now).isoformat()}
        campaign.save(update_fields=["status", "prepared_at", "progress"])
    return campaign


def go_on_preparing(*, campaign_id: UUID, actor: Actor, now: datetime, progress: Progress | None = None) -> Campaign:
    """Do what is left of a preparation; one that is done comes back as it is."""
    campaign = _choose(campaign_id)
    while campaign.status == PREPARING:
        if progress is not None:
            progress(campaign.progress["judged"], campaign.progress["chosen"])
        campaign = _judge_next(campaign_id, actor, now)
    if progress is not None and campaign.status == READY:
        progress(campaign.progress["judged"], campaign.progress["chosen"])
    return campaign


def _choose(campaign_id: UUID) -> Campaign:
    """Choose the members unless they are chosen: all of them and the count, or nothing."""
    with transaction.atomic():
        campaign = lock_campaign(campaign_id)
        if campaign.status != PREPARING or "chosen" in campaign.progress:
            return campaign
        segment, _ = read_segment(campaign.segment)
        where, given = where_sql(segment)
        statement = _CHOOSE.format(
            draw=draw_sql(seed_sql="%(seed)s::bigint::text", person_sql=PERSON), source=FROM, where=where
        )
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                given | {"tenant": current_tenant_id(), "campaign": campaign.id, "seed": campaign.seed,
                         "share": campaign.holdout_share, "channel": campaign.channel},
            )  # fmt: skip
            campaign.progress = campaign.progress | {"chosen": cursor.rowcount}
        campaign.save(update_fields=["progress"])
    return campaign


def _judge_next(campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """Judge one chunk and keep it with its counts; at the end the campaign is ready."""
    with transaction.atomic():
        campaign = lock_campaign(campaign_id)
        if campaign.status != PREPARING:
            return campaign
        # by place, not by state alone: an index over states that change is walked through all that changed before
        waiting = campaign.members.filter(state=CHOSEN, position__gt=campaign.progress["judged"])
        members = list(waiting.order_by("position")[:CHUNK])
        if not members:
            return _end(campaign, actor, now)
        judged = list(_judged(campaign, members, actor))
        _write(judged)
        articles = campaign.progress.get("articles", {})
        for one in judged:
            note_articles(articles, one.clearance)
        campaign.progress = campaign.progress | {
            "judged": campaign.progress["judged"] + len(members),
            "articles": articles,
        }
        campaign.save(update_fields=["progress"])
    return campaign


def _judged(campaign: Campaign, members: Sequence[CampaignMember], actor: Actor) -> Iterator[Judged]:
    """Ask the door about each member at its own turn; those left alone too, so that both arms are alike."""
    first, begun = (datetime.fromisoformat(campaign.progress[name]) for name in ("at", "judged_at"))
    at = {member.id: first + turn_of(campaign, member.position - 1) for member in members}
    languages = languages_of([member.borrower_id for member in members])
    if campaign.is_best_time:
        ways = choose_ways(campaign=campaign, members=members, at=at, languages=languages, now=begun, actor=actor)
        for member in members:
            way = ways[member.id]
            codes = [NO_TEMPLATE] if way.clearance is None else _codes(way.clearance)
            yield Judged(member, way.clearance, codes, way.channel, way.at)
        return
    wordings = Wordings(campaign)
    asked = [
        Asked(borrower_id=member.borrower_id, case_id=member.case_id, channel=Channel(member.channel), at=at[member.id])
        for member in members
    ]  # fmt: skip
    for member, clearance in zip(members, door.clear_many(asked=asked, now=begun), strict=True):
        codes = _codes(clearance)
        if wordings.of(member.channel, languages[member.borrower_id]) is None:
            codes.append(NO_TEMPLATE)
        yield Judged(member, clearance, codes, member.channel, None)


def _codes(clearance: Clearance) -> list[str]:
    return list(dict.fromkeys(reason.code for reason in clearance.reasons))


def turn_of(campaign: Campaign, turn: int) -> timedelta:
    """Return how long after the first message the one of a turn leaves, by the campaign's throttle."""
    return timedelta(minutes=1) * turn / campaign.per_minute


def note_articles(articles: dict[str, list[dict[str, Any]]], clearance: Clearance | None) -> None:
    """Keep the articles each reason rested on, each once."""
    for reason in clearance.reasons if clearance is not None else ():
        if reason.article is not None:
            told, known = asdict(reason.article), articles.setdefault(reason.code, [])
            if told not in known:
                known.append(told)


def _write(judged: Sequence[Judged]) -> None:
    given: dict[str, list[object]] = {"ids": [], "states": [], "codes": [], "next": [], "channels": []}
    for one in judged:
        state = HELD_OUT if one.member.is_held_out else REFUSED if one.codes else CLEARED
        allowed_from = one.clearance.next_at if one.codes and one.clearance is not None else one.at
        given["ids"].append(one.member.id)
        given["states"].append(state)
        given["codes"].append(",".join(one.codes))
        given["next"].append(allowed_from)
        given["channels"].append(one.channel)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, given)


def _end(campaign: Campaign, actor: Actor, now: datetime) -> Campaign:
    counts = member_counts(campaign)
    campaign.status, campaign.prepared_at = READY, now
    campaign.progress = campaign.progress | {"members": counts}
    campaign.save(update_fields=["status", "prepared_at", "progress"])
    record(subject_kind="CAMPAIGN", subject_id=campaign.id, action="CAMPAIGN_PREPARED", actor=actor, now=now,
           facts={"members": counts, "judged_at": campaign.progress["judged_at"]})  # fmt: skip
    return campaign
