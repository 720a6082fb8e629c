"""A campaign's messages queued, share by share: each share's messages, members and counts are one transaction.

Only those whom the preview cleared are written to; the door judges each once more, at the moment the message would
leave. Shares are handed out under the campaign's lock and held while they are worked on, so two workers share the work
and do none of it twice; the key of each attempt, made of campaign and debtor, is the second guard.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.models import Campaign, Message
from qingshou.features.contact.operations import outbox
from qingshou.features.contact.operations.campaign_judging import turn_of, with_articles
from qingshou.features.contact.operations.campaign_members import (
    Member,
    Standing,
    list_stretch,
    measure_stretch,
    write_standings,
)
from qingshou.features.contact.operations.campaign_messages import cancel_next
from qingshou.features.contact.operations.campaign_shares import (
    Handed,
    Share,
    begin,
    comes_after_its_kin,
    find_left,
    note,
    noted,
    strike_out,
    wait_for,
)
from qingshou.features.contact.operations.campaign_ways import tie_decisions
from qingshou.features.contact.operations.campaign_wording import Wordings, languages_of
from qingshou.features.contact.operations.campaigns import lock_at_rest, lock_campaign, member_counts
from qingshou.features.contact.operations.working_together import work_together
from qingshou.features.contact.queries.campaigns import get_campaign
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
from qingshou.features.contact.rules.facts import Clearance
from qingshou.features.contact.templating.rendering import render
from qingshou.kernel.errors import BadInput
from qingshou.law.contact.terms import Channel

CHUNK = 1000


@dataclass(slots=True)
class _Fate:
    """What became of one member in a share."""

    member: Member
    at: datetime
    codes: list[str] = field(default_factory=list)
    clearance: Clearance | None = None  # of one whom the door refused


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
    campaign = get_campaign(campaign_id=campaign_id)
    left = campaign.progress.get("members", {}).get(CLEARED, 0) - campaign.progress.get("run", 0)

    def tell() -> None:
        if progress is not None:
            found = get_campaign(campaign_id=campaign_id)
            progress(found.progress.get("run", 0), found.progress.get("members", {}).get(CLEARED, 0))

    work_together(
        lambda: run_next(campaign_id=campaign_id, actor=actor, now=clock())[1], tell=tell, is_much=left > CHUNK
    )
    return get_campaign(campaign_id=campaign_id)


def run_next(*, campaign_id: UUID, actor: Actor, now: datetime) -> tuple[Campaign, bool]:
    """Queue the next share of a running campaign; with nothing left, and nothing waiting, the campaign is done.

    Of a stopped one, cancel the next chunk of what waits.

    Gives   (the campaign, whether there may be more to do)
    """
    with transaction.atomic():
        campaign = lock_campaign(campaign_id)
        handed = _hand_out(campaign, now) if campaign.status == RUNNING else Handed()
        if campaign.status == RUNNING and handed == Handed():
            _end_if_all_left(campaign, actor, now)
            return campaign, False
    if campaign.status == STOPPED:
        return _cancel(campaign_id, actor, now)
    if handed.share is not None:
        _run_share(campaign_id, handed.share, actor, now)
    elif handed.held_by_another is not None:
        wait_for(campaign_id, handed.held_by_another)
    return get_campaign(campaign_id=campaign_id), handed != Handed()


def _cancel(campaign_id: UUID, actor: Actor, now: datetime) -> tuple[Campaign, bool]:
    with transaction.atomic():
        campaign = lock_at_rest(campaign_id)
        return campaign, cancel_next(campaign_id=campaign_id, actor=actor, now=now) > 0


def _hand_out(campaign: Campaign, now: datetime) -> Handed:
    """Give a share that was left undone, else the next members who are cleared, noted with their turns."""
    shares, given_out = noted(campaign), campaign.progress.get("position", 0)
    left = find_left(campaign)
    if left is not None and _first_turn(campaign, left) >= now:
        return Handed(left)
    after = given_out if left is None else left.after
    count, until = measure_stretch(campaign_id=campaign.id, state=CLEARED, after=after, most=CHUNK)
    if left is not None:  # its turns are over: it gets new ones, at the end of those given out
        until = left.until
        strike_out(campaign, left)
    elif not count:
        return Handed(held_by_another=shares[0] if shares else None)
    _spread_from_now(campaign, now)
    share = Share(after, until, campaign.progress["slots"], campaign.progress["base_at"])
    campaign.progress = campaign.progress | {"slots": share.turn + count, "position": max(given_out, until)}
    note(campaign, share)
    campaign.save(update_fields=["progress"])
    return Handed(share)


def _first_turn(campaign: Campaign, share: Share) -> datetime:
    return datetime.fromisoformat(share.base_at) + turn_of(campaign, share.turn)


def _spread_from_now(campaign: Campaign, now: datetime) -> None:
    """Where the turns reached lie in the past already (the worker was away), count them from now on: no flood."""
    base, slots = datetime.fromisoformat(campaign.progress["base_at"]), campaign.progress["slots"]
    if base + turn_of(campaign, slots) < now:
        campaign.progress = campaign.progress | {"base_at": now.isoformat(), "slots": 0}


def _run_share(campaign_id: UUID, share: Share, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        campaign = begin(campaign_id, share, status=RUNNING)
        if campaign is None or not comes_after_its_kin(campaign, share):
            return
        members = list_stretch(campaign_id=campaign_id, state=CLEARED, after=share.after, until=share.until)
        fates = _queue(campaign, share, members, actor, now)
        _write(fates)
        _check_now()
        campaign = lock_campaign(campaign_id)
        strike_out(campaign, share)
        campaign.progress = campaign.progress | {
            "run": campaign.progress.get("run", 0) + len(members),
            "articles": with_articles(campaign, [fate.clearance for fate in fates]),
        }
        campaign.save(update_fields=["progress"])


def _check_now() -> None:
    """Have the database look at references before the campaign's row is locked: the other worker need not wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _queue(
    campaign: Campaign, share: Share, members: Sequence[Member], actor: Actor, now: datetime
) -> list[_Fate]:  # fmt: skip
    """Queue what can be worded and what the door lets through; the rest is noted with why."""
    first = _first_turn(campaign, share)
    fates = [
        # the moment chosen for the person stands in next_at; the throttle may make it later
        _Fate(member, max(first + turn_of(campaign, turn), member.next_at or now))
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
    for (fate, _), answer in zip(wanted, answers, strict=True):
        if answer.message_id is None:
            fate.codes = list(dict.fromkeys(reason.code for reason in answer.clearance.reasons))
            fate.clearance = answer.clearance
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
    write_standings([
        Standing(
            fate.member.id,
            REFUSED if fate.codes else QUEUED,
            fate.codes,
            fate.clearance.next_at if fate.clearance is not None else None,
            fate.member.channel,
            fate.at,
        )
        for fate in fates
    ])  # fmt: skip


def _end_if_all_left(campaign: Campaign, actor: Actor, now: datetime) -> None:
    """End a campaign of which nothing waits any more; while something waits it may still be paused and stopped."""
    if Message.objects.filter(campaign_id=campaign.id, state__in=["QUEUED", "SENDING"]).exists():
        return
    campaign.status, campaign.ended_at = DONE, now
    campaign.progress = campaign.progress | {"members": member_counts(campaign)}
    campaign.save(update_fields=["status", "ended_at", "progress"])
    record(subject_kind="CAMPAIGN", subject_id=campaign.id, action="CAMPAIGN_DONE", actor=actor, now=now,
           facts={"members": campaign.progress["members"]})  # fmt: skip
