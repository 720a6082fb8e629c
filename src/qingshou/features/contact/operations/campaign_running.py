"""A campaign's messages queued, chunk by chunk: each chunk's messages, members and counts are one transaction.

Only those whom the preview cleared are written to; the door judges each once more, at the moment the message would
leave. The campaign's row is locked for the length of a chunk, so two workers share the work and do none of it twice;
the key of each attempt, made of campaign and debtor, is the second guard.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.models import Campaign, CampaignMember, Message
from qingshou.features.contact.operations import outbox
from qingshou.features.contact.operations.campaign_judging import note_articles, turn_of
from qingshou.features.contact.operations.campaign_messages import cancel_next
from qingshou.features.contact.operations.campaign_ways import tie_decisions
from qingshou.features.contact.operations.campaign_wording import Wordings, languages_of
from qingshou.features.contact.operations.campaigns import lock_campaign, member_counts
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.rules.campaign_states import (
    CANNOT_BE_WORDED,
    CLEARED,
    DONE,
    NO_TEMPLATE,
    QUEUED,
    REFUSED,
    RUNNING,
    STOPPED,
)
from qingshou.features.contact.templating.rendering import render
from qingshou.kernel.errors import BadInput
from qingshou.law.contact.terms import Channel

CHUNK = 1000

_WRITE = """
UPDATE contact_campaignmember m SET state = given.state, at = given.at, next_at = given.next_at,
    codes = string_to_array(given.codes, ',')
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(at)s::timestamptz[], %(codes)s::text[], %(next)s::timestamptz[])
    AS given(id, state, at, codes, next_at)
WHERE m.id = given.id
"""


@dataclass(slots=True)
class _Fate:
    """What became of one member in a chunk."""

    member: CampaignMember
    at: datetime
    codes: list[str] = field(default_factory=list)
    next_at: datetime | None = None


def key_of(campaign_id: UUID, borrower_id: UUID) -> str:
    """Return the key of a member's attempt: asked twice, the first attempt is given again."""
    return f"campaign:{campaign_id}:{borrower_id}"


def run_campaign(
    *,
    campaign_id: UUID,
    actor: Actor,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None] | None = None,
) -> Campaign:
    """Queue all that is left of a running campaign, or until somebody pauses or stops it.

    Takes   clock     gives the time of each chunk: a long run must not judge by the hour at which it began
            progress  is told how many of how many are dealt with
    """
    while True:
        campaign, was_more = run_next(campaign_id=campaign_id, actor=actor, now=clock())
        if progress is not None:
            progress(campaign.progress.get("run", 0), campaign.progress.get("members", {}).get(CLEARED, 0))
        if not was_more:
            return campaign


def run_next(*, campaign_id: UUID, actor: Actor, now: datetime) -> tuple[Campaign, bool]:
    """Queue the next chunk of a running campaign; with nothing left, and nothing waiting, the campaign is done.

    Of a stopped one, cancel the next chunk of what waits.

    Gives   (the campaign, whether there was a chunk)
    """
    with transaction.atomic():
        campaign = lock_campaign(campaign_id)
        if campaign.status == STOPPED:
            return campaign, cancel_next(campaign_id=campaign.id, actor=actor, now=now) > 0
        if campaign.status != RUNNING:
            return campaign, False
        waiting = campaign.members.filter(state=CLEARED, position__gt=campaign.progress.get("position", 0))
        members = list(waiting.order_by("position")[:CHUNK])
        if not members:
            _end_if_all_left(campaign, actor, now)
            return campaign, False
        _spread_from_now(campaign, now)
        fates = _queue(campaign, members, actor, now)
        _write(fates)
        campaign.progress = campaign.progress | {
            "slots": campaign.progress["slots"] + len(members),
            "run": campaign.progress.get("run", 0) + len(members),
            "position": members[-1].position,
        }
        campaign.save(update_fields=["progress"])
    return campaign, True


def _spread_from_now(campaign: Campaign, now: datetime) -> None:
    """Where the turns reached lie in the past already (the worker was away), count them from now on: no flood."""
    base, slots = datetime.fromisoformat(campaign.progress["base_at"]), campaign.progress["slots"]
    if base + turn_of(campaign, slots) < now:
        campaign.progress = campaign.progress | {"base_at": now.isoformat(), "slots": 0}


def _queue(campaign: Campaign, members: Sequence[CampaignMember], actor: Actor, now: datetime) -> list[_Fate]:
    """Queue what can be worded and what the door lets through; the rest is noted with why."""
    base, slots = datetime.fromisoformat(campaign.progress["base_at"]), campaign.progress["slots"]
    fates = [
        # the moment chosen for the person stands in next_at; the throttle may make it later
        _Fate(member, max(base + turn_of(campaign, slots + turn), member.next_at or now))
        for turn, member in enumerate(members)
    ]
    wanted = _worded(campaign, fates, now)
    items = [item for _, item in wanted]
    try:
        answers = outbox.queue_many(items=items, actor=actor, now=now, campaign_id=campaign.id)
    except BadInput:  # before anything was reserved; who it was is seen one by one
        wanted = [(fate, item) for fate, item in wanted if _can_be_worded(fate, item)]
        items = [item for _, item in wanted]
        answers = outbox.queue_many(items=items, actor=actor, now=now, campaign_id=campaign.id)
    articles = campaign.progress.get("articles", {})
    for (fate, _), answer in zip(wanted, answers, strict=True):
        if answer.message_id is None:
            fate.codes = list(dict.fromkeys(reason.code for reason in answer.clearance.reasons))
            fate.next_at = answer.clearance.next_at
            note_articles(articles, answer.clearance)
    campaign.progress = campaign.progress | {"articles": articles}
    if campaign.is_best_time:
        keys = {key_of(campaign.id, fate.member.borrower_id): fate.member for fate in fates if not fate.codes}
        tie_decisions(campaign=campaign, keys=keys, actor=actor, now=now)
    return fates


def _worded(campaign: Campaign, fates: Sequence[_Fate], now: datetime) -> list[tuple[_Fate, outbox.ToSend]]:
    """Return what is to be queued, for each member for whom there is an approved wording."""
    wordings = Wordings(campaign)
    languages = languages_of([fate.member.borrower_id for fate in fates])
    values = values_of(case_ids=[fate.member.case_id for fate in fates], now=now)
    wanted = []
    for fate in fates:
        member = fate.member
        version = wordings.of(member.channel, languages[member.borrower_id])
        if version is None:
            fate.codes = [NO_TEMPLATE]
            continue
        asked = Asked(borrower_id=member.borrower_id, case_id=member.case_id, channel=Channel(member.channel),
                      key=key_of(campaign.id, member.borrower_id), at=fate.at)  # fmt: skip
        wanted.append((fate, outbox.ToSend(asked=asked, version=version, values=values.get(member.case_id, {}))))
    return wanted


def _can_be_worded(fate: _Fate, item: outbox.ToSend) -> bool:
    version: Any = item.version
    try:
        render(version.subject, item.values, most=outbox.SUBJECT_MOST, one_line=True)
        render(version.body, item.values)
    except BadInput:
        fate.codes = [CANNOT_BE_WORDED]
    return not fate.codes


def _write(fates: Sequence[_Fate]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "ids": [fate.member.id for fate in fates],
                "states": [REFUSED if fate.codes else QUEUED for fate in fates],
                "at": [fate.at for fate in fates],
                "codes": [",".join(fate.codes) for fate in fates],
                "next": [fate.next_at for fate in fates],
            },
        )


def _end_if_all_left(campaign: Campaign, actor: Actor, now: datetime) -> None:
    """End a campaign of which nothing waits any more; while something waits it may still be paused and stopped."""
    if Message.objects.filter(campaign_id=campaign.id, state__in=["QUEUED", "SENDING"]).exists():
        return
    campaign.status, campaign.ended_at = DONE, now
    campaign.progress = campaign.progress | {"members": member_counts(campaign)}
    campaign.save(update_fields=["status", "ended_at", "progress"])
    record(subject_kind="CAMPAIGN", subject_id=campaign.id, action="CAMPAIGN_DONE", actor=actor, now=now,
           facts={"members": campaign.progress["members"]})  # fmt: skip
