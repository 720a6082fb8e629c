"""The inbox: replies by filters, newest first, paged by key; one reply with the thread it stands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from qingshou.features.book.contact_points import find_by_index
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import Message, Reply

COUNT_MAX = 1000
THREAD_MAX = 100
UNCONFIRMED, CONFIRMED, UNASSIGNED = "unconfirmed", "confirmed", "unassigned"
_CANDIDATES_MAX = 10


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What an inbox shows. `owner_ids` None: everybody's; replies of no case show with `with_unassigned` only."""

    owner_ids: tuple[UUID, ...] | None = None
    with_unassigned: bool = False
    state: str = ""  # unconfirmed, confirmed, unassigned
    suggested: str = ""
    channel: str = ""
    is_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """The last row of a page."""

    at: datetime
    reply_id: UUID


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page, and where the next begins (None at the end)."""

    rows: tuple[Reply, ...]
    next_after: After | None


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One message of a thread: ours (`message`) or theirs (`reply`)."""

    at: datetime
    message: Message | None = None
    reply: Reply | None = None


def list_replies(*, filters: InboxFilter, after: After | None = None, limit: int = 50) -> InboxPage:
    """Return one page of replies with case, owner and debtor, newest first: one query."""
    rows = _filtered(filters).select_related("case", "case__owner", "borrower").order_by("-received_at", "-id")
    if after is not None:
        rows = rows.filter(Q(received_at__lt=after.at) | Q(received_at=after.at, id__lt=after.reply_id))
    found = tuple(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return InboxPage(found[:limit], After(last.received_at, last.id) if last else None)


def count_replies(*, filters: InboxFilter) -> int:
    """Return how many replies fit, counted to a thousand and one."""
    return _filtered(filters).order_by()[: COUNT_MAX + 1].count()


def get_reply(*, reply_id: UUID) -> Reply:
    """Return a reply with its case, debtor and the message it answers; stops with NoSuchContact."""
    rows = Reply.objects.select_related("case", "case__owner", "case__borrower", "borrower", "message__attempt")
    reply = rows.filter(id=reply_id).first()
    if reply is None:
        raise NoSuchContact("There is no such reply. It may belong to someone else.")
    return reply


def next_unconfirmed(*, filters: InboxFilter, after: Reply) -> Reply | None:
    """Return the unconfirmed reply that comes next below one in the inbox, or the newest of those left."""
    rows = _filtered(filters).filter(confirmed_at__isnull=True).exclude(id=after.id).order_by("-received_at", "-id")
    below = Q(received_at__lt=after.received_at) | Q(received_at=after.received_at, id__lt=after.id)
    return rows.filter(below).first() or rows.first()


def thread_of_reply(*, reply: Reply) -> list[ThreadLine]:
    """Return the messages out and in of the reply's case, oldest first, the last hundred; alone where it has none."""
    if reply.case_id is None:
        return [ThreadLine(reply.at, reply=reply)]
    messages = Message.objects.filter(attempt__case=reply.case_id).exclude(state="CANCELLED").select_related("attempt")
    lines = [
        ThreadLine(one.sent_at or one.queued_at, message=one) for one in messages.order_by("-queued_at")[:THREAD_MAX]
    ]
    replies = Reply.objects.filter(case=reply.case_id).order_by("-received_at")[:THREAD_MAX]
    lines += [ThreadLine(one.at, reply=one) for one in replies]
    lines.sort(key=lambda line: (line.at, line.reply is not None))
    return lines[-THREAD_MAX:]


def candidate_cases(*, reply: Reply) -> Sequence[Any]:
    """Return the live cases of the debtors who share the sender's number: one of them is probably meant."""
    if not reply.from_index:
        return ()
    borrower_ids = {one.borrower_id for one in find_by_index(value_indexes=[bytes(reply.from_index)])}
    cases: Any = Reply._meta.get_field("case").related_model
    rows = cases._default_manager.filter(borrower__in=borrower_ids, closed_on__isnull=True)
    found: Sequence[Any] = list(rows.select_related("owner", "borrower").order_by("number")[:_CANDIDATES_MAX])
    return found


def _filtered(filters: InboxFilter) -> "QuerySet[Reply]":
    rows = Reply.objects.all()
    if filters.owner_ids is not None:
        mine = Q(case__owner__in=filters.owner_ids)
        rows = rows.filter(mine | Q(case__isnull=True) if filters.with_unassigned else mine)
    elif not filters.with_unassigned:
        rows = rows.filter(case__isnull=False)
    if filters.state == UNCONFIRMED:
        rows = rows.filter(confirmed_at__isnull=True)
    elif filters.state == CONFIRMED:
        rows = rows.filter(confirmed_at__isnull=False)
    elif filters.state == UNASSIGNED:
        rows = rows.filter(case__isnull=True)
    if filters.suggested:
        rows = rows.filter(suggested="" if filters.suggested == "NONE" else filters.suggested)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    return rows.filter(is_opt_out=True) if filters.is_opt_out else rows
