"""Replies that come in: kept once, threaded, an opt-out acted on at once; what they mean a person says.

docs/reference/replies.md.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.channels.base import Incoming
from qingshou.features.contact.errors import NoSuchContact, NotNow
from qingshou.features.contact.inbound.classifier import Suggestion, suggest
from qingshou.features.contact.inbound.language import language_of
from qingshou.features.contact.inbound.optout import OptOut, is_resume, opt_out_of
from qingshou.features.contact.inbound.quoting import own_words
from qingshou.features.contact.models import Reply
from qingshou.features.contact.operations.attempts import note_inbound
from qingshou.features.contact.operations.opting_out import refuse_channel, want_channel_again
from qingshou.features.contact.operations.reports import note_replied
from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.features.contact.queries.threading import Thread, sender_index, thread_of
from qingshou.law.contact.terms import Channel, Party
from qingshou.privacy.places import place_of
from qingshou.privacy.sealing import seal

_BODY_MAX = 20_000


@dataclass(frozen=True, slots=True)
class _Read:
    """What the words say, before anything is written."""

    language: str
    suggestion: Suggestion
    opt_out: OptOut | None
    is_resume: bool


def take_incoming(*, adapter: str, incoming: Incoming, actor: Actor, now: datetime) -> Reply:
    """Take in one message from outside, once however often and by however many senders it is delivered.

    Threads it to the person and the case, notes the inbound contact, marks the message it answers; a refusal by an
    opt-out word acts in the same transaction and is confirmed once. A reason is only suggested.

    Gives   Reply  the one that was kept first, where it had come before
    """
    index = sender_index(channel=incoming.channel, sender=incoming.sender)
    event_ref = incoming.event_ref[:120]
    held = Reply.objects.filter(adapter=adapter, event_ref=event_ref).first()
    if held is not None:
        return held
    thread = thread_of(adapter=adapter, incoming=incoming, index=index)
    read = _read(incoming, thread.language)  # learns at first use: before any lock is held
    with transaction.atomic():
        reply = _kept(adapter, event_ref, incoming, index, thread, read, now)
        if reply is None:
            return Reply.objects.get(adapter=adapter, event_ref=event_ref)
        if thread.borrower_id is not None:
            _join(reply, thread.borrower_id, thread.case_id, thread, actor, now)
        _act_at_once(reply, read.opt_out, read.is_resume, thread.sharers, actor, now)
        _record(reply, "REPLY_RECEIVED", actor, now, {
            "suggested": reply.suggested, "share": reply.suggested_share, "is_opt_out": reply.is_opt_out,
            "is_threaded": reply.borrower_id is not None,
        })  # fmt: skip
    return reply


def assign_reply(*, reply_id: UUID, case_id: UUID, actor: Actor, now: datetime) -> Reply:
    """Say which case a reply of nobody known belongs to; what it refused is refused from then on.

    Stops   NoSuchContact, NoSuchCase
            NotNow  it belongs to a case already
    """
    case = get_case(case_id=case_id)
    with transaction.atomic():
        lock_person_of(case.borrower_id, now)  # before the reply, as everybody does
        reply = lock_reply(reply_id)
        if reply.case_id is not None:
            raise NotNow("This reply belongs to a case already.")
        thread = Thread(borrower_id=case.borrower_id, case_id=case.id)
        _join(reply, case.borrower_id, case.id, thread, actor, now)
        if reply.is_opt_out:
            refuse_channel(reply=reply, channel=Channel(reply.channel), borrower_ids=[case.borrower_id], actor=actor,
                           now=now)  # fmt: skip
        _record(reply, "REPLY_ASSIGNED", actor, now, {"number": case.number})
    return reply


def lock_reply(reply_id: UUID) -> Reply:
    """Return a reply locked until the transaction ends; stops with NoSuchContact."""
    reply = Reply.objects.select_for_update(no_key=True, of=("self",)).filter(id=reply_id).first()
    if reply is None:
        raise NoSuchContact("There is no such reply. It may belong to someone else.")
    return reply


def _read(incoming: Incoming, known_language: str) -> _Read:
    words = own_words(incoming.body)
    language = language_of(words, default=known_language or "zh-hans")
    opt_out = opt_out_of(incoming.body, channel=incoming.channel, subject=incoming.subject)
    resumes = opt_out is None and is_resume(incoming.body)
    return _Read(language, suggest(words or incoming.subject, language), opt_out, resumes)


def _kept(
    adapter: str, event_ref: str, incoming: Incoming, index: bytes | None, thread: Thread, read: _Read, now: datetime
) -> Reply | None:
    """Insert the reply; None where another delivery was first (it is waited for until it commits or gives up)."""
    said = read.suggestion
    reply = Reply(
        id=uuid4(), adapter=adapter, event_ref=event_ref, channel=incoming.channel.value, from_index=index,
        language=read.language, message=thread.message, at=incoming.at, received_at=now,
        is_opt_out=read.opt_out is not None, suggested=said.reason, classifier_version=said.version[:40],
        suggested_share=str(said.share) if said.reason else None,
    )  # fmt: skip
    sealed = {"sender": incoming.sender[:200], "subject": incoming.subject[:500], "body": incoming.body[:_BODY_MAX]}
    for name, text in sealed.items():
        if text:
            setattr(reply, name, seal(text, place=place_of(Reply, name), row_id=reply.id))
    try:
        with transaction.atomic():
            reply.save(force_insert=True)
    except IntegrityError:
        return None
    return reply


def _join(
    reply: Reply, borrower_id: UUID, case_id: UUID | None, thread: Thread, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Tie a reply to a debtor: the contact is noted, the message it answers learns of it."""
    attempt = note_inbound(
        borrower_id=borrower_id, channel=Channel(reply.channel), at=reply.at, actor=actor, now=now,
        key=f"reply:{reply.id}", case_id=case_id, debts=thread.debts, point_index=reply.from_index,
        party=thread.party,
    )  # fmt: skip
    reply.borrower_id, reply.case_id = borrower_id, case_id
    reply.attempt, reply.person_id = attempt, attempt.person_id
    reply.save(update_fields=["borrower", "case", "attempt", "person"])
    if thread.message is not None:
        note_replied(message_id=thread.message.id, at=reply.at, actor=actor, now=now)


def _act_at_once(
    reply: Reply, opt_out: OptOut | None, resumes: bool, sharers: tuple[UUID, ...], actor: Actor, now: datetime
) -> None:
    """Do what an explicit word asks: it is the person's own act, and waits for nobody."""
    if opt_out is not None:
        # whoever of a shared number said it, nobody is written to there by this channel any more
        borrower_ids = [reply.borrower_id] if reply.borrower_id else list(sharers)
        if borrower_ids:
            refuse_channel(reply=reply, channel=opt_out.channel, borrower_ids=borrower_ids, actor=actor, now=now)
    elif resumes and reply.borrower_id and (reply.attempt is None or reply.attempt.party == Party.DEBTOR):
        want_channel_again(reply=reply, actor=actor, now=now)


def _record(reply: Reply, action: str, actor: Actor, now: datetime, facts: dict[str, object]) -> None:
    """Record in the case's chain, the person's, or, of nobody known, the reply's own."""
    subject = ("CASE", reply.case_id) if reply.case_id else ("PERSON", reply.person_id)
    kind, subject_id = subject if subject[1] else ("REPLY", reply.id)
    record(subject_kind=kind, subject_id=subject_id or reply.id, action=action, actor=actor, now=now,
           facts={"reply": reply.id, "channel": reply.channel, **facts})  # fmt: skip
