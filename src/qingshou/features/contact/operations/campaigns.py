"""A campaign made, started, held, taken up again and stopped: each act locks the campaign first and is recorded."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.errors import BadContactInput, NoSuchCampaign, NotNow
from qingshou.features.contact.models import Campaign
from qingshou.features.contact.phrases.campaigns import NO_HOLDOUT
from qingshou.features.contact.rules import campaign_states as states
from qingshou.features.contact.rules.campaign_states import CHOSEN, CLEARED, DRAFT, RUNNING, UNSENT
from qingshou.features.contact.rules.segments import read_segment
from qingshou.law.contact.terms import WRITTEN

HOLDOUT_USUAL = Decimal("0.100")
HOLDOUT_MOST = Decimal("0.500")
PER_MINUTE_MOST = 60_000
TONES = ("FRIENDLY", "NEUTRAL", "FIRM", "FORMAL")
_SEED_BITS = 62


def make_campaign(
    *,
    name: str,
    channel: str,
    template_code: str,
    actor: Actor,
    now: datetime,
    tone: str = "FRIENDLY",
    segment: Mapping[str, object] | None = None,
    holdout_share: Decimal = HOLDOUT_USUAL,
    no_holdout_reason: str = "",
    per_minute: int = 600,
    is_best_time: bool = False,
    seed: int | None = None,
) -> Campaign:
    """Make a campaign; nobody is chosen and nothing is sent.

    Takes   channel            a channel one can write by; '' together with is_best_time: chosen person by person
            segment            names of rules.segments.Segment; None: the mild class at first contact
            holdout_share      how many are left alone by lot; 0 needs no_holdout_reason, a code of NO_HOLDOUT
            per_minute         at most so many messages leave in a minute
            seed               of the lot; drawn where none is given
    Stops   BadContactInput    the fields name everything that cannot be used
    """
    read, wrong = read_segment(segment if segment is not None else {"severity": "MILD", "stage": "FIRST_CONTACT"})
    wrong += _wrong(name=name, channel=channel, template_code=template_code, tone=tone, share=holdout_share,
                    no_holdout_reason=no_holdout_reason, per_minute=per_minute, is_best_time=is_best_time)  # fmt: skip
    if wrong:
        raise BadContactInput(
            f"The campaign cannot be made, correct these first: {', '.join(wrong)}.", wrong=list(wrong)
        )
    with transaction.atomic():
        made = Campaign.objects.create(
            name=name.strip(), channel=channel, is_best_time=is_best_time, template_code=template_code, tone=tone,
            segment=read.as_facts(), holdout_share=holdout_share,
            seed=secrets.randbits(_SEED_BITS) if seed is None else seed, per_minute=per_minute, status=DRAFT,
            progress={"no_holdout": no_holdout_reason} if not holdout_share else {}, made_by=actor.name, made_at=now,
        )  # fmt: skip
        facts = {"channel": channel, "template": template_code, "tone": tone, "segment": made.segment,
                 "holdout_share": holdout_share, "no_holdout": no_holdout_reason, "per_minute": per_minute,
                 "is_best_time": is_best_time, "seed": str(made.seed)}  # fmt: skip
        _record(made, "CAMPAIGN_MADE", actor, now, facts)
    return made


def start_campaign(*, campaign_id: UUID, expected_count: int, actor: Actor, now: datetime) -> Campaign:
    """Let a prepared campaign run; its messages are queued by `campaign_running.run_next`.

    Takes   expected_count  how many are to be written to, as whoever starts it was told
    Stops   NotNow          it is not ready, nobody is to be written to, or the number is another by now
    """
    with transaction.atomic():
        campaign = lock_at_rest(campaign_id)
        ensure_may("START", campaign)
        cleared = campaign.members.filter(state=CLEARED).count()
        if cleared == 0:
            raise NotNow("Nobody of this campaign may be contacted: see why, change the segment or judge again later.")
        if cleared != expected_count:
            raise NotNow(
                f"{cleared} people are to be written to, not {expected_count}: look at the campaign again, then start.",
                count=cleared,
            )
        campaign.status, campaign.started_at = RUNNING, now
        campaign.progress = campaign.progress | {"base_at": now.isoformat(), "slots": 0}
        campaign.save(update_fields=["status", "started_at", "progress"])
        _record(campaign, "CAMPAIGN_STARTED", actor, now, {"count": cleared})
    return campaign


def pause_campaign(*, campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """Hold a running campaign: nothing more is queued, and what waits in the queue does not leave."""
    return _turn(campaign_id, "PAUSE", "CAMPAIGN_PAUSED", actor, now)


def resume_campaign(*, campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """Let a held campaign go on; each message in the queue is judged once more before it leaves."""
    return _turn(campaign_id, "RESUME", "CAMPAIGN_RESUMED", actor, now)


def stop_campaign(*, campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """End a campaign for good: at once nothing of it leaves any more.

    What waits in the queue is cancelled afterwards, chunk by chunk, by `campaign_running.run_next`.
    """
    with transaction.atomic():
        campaign = lock_at_rest(campaign_id)
        ensure_may("STOP", campaign)
        not_queued = campaign.members.filter(state__in=[CHOSEN, CLEARED]).update(state=UNSENT)
        campaign.status, campaign.ended_at = states.after("STOP"), now
        campaign.save(update_fields=["status", "ended_at"])
        _record(campaign, "CAMPAIGN_STOPPED", actor, now, {"not_queued": not_queued})
    return campaign


def lock_at_rest(campaign_id: UUID) -> Campaign:
    """Lock a campaign as `lock_campaign`, once nobody works on a share of it; while it is locked nobody begins one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 19))", [_name(campaign_id)])
    return lock_campaign(campaign_id)


def join_work(campaign_id: UUID) -> None:
    """Keep acts off a campaign until the transaction ends, for work on one share of it beside others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 19))", [_name(campaign_id)])


def lock_campaign(campaign_id: UUID) -> Campaign:
    """Lock a campaign in the caller's transaction; stops with NoSuchCampaign."""
    campaign = Campaign.objects.select_for_update(no_key=True).filter(id=campaign_id).first()
    if campaign is None:
        raise NoSuchCampaign("There is no such campaign. It may belong to another lender.")
    return campaign


def member_counts(campaign: Campaign) -> dict[str, int]:
    """Return how many members are in each state."""
    return dict(campaign.members.order_by().values_list("state").annotate(Count("id")))


def ensure_may(act: str, campaign: Campaign) -> None:
    """Stop with NotNow where an act may not be done to a campaign in its state."""
    if not states.may(act, campaign.status):
        raise NotNow(
            f"This cannot be done to a campaign that is {campaign.status.lower()}: look at the campaign again.",
            status=campaign.status,
        )


def _turn(campaign_id: UUID, act: str, action: str, actor: Actor, now: datetime) -> Campaign:
    with transaction.atomic():
        campaign = lock_at_rest(campaign_id)
        ensure_may(act, campaign)
        campaign.status = states.after(act)
        campaign.save(update_fields=["status"])
        _record(campaign, action, actor, now, member_counts(campaign))
    return campaign


def _record(campaign: Campaign, action: str, actor: Actor, now: datetime, facts: Mapping[str, object]) -> None:
    record(subject_kind="CAMPAIGN", subject_id=campaign.id, action=action, actor=actor, now=now, facts=facts)


def _name(campaign_id: UUID) -> str:
    return f"contact.campaign|{campaign_id}"


def _wrong(
    *,
    name: str,
    channel: str,
    template_code: str,
    tone: str,
    share: Decimal,
    no_holdout_reason: str,
    per_minute: int,
    is_best_time: bool,
) -> tuple[str, ...]:
    checks = {
        "name": 0 < len(name.strip()) <= 80 and "\x00" not in name,
        "channel": channel in WRITTEN or (channel == "" and is_best_time),
        "template_code": 0 < len(template_code) <= 40 and "\x00" not in template_code,
        "tone": tone in TONES,
        "holdout_share": 0 <= share <= HOLDOUT_MOST and share == share.quantize(Decimal("0.001")),
        "no_holdout_reason": no_holdout_reason in NO_HOLDOUT if not share else not no_holdout_reason,
        "per_minute": 1 <= per_minute <= PER_MINUTE_MOST,
    }
    return tuple(name for name, is_good in checks.items() if not is_good)
