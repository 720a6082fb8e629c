"""Who has a message in hand: claimed by lease, judged anew, marked; every write after that checks the lease's token.

A claimed message stays QUEUED: a stop still cancels it, and when its sender dies it is simply claimed again. SENDING is
written, and committed, before the provider is spoken to: what a dead sender left in SENDING may have arrived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.contact.models import Attempt, Campaign, Message
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.locked_messages import (
    end_attempts,
    entry_of,
    lock_messages,
    lock_persons,
)
from qingshou.features.contact.operations.providers import Providers
from qingshou.features.contact.rules.facts import Clearance
from qingshou.features.contact.rules.messages import Fate, State, fate
from qingshou.features.contact.rules.sending import Pace
from qingshou.law.contact.terms import Channel, Outcome
from qingshou.tenancy.context import current_tenant_id

_MINUTE = timedelta(minutes=1)
# of these campaigns nothing leaves the house
HELD_CAMPAIGNS = ("PAUSED", "STOPPED")
_LOOKED_AT = 8  # candidates for each message that is wanted: some are of a channel or campaign that had its share


@dataclass(frozen=True, slots=True)
class Claimed:
    """Messages in hand under one token, in the order they are due."""

    token: UUID
    ids: tuple[UUID, ...]
    at: datetime


@dataclass(slots=True)
class _Shares:
    """How many may still leave in this minute; what is not named has no limit."""

    campaigns: dict[UUID, int] = field(default_factory=dict)
    channels: dict[str, list[int]] = field(default_factory=dict)  # channels of one adapter share one counter

    def take(self, campaign_id: UUID | None, channel: str) -> bool:
        of_campaign = self.campaigns.get(campaign_id) if campaign_id else None
        of_channel = self.channels.get(channel)
        if (of_campaign is not None and of_campaign < 1) or (of_channel is not None and of_channel[0] < 1):
            return False
        if campaign_id and of_campaign is not None:
            self.campaigns[campaign_id] = of_campaign - 1
        if of_channel is not None:
            of_channel[0] -= 1
        return True


def claim(*, providers: Providers, channels: Iterable[Channel], now: datetime, pace: Pace, most: int) -> Claimed | None:
    """Take up to `most` due messages for the length of a lease; None: nothing is due, or every share is used up."""
    open_channels = [channel.value for channel in channels]
    with transaction.atomic():
        with connection.cursor() as cursor:  # one after the other, or two would take one share
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"contact.claim|{current_tenant_id()}"]
            )
        shares = _shares(providers, open_channels, now)
        full = [campaign_id for campaign_id, left in shares.campaigns.items() if left < 1]
        held = [*full, *Campaign.objects.filter(status__in=HELD_CAMPAIGNS).values_list("id", flat=True)]
        free = [channel for channel in open_channels if shares.channels.get(channel, [1])[0] > 0]
        due = (
            _unleased(now)
            .filter(not_before_at__lte=now, channel__in=free)
            .exclude(campaign_id__in=held)
            .order_by("not_before_at", "id")
            .values_list("id", "campaign_id", "channel")[: most * _LOOKED_AT]
        )
        chosen = [row_id for row_id, campaign_id, channel in due if shares.take(campaign_id, channel)][:most]
        got = set(
            _unleased(now).filter(id__in=chosen).select_for_update(skip_locked=True, no_key=True)
            .values_list("id", flat=True)
        )  # fmt: skip
        token = uuid4()
        Message.objects.filter(id__in=got).update(lease_token=token, lease_until=now + timedelta(seconds=pace.lease_s))
    ids = tuple(one for one in chosen if one in got)
    return Claimed(token, ids, now) if ids else None


def _unleased(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now), state=State.QUEUED)


def _shares(providers: Providers, channels: Sequence[str], now: datetime) -> _Shares:
    """Count what left in the last minute and what is in hand, against what campaigns and adapters allow."""
    used: dict[UUID | None, int] = {}
    used_by_channel: dict[str, int] = {}
    gone = Q(sent_at__gt=now - _MINUTE)
    in_hand = Q(lease_until__gt=now, state__in=[State.QUEUED, State.SENDING])
    for which in (gone, in_hand):
        for row in Message.objects.filter(which).values("campaign_id", "channel").annotate(count=Count("id")):
            used[row["campaign_id"]] = used.get(row["campaign_id"], 0) + row["count"]
            used_by_channel[row["channel"]] = used_by_channel.get(row["channel"], 0) + row["count"]
    shares = _Shares()
    running = Campaign.objects.filter(id__in=[one for one in used if one]).values_list("id", "per_minute")
    for campaign_id, per_minute in (
        Campaign.objects.filter(status="RUNNING").values_list("id", "per_minute").union(running)
    ):
        shares.campaigns[campaign_id] = per_minute - used.get(campaign_id, 0)
    counters: dict[str, list[int]] = {}
    for channel in channels:
        limit = providers.per_minute(Channel(channel))
        if limit is not None:
            counter = counters.setdefault(providers.of(Channel(channel)).code, [limit])
            counter[0] -= used_by_channel.get(channel, 0)
            shares.channels[channel] = counter
    return shares


def judge(*, claimed: Sequence[UUID], token: UUID, actor: Actor, now: datetime, pace: Pace) -> list[UUID]:
    """Ask the door anew for what is in hand: what may not leave now is put off or cancelled.

    Gives   the ids that may leave, in the order given; each takes its place in the counters at this very moment
    """
    with transaction.atomic():
        lock_persons(claimed)
        rows = {
            row.id: row
            for row in Message.objects.select_for_update(no_key=True, of=("self",)).select_related("attempt")
            .filter(id__in=claimed, lease_token=token, state=State.QUEUED).order_by("id")
        }  # fmt: skip
        clearances = door.still_allowed(attempt_ids=[row.attempt_id for row in rows.values()], now=now)
        fates = {row.id: _fate(row, clearances[row.attempt_id], now, pace) for row in rows.values()}
        cancel_rows(
            {rows[one]: _why(clearances[rows[one].attempt_id], rows[one], now) for one in rows
             if fates[one] is Fate.CANCEL},
            actor=actor, now=now,
        )  # fmt: skip
        for one, row in rows.items():
            clearance = clearances[row.attempt_id]
            if fates[one] is Fate.LATER:
                Message.objects.filter(id=one).update(
                    not_before_at=clearance.next_at, lease_until=None, lease_token=None
                )
            elif fates[one] is Fate.SEND and row.attempt.at != now:
                Attempt.objects.filter(id=row.attempt_id).update(at=now, local_date=clearance.local_date)
    return [one for one in claimed if fates.get(one) is Fate.SEND]


def _fate(row: Message, clearance: Clearance, now: datetime, pace: Pace) -> Fate:
    return fate(
        is_allowed=clearance.is_allowed, next_at=clearance.next_at, now=now, not_after_at=row.not_after_at,
        pace=pace,
    )  # fmt: skip


def _why(clearance: Clearance, row: Message, now: datetime) -> str:
    if row.not_after_at is not None and row.not_after_at <= now:
        return "TOO_LATE"
    return clearance.reasons[0].code if clearance.reasons else "REFUSED"


def cancel_rows(rows: Mapping[Message, str], *, actor: Actor, now: datetime) -> None:
    """Cancel locked messages that have not left, each for its reason; their places in the counters are given back."""
    for message, why in rows.items():
        message.state, message.state_at, message.error_code = State.CANCELLED.value, now, why[:60]
        message.lease_until = message.lease_token = None
        message.save(update_fields=["state", "state_at", "error_code", "lease_until", "lease_token"])
    end_attempts({message.attempt_id: Outcome.RELEASED for message in rows}, now=now)
    record_many(
        entries=[entry_of(message, "MESSAGE_CANCELLED", {"why": why}) for message, why in rows.items()],
        actor=actor, now=now,
    )  # fmt: skip


def mark(*, message_id: UUID, token: UUID, adapter: str, now: datetime, pace: Pace) -> bool:
    """Write that the message is about to be handed over; False: it is no longer ours to send.

    No lock is needed: of two writers of the row one comes first. Who cancelled it before has won; who comes after sees
    a message on its way.
    """
    marked = (
        Message.objects.filter(
            id=message_id, lease_token=token, state=State.QUEUED,
            lease_until__gte=now + timedelta(seconds=pace.send_s_max),
        )
        .exclude(campaign_id__in=Campaign.objects.filter(status__in=HELD_CAMPAIGNS).values("id"))
        .update(state=State.SENDING, state_at=now, adapter=adapter, tries=F("tries") + 1)
    )  # fmt: skip
    return marked == 1


def give_back(*, message_ids: Sequence[UUID], token: UUID, not_before: datetime | None = None) -> int:
    """Let go of messages that were claimed and not marked."""
    changes: dict[str, object] = {"lease_until": None, "lease_token": None}
    if not_before is not None:
        changes["not_before_at"] = not_before
    return Message.objects.filter(id__in=message_ids, lease_token=token, state=State.QUEUED).update(**changes)


def drop_overdue(*, actor: Actor, now: datetime, most: int = 1000) -> int:
    """Cancel queued messages that are too old to be sent; gives how many."""
    overdue = list(
        _unleased(now).filter(not_before_at__lte=now, not_after_at__lte=now).values_list("id", flat=True)[:most]
    )
    if not overdue:
        return 0
    with transaction.atomic():
        rows = [row for row in lock_messages(overdue).values() if row.state == State.QUEUED]
        cancel_rows(dict.fromkeys(rows, "TOO_LATE"), actor=actor, now=now)
    return len(rows)
