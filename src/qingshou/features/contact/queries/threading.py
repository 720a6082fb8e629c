"""Whom a reply is from and which case it belongs to: by the message it answers, else by the sender's number."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from qingshou.features.book.contact_points import find_by_index
from qingshou.features.book.debtors import PointRow, list_debtors, list_points
from qingshou.features.contact.channels.base import Incoming
from qingshou.features.contact.models import Attempt, Message, PointState, Reply
from qingshou.features.contact.queries.persons import identities
from qingshou.features.contact.rules.asked import book_channel
from qingshou.law.contact.terms import Channel, Party
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.context import current_tenant_id

_KINDS = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL}


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a reply belongs. `borrower_id` None: nobody known, or several people share the number.

    `sharers` are the debtors of the sender's number, whoever the reply is from: an opt-out is theirs all the same.
    """

    borrower_id: UUID | None = None
    case_id: UUID | None = None
    message: Message | None = None
    party: Party = Party.DEBTOR
    debts: tuple[UUID, ...] = ()
    language: str = ""
    sharers: tuple[UUID, ...] = ()


def sender_kind(channel: Channel) -> PersonalKind:
    """Return what the sender of a channel is: a number, an address, or an account."""
    return _KINDS.get(book_channel(channel), PersonalKind.NOTE)


def sender_index(*, channel: Channel, sender: str) -> bytes | None:
    """Return the sender's blind index as the book has it; None where the book knows no such thing."""
    kind = _KINDS.get(book_channel(channel))
    return blind_index(kind, sender, current_tenant_id()) if kind and sender.strip() else None


def thread_of(*, adapter: str, incoming: Incoming, index: bytes | None) -> Thread:
    """Return where a reply belongs.

    By the message it answers, told by our key or by the provider's; else by who bears the number it came from: one
    person, who may be several debtors of one identity number. What several people share is left to a person.
    """
    points = find_by_index(value_indexes=[index] if index else [])
    sharers = tuple(dict.fromkeys(one.borrower_id for one in points))
    message = _answered(adapter, incoming)
    if message is not None:
        attempt = message.attempt
        return Thread(
            attempt.borrower_id, case_of(borrower_ids=[attempt.borrower_id], preferred=attempt.case_id), message,
            Party(attempt.party), tuple(attempt.debts), _language(attempt.borrower_id), sharers,
        )  # fmt: skip
    borrower_ids = _of_one_person(sharers)
    if not borrower_ids:
        return Thread(sharers=sharers)
    case_id = case_of(borrower_ids=borrower_ids)
    borrower_id = _borrower_of(case_id) or borrower_ids[0]
    return Thread(borrower_id, case_id, None, _party(points, borrower_id), (), _language(borrower_id), sharers)


def case_of(*, borrower_ids: Iterable[UUID], preferred: UUID | None = None) -> UUID | None:
    """Return the case a reply of these debtors belongs to: the one spoken of while it lives, a live one, the latest."""
    cases = Attempt._meta.get_field("case").related_model
    rows = cases._default_manager.filter(borrower__in=list(borrower_ids))
    found = sorted(
        rows.values_list("closed_on", "opened_on", "id"),
        key=lambda row: (row[0] is not None, row[2] != preferred, -row[1].toordinal(), str(row[2])),
    )
    return found[0][2] if found else preferred


def point_of_reply(reply: Reply) -> PointRow | None:
    """Return the debtor's number or address that a reply came from, or that the message it answers went to."""
    if reply.borrower_id is None:
        return None
    held = list_points(borrower_ids={reply.borrower_id}).get(reply.borrower_id, [])
    index = bytes(reply.from_index) if reply.from_index else None
    of_sender = next((one for one in held if index and one.value_index == index), None)
    if of_sender is not None or reply.message is None:
        return of_sender
    sent_to = reply.message.attempt.contact_point_id
    return next((one for one in held if one.id == sent_to), None)


def _answered(adapter: str, incoming: Incoming) -> Message | None:
    messages = Message.objects.select_related("attempt")
    if incoming.in_reply_to is not None:
        found = messages.filter(id=incoming.in_reply_to).first()
        if found is not None:
            return found
    if incoming.in_reply_to_ref:
        return messages.filter(adapter=adapter, provider_ref=incoming.in_reply_to_ref).first()
    return None


def _of_one_person(borrower_ids: tuple[UUID, ...]) -> list[UUID]:
    """Return the debtors where they are one person, none where they are several."""
    if len(borrower_ids) < 2:
        return list(borrower_ids)
    people = identities(debtors=list_debtors(borrower_ids=borrower_ids))
    return list(borrower_ids) if len({one.person_id for one in people.values()}) == 1 else []


def _borrower_of(case_id: UUID | None) -> UUID | None:
    if case_id is None:
        return None
    cases = Attempt._meta.get_field("case").related_model
    found: UUID | None = cases._default_manager.filter(id=case_id).values_list("borrower_id", flat=True).first()
    return found


def _party(points: list[PointRow], borrower_id: UUID) -> Party:
    indexes = [one.value_index for one in points if one.borrower_id == borrower_id]
    state = PointState.objects.filter(borrower=borrower_id, point_index__in=indexes).first()
    return Party(state.party) if state else Party.DEBTOR


def _language(borrower_id: UUID) -> str:
    debtor = list_debtors(borrower_ids={borrower_id}).get(borrower_id)
    return debtor.language if debtor else ""
