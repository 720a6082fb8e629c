"""Messages as their pages ask for them: a list with filters, counts by state, one with its events, those to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import Campaign, DeliveryEvent, LetterBatch, Message

LIMIT_MAX = 500
COUNT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """What a list of messages is narrowed to; empty: not narrowed."""

    state: str = ""
    channel: str = ""
    template: str = ""
    campaign_id: UUID | None = None
    case_id: UUID | None = None
    owner_ids: tuple[UUID, ...] | None = None  # of the cases; None: everybody's


@dataclass(frozen=True, slots=True)
class After:
    """The last line of a page: the next begins behind it."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing a provider reported of a message."""

    at: datetime
    received_at: datetime
    state: str
    error_code: str
    adapter: str


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A message with all that its page shows; words and address stay sealed."""

    message: Message
    events: tuple[Happened, ...]
    campaign: Campaign | None


def list_messages(*, filters: MessageFilter, after: After | None = None, limit: int = 50) -> list[Message]:
    """Return messages, the latest change first."""
    rows = _narrowed(filters)
    if after is not None:
        rows = rows.filter(Q(state_at__lt=after.at) | Q(state_at=after.at, id__lt=after.id))
    rows = rows.select_related("attempt__case", "attempt__borrower", "template_version__template")
    return list(rows.order_by("-state_at", "-id")[: min(limit, LIMIT_MAX)])


def count_messages(*, filters: MessageFilter, most: int = COUNT_MAX) -> int:
    """Return how many messages the filters admit, counted up to one more than `most`."""
    return _narrowed(filters).order_by()[: most + 1].count()


def _narrowed(filters: MessageFilter) -> QuerySet[Message]:
    rows = Message.objects.all()
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.template:
        rows = rows.filter(template_version__template__code=filters.template)
    if filters.campaign_id:
        rows = rows.filter(campaign_id=filters.campaign_id)
    if filters.case_id:
        rows = rows.filter(attempt__case_id=filters.case_id)
    if filters.owner_ids is not None:
        rows = rows.filter(attempt__case__owner_id__in=filters.owner_ids)
    return rows


def counts_by_state(*, filters: MessageFilter) -> dict[str, int]:
    """Return how many messages stand in each state."""
    rows = _narrowed(filters).order_by().values("state").annotate(count=Count("id"))
    return {row["state"]: row["count"] for row in rows}


def facet_values() -> dict[str, list[tuple[str, str]]]:
    """Return what there is to choose from: codes of templates in use, campaigns that sent something lately."""
    templates = (
        Message.objects.filter(template_version__isnull=False)
        .order_by().values_list("template_version__template__code", flat=True).distinct()
    )  # fmt: skip
    campaigns = Campaign.objects.filter(started_at__isnull=False).order_by("-made_at").values_list("id", "name")[:30]
    return {
        "template": [(code, code) for code in sorted(templates)],
        "campaign": [(str(campaign_id), name) for campaign_id, name in campaigns],
    }


def get_message(*, message_id: UUID) -> MessagePage:
    """Return one message with what was reported of it; stops with NoSuchContact."""
    rows = Message.objects.select_related(
        "attempt__case__owner", "attempt__borrower", "attempt__contact_point", "template_version__template",
        "letter_batch",
    )  # fmt: skip
    message = rows.filter(id=message_id).first()
    if message is None:
        raise NoSuchContact("There is no such message. It may belong to someone else.")
    campaign = Campaign.objects.filter(id=message.campaign_id).first() if message.campaign_id else None
    return MessagePage(message, tuple(_events(message)), campaign)


def _events(message: Message) -> Sequence[Happened]:
    """Return the reports of a message: those that named it, and those that came before its id was known."""
    which = Q(message=message)
    if message.provider_ref:
        which |= Q(message__isnull=True, adapter=message.adapter, provider_ref=message.provider_ref)
    rows = DeliveryEvent.objects.filter(which).order_by("at", "received_at")[:LIMIT_MAX]
    return [Happened(row.at, row.received_at, row.state, row.error_code, row.adapter) for row in rows]


def list_uncertain(*, limit: int = 200) -> list[Message]:
    """Return the messages of which nobody knows whether they arrived, those that a person must decide first."""
    rows = Message.objects.filter(state="UNCERTAIN").select_related("attempt__case", "attempt__borrower")
    found = list(rows.order_by("state_at", "id")[:limit])
    return sorted(found, key=lambda row: row.lease_until is not None)


def count_undecided() -> int:
    """Return how many uncertain messages only a person can decide."""
    return Message.objects.filter(state="UNCERTAIN", lease_until__isnull=True).count()


@dataclass(frozen=True, slots=True)
class Piles:
    """What the page of letters shows."""

    batches: tuple[LetterBatch, ...]
    waiting: int  # letters that are due and in no batch


def list_batches(*, now: datetime, limit: int = 100) -> Piles:
    """Return the batches of letters, the newest first, and how many letters wait for one."""
    waiting = Message.objects.filter(channel="POST", state="QUEUED", not_before_at__lte=now).count()
    return Piles(tuple(LetterBatch.objects.order_by("-made_at")[:limit]), waiting)


def get_batch(*, batch_id: UUID) -> tuple[LetterBatch, list[Message]]:
    """Return a batch with its letters in the order of the pile; stops with NoSuchContact."""
    batch = LetterBatch.objects.filter(id=batch_id).first()
    if batch is None:
        raise NoSuchContact("There is no such batch of letters.")
    rows = batch.letters.select_related("attempt__case", "attempt__borrower")
    return batch, sorted(rows, key=lambda row: int(row.provider_ref.rpartition("/")[2] or 0))


def sent_lately(*, now: datetime) -> Mapping[str, Any]:
    """Return how many messages were handed over in the last day, and how many of them arrived or failed."""
    rows = Message.objects.filter(sent_at__gt=now - timedelta(days=1))
    return rows.aggregate(
        sent=Count("id"),
        arrived=Count("id", filter=Q(state__in=["DELIVERED", "READ", "REPLIED"])),
        failed=Count("id", filter=Q(state__in=["FAILED", "BOUNCED"])),
    )


def count_due(*, now: datetime) -> int:
    """Return how many messages are due and not in anybody's hand; letters, which go by batch, are left out."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return Message.objects.filter(free, state="QUEUED", not_before_at__lte=now).exclude(channel="POST").count()


def get_batch_id(*, number: str) -> UUID:
    """Return the id of a batch of letters by its number; stops with NoSuchContact."""
    found = LetterBatch.objects.filter(number=number).values_list("id", flat=True).first()
    if found is None:
        raise NoSuchContact("There is no batch of letters with this number.")
    return found
