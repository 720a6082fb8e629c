"""Reading campaigns: the list, one campaign's counts and reasons, its members behind each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qingshou.features.contact.errors import NoSuchCampaign
from qingshou.features.contact.models import Campaign, CampaignMember, Message
from qingshou.features.contact.rules.campaign_states import (
    CHOSEN,
    CLEARED,
    HELD_OUT,
    PREPARING,
    QUEUED,
    REFUSED,
    RUNNING,
    STOPPED,
    UNSENT,
)

LEFT_THE_HOUSE = ("SENT", "DELIVERED", "READ", "REPLIED", "BOUNCED")
ARRIVED = ("DELIVERED", "READ", "REPLIED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How many of those chosen came how far. What is refused is told apart by when: before anything was sent, or late.

    `sent` and what follows count messages that came at least so far; `replied` counts debtors who answered.
    """

    chosen: int = 0
    unjudged: int = 0
    held_out: int = 0
    refused: int = 0
    refused_late: int = 0
    cleared: int = 0  # still to be queued
    queued: int = 0
    stopped: int = 0
    waiting: int = 0  # messages in the queue, not yet handed over
    sent: int = 0
    delivered: int = 0
    replied: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0

    @property
    def to_contact(self) -> int:
        """How many the preview found may be contacted, whatever became of them since."""
        return self.cleared + self.queued + self.refused_late


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many were refused for a reason, and the articles it rested on; a person may have several reasons."""

    code: str
    count: int
    articles: tuple[Mapping[str, Any], ...]


def list_campaigns(*, limit: int = 500) -> list[Campaign]:
    """Return the campaigns, the latest first."""
    return list(Campaign.objects.order_by("-made_at", "id")[:limit])


def list_unfinished() -> list[tuple[UUID, str]]:
    """Return (id, status) of campaigns with work left for the worker, the oldest first."""
    waiting = Message.objects.filter(campaign_id=OuterRef("id"), state="QUEUED")
    unfinished = Campaign.objects.filter(Q(status__in=[PREPARING, RUNNING]) | Q(Exists(waiting), status=STOPPED))
    return list(unfinished.order_by("made_at", "id").values_list("id", "status"))


def get_campaign(*, campaign_id: UUID) -> Campaign:
    """Return a campaign; stops with NoSuchCampaign."""
    campaign = Campaign.objects.filter(id=campaign_id).first()
    if campaign is None:
        raise NoSuchCampaign("There is no such campaign. It may belong to another lender.")
    return campaign


def funnel_of(*, campaign_id: UUID) -> Funnel:
    """Return how far everyone of a campaign came: two queries."""
    members = CampaignMember.objects.filter(campaign=campaign_id).aggregate(
        chosen=Count("id"),
        unjudged=Count("id", filter=Q(state=CHOSEN)),
        held_out=Count("id", filter=Q(state=HELD_OUT)),
        refused=Count("id", filter=Q(state=REFUSED, at__isnull=True)),
        refused_late=Count("id", filter=Q(state=REFUSED, at__isnull=False)),
        cleared=Count("id", filter=Q(state=CLEARED)),
        queued=Count("id", filter=Q(state=QUEUED)),
        stopped=Count("id", filter=Q(state=UNSENT)),
    )
    messages = Message.objects.filter(campaign_id=campaign_id).aggregate(
        waiting=Count("id", filter=Q(state__in=["QUEUED", "SENDING"])),
        sent=Count("id", filter=Q(state__in=LEFT_THE_HOUSE)),
        delivered=Count("id", filter=Q(state__in=ARRIVED)),
        replied=Count("id", filter=Q(replied_at__isnull=False)),
        failed=Count("id", filter=Q(state__in=["FAILED", "BOUNCED"])),
        cancelled=Count("id", filter=Q(state="CANCELLED")),
        uncertain=Count("id", filter=Q(state="UNCERTAIN")),
    )
    return Funnel(**members, **messages)


def reasons_of(*, campaign: Campaign) -> list[ReasonCount]:
    """Return why members are refused, the most frequent reason first; those left alone are not counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, count(*) FROM contact_campaignmember m, unnest(m.codes) AS code "
            "WHERE m.campaign_id = %s AND m.state = 'REFUSED' GROUP BY code ORDER BY 2 DESC, 1",
            [campaign.id],
        )
        rows = cursor.fetchall()
    articles: Mapping[str, Sequence[Mapping[str, Any]]] = campaign.progress.get("articles", {})
    return [ReasonCount(code, count, tuple(articles.get(code, ()))) for code, count in rows]


def list_members(
    *, campaign_id: UUID, state: str = "", code: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[CampaignMember], int]:
    """Return members in their order with case and debtor's row, and how many there are.

    Takes   state  '' for all; LATE: refused when the message would have been queued
            code   a reason of refusal
    """
    rows = _filtered(campaign_id, state, code)
    page = rows.select_related("case", "borrower").order_by("position")[offset : offset + limit]
    return list(page), rows.count()


def _filtered(campaign_id: UUID, state: str, code: str) -> "QuerySet[CampaignMember]":
    rows = CampaignMember.objects.filter(campaign=campaign_id)
    if state == "LATE":
        rows = rows.filter(state=REFUSED, at__isnull=False)
    elif state:
        rows = rows.filter(state=state)
    return rows.filter(codes__contains=[code]) if code else rows
