"""Preparing a campaign: its people are chosen, lots are drawn, and the door is asked about each. Nothing is sent.

The choice is one statement and one transaction; judging goes on in shares, two at once, each kept with its counts in a
transaction of its own. A preparation that is killed goes on with what is left, by the instant at which it began, and so
ends the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.models import Campaign
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.campaign_members import Member, Standing, list_stretch, write_standings
from qingshou.features.contact.operations.campaign_shares import (
    Handed,
    Share,
    begin,
    find_left,
    note,
    noted,
    strike_out,
    wait_for,
)
from qingshou.features.contact.operations.campaign_ways import choose_ways
from qingshou.features.contact.operations.campaign_wording import Wordings, languages_of
from qingshou.features.contact.operations.campaigns import (
    ensure_may,
    lock_at_rest,
    lock_campaign,
    member_counts,
)
from qingshou.features.contact.operations.working_together import work_together
from qingshou.features.contact.queries.campaigns import get_campaign
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


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of judging one member. `at`: the moment chosen for it, where the hour is chosen person by person."""

    member: Member
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
        campaign = lock_at_rest(campaign_id)
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
    left = campaign.progress["chosen"] - campaign.progress["judged"] if campaign.status == PREPARING else 0

    def tell() -> None:
        if progress is None:
            return
        found = get_campaign(campaign_id=campaign_id)
        if found.status in (PREPARING, READY):
            progress(found.progress["judged"], found.progress["chosen"])

    tell()
    work_together(lambda: judge_next(campaign_id=campaign_id, actor=actor, now=now), tell=tell, is_much=left > CHUNK)
    return get_campaign(campaign_id=campaign_id)


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


def judge_next(*, campaign_id: UUID, actor: Actor, now: datetime) -> bool:
    """Judge the next share and keep it with its counts; with none left the campaign is ready.

    Gives   whether there may be more to do
    """
    with transaction.atomic():
        campaign = lock_campaign(campaign_id)
        if campaign.status != PREPARING:
            return False
        handed = _hand_out(campaign)
        if handed == Handed():
            _end(campaign, actor, now)
            return False
    if handed.share is not None:
        _judge_share(campaign_id, handed.share, actor)
    elif handed.held_by_another is not None:
        wait_for(campaign_id, handed.held_by_another)
    return True


def _hand_out(campaign: Campaign) -> Handed:
    """Give a share that was left undone, else the next thousand places, noted."""
    shares, given_out = noted(campaign), campaign.progress.get("asked", campaign.progress["judged"])
    share = find_left(campaign)
    if share is None and given_out < campaign.progress["chosen"]:
        share = Share(after=given_out, until=min(given_out + CHUNK, campaign.progress["chosen"]))
        campaign.progress = campaign.progress | {"asked": share.until}
        note(campaign, share)
        campaign.save(update_fields=["progress"])
    return Handed(share, shares[0] if share is None and shares else None)


def _judge_share(campaign_id: UUID, share: Share, actor: Actor) -> None:
    with transaction.atomic():
        campaign = begin(campaign_id, share, status=PREPARING)
        if campaign is None:
            return
        members = list_stretch(campaign_id=campaign_id, state=CHOSEN, after=share.after, until=share.until)
        judged = list(_judged(campaign, members, actor))
        _write(judged)
        campaign = lock_campaign(campaign_id)
        strike_out(campaign, share)
        campaign.progress = campaign.progress | {
            "judged": campaign.progress["judged"] + len(members),
            "articles": with_articles(campaign, [one.clearance for one in judged]),
        }
        campaign.save(update_fields=["progress"])


def _judged(campaign: Campaign, members: Sequence[Member], actor: Actor) -> Iterator[Judged]:
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


def with_articles(campaign: Campaign, clearances: Iterable[Clearance | None]) -> dict[str, list[dict[str, Any]]]:
    """Return the articles that each reason of a campaign's refusals rests on, these clearances' among them.

    Each once and in the order of their names, whichever share came first.
    """
    found = {
        (reason.code, reason.article)
        for clearance in clearances if clearance is not None
        for reason in clearance.reasons if reason.article is not None
    }  # fmt: skip
    known: dict[str, list[dict[str, Any]]] = dict(campaign.progress.get("articles", {}))
    for code, article in found:
        told = asdict(article)
        if told not in known.get(code, ()):
            known[code] = sorted([*known.get(code, ()), told], key=lambda one: (one["instrument"], one["article"]))
    return known


def _write(judged: Sequence[Judged]) -> None:
    write_standings([
        Standing(
            one.member.id,
            HELD_OUT if one.member.is_held_out else REFUSED if one.codes else CLEARED,
            one.codes,
            one.clearance.next_at if one.codes and one.clearance is not None else one.at,
            one.channel,
        )
        for one in judged
    ])  # fmt: skip


def _end(campaign: Campaign, actor: Actor, now: datetime) -> None:
    counts = member_counts(campaign)
    campaign.status, campaign.prepared_at = READY, now
    kept = {name: value for name, value in campaign.progress.items() if name != "asked"}
    campaign.progress = kept | {"members": counts}
    campaign.save(update_fields=["status", "prepared_at", "progress"])
    record(subject_kind="CAMPAIGN", subject_id=campaign.id, action="CAMPAIGN_PREPARED", actor=actor, now=now,
           facts={"members": counts, "judged_at": campaign.progress["judged_at"]})  # fmt: skip
