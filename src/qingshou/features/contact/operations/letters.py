"""Letters: gathered into one sealed PDF for the post, marked posted by a person, their registered numbers kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Max, Q

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record, record_many
from qingshou.features.contact.channels.letters import Letter, LetterFile
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.letter_files import LetterFiles
from qingshou.features.contact.models import Attempt, LetterBatch, Message
from qingshou.features.contact.operations import door
from qingshou.features.contact.operations.claiming import cancel_rows
from qingshou.features.contact.operations.handing import get_with_people, open_messages
from qingshou.features.contact.operations.locked_messages import entry_of, learn, lock_messages, write_learned
from qingshou.features.contact.rules.messages import State, Told
from qingshou.law.contact.terms import Channel
from qingshou.tenancy.context import current_tenant_id

LETTERS_MOST = 500  # of one batch: what one person puts into envelopes in a morning
ADAPTER = "letters"
_PRINTING_MOST = timedelta(minutes=20)
_STOPPED = "STOPPED_IN_PILE"


class Printer(Protocol):
    """What lays letters out: channels.letters.LetterPrinter."""

    def make(self, letters: Sequence[Letter], *, is_registered: bool, used: str = "") -> LetterFile: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a pile: posted, and those to be taken out of it because a stop came in between."""

    posted: int
    taken_out: tuple[int, ...]  # positions in the pile, counted from 1


def make_letter_batch(
    *, printer: Printer, files: LetterFiles, actor: Actor, now: datetime, ids: Sequence[UUID] | None = None,
    is_registered: bool = False, most: int = LETTERS_MOST,
) -> LetterBatch:  # fmt: skip
    """Gather the letters that wait into one batch: judged at the door once more, printed, and kept sealed.

    Takes   ids  these letters only; None: all that are due, the oldest first
    Gives   LetterBatch  its letters are SENDING until somebody marks it posted
    Stops   NotNow         no letter is due, or none may leave
            BadInput       a letter has no name or no address (it is named by its place in the pile)
            NumbersUsedUp  of registered post
    """
    token, ids = _take_in_hand(ids, actor, now, most)
    while ids:
        # printing takes minutes: nobody's row is locked meanwhile, and whoever is stopped meanwhile is left out
        messages = get_with_people(ids)
        used = _last_number_used()
        printed = printer.make(_letters(messages, actor, now), is_registered=is_registered, used=used)
        batch, ids = _write(messages, token, printed, used, is_registered, files, actor, now)
        if batch is not None:
            return batch
    raise NotNow("No letter waits that may leave now.")


def _take_in_hand(ids: Sequence[UUID] | None, actor: Actor, now: datetime, most: int) -> tuple[UUID, list[UUID]]:
    """Judge the letters that are due, and lease those that may leave."""
    token = uuid4()
    with transaction.atomic():
        _one_at_a_time()
        allowed = [row.id for row in _allowed(_due(ids, now, most), actor, now)]
        Message.objects.filter(id__in=allowed).update(lease_token=token, lease_until=now + _PRINTING_MOST)
    return token, allowed


def _last_number_used() -> str:
    found = LetterBatch.objects.filter(is_registered=True).aggregate(last=Max("letters__registered_number"))
    return found["last"] or ""


def _write(
    messages: Sequence[Message], token: UUID, printed: LetterFile, used: str, is_registered: bool, files: LetterFiles,
    actor: Actor, now: datetime,
) -> tuple[LetterBatch | None, list[UUID]]:  # fmt: skip
    """Write the batch; where a letter is no longer ours, or a number was taken, give those to be printed anew."""
    with transaction.atomic():
        _one_at_a_time()
        rows = lock_messages([one.id for one in messages])
        kept = [one.id for one in messages if _is_ours(rows.get(one.id), token)]
        if len(kept) < len(messages) or (is_registered and used != _last_number_used()):
            return None, kept
        batch = LetterBatch.objects.create(
            id=uuid4(), number=_number(now), letters_count=len(messages), pages_count=printed.pages_count,
            document_hash=printed.sha256, is_registered=is_registered, made_by=actor.name[:60], made_at=now,
        )  # fmt: skip
        for place, message_id in enumerate(kept):
            message = rows[message_id]
            message.state, message.state_at, message.adapter = State.SENDING.value, now, ADAPTER
            message.letter_batch, message.tries = batch, message.tries + 1
            message.lease_until = message.lease_token = None
            message.registered_number = printed.numbers[place] if printed.numbers else ""
            message.provider_ref = f"{batch.number}/{place + 1}"
            message.save(update_fields=["state", "state_at", "adapter", "letter_batch", "tries", "registered_number",
                                        "provider_ref", "lease_until", "lease_token"])  # fmt: skip
        facts = {"batch": batch.id, "number": batch.number, "letters": batch.letters_count,
                 "pages": batch.pages_count, "is_registered": is_registered}  # fmt: skip
        record(subject_kind="LENDER", subject_id=current_tenant_id(), action="LETTERS_GATHERED", actor=actor, now=now,
               facts=facts, document_hash=printed.sha256)  # fmt: skip
        # before the commit: a batch without its file could not be posted
        files.keep(printed.pdf, sha256=printed.sha256, row_id=batch.id)
    return batch, []


def _is_ours(row: Message | None, token: UUID) -> bool:
    return row is not None and row.state == State.QUEUED and row.lease_token == token


def mark_posted(*, batch_id: UUID, actor: Actor, now: datetime) -> Posted:
    """Say that a pile went to the post.

    Letters of persons who were stopped since it was printed are cancelled and named: they must be taken out.

    Stops   NoSuchContact
            NotNow  it was posted already
    """
    with transaction.atomic():
        batch = lock_batch(batch_id)
        if batch.posted_at is not None:
            raise NotNow("These letters were marked posted already.")
        rows = lock_messages(batch.letters.values_list("id", flat=True))
        pile = sorted((row for row in rows.values() if row.state == State.SENDING), key=_place)
        judged = door.still_allowed(attempt_ids=[row.attempt_id for row in pile], now=now)
        stopped = [row for row in pile if _is_stopped(judged[row.attempt_id])]
        cancel_rows(dict.fromkeys(stopped, _STOPPED), actor=actor, now=now)
        posted = [row for row in pile if row not in stopped]
        changed = [row for row in posted if learn(row, [Told(State.SENT, now)])]
        write_learned(changed, [], actor=actor, now=now)
        for row in posted:  # the contact is made when it is posted, and counts on that day
            day = judged[row.attempt_id].local_date
            Attempt.objects.filter(id=row.attempt_id).update(at=now, local_date=day)
        batch.posted_at = now
        batch.save(update_fields=["posted_at"])
        record(subject_kind="LENDER", subject_id=current_tenant_id(), action="LETTERS_POSTED", actor=actor, now=now,
               facts={"batch": batch.id, "number": batch.number, "letters": len(posted), "taken_out": len(stopped)},
               document_hash=batch.document_hash)  # fmt: skip
    return Posted(len(posted), tuple(_place(row) for row in stopped))


def places_stopped(*, batch_id: UUID, now: datetime) -> tuple[int, ...]:
    """Return the places in an unposted pile of letters that must be taken out of it by now."""
    rows = list(Message.objects.filter(letter_batch=batch_id, state=State.SENDING))
    judged = door.still_allowed(attempt_ids=[row.attempt_id for row in rows], now=now) if rows else {}
    return tuple(sorted(_place(row) for row in rows if _is_stopped(judged[row.attempt_id])))


def open_batch(*, batch_id: UUID, files: LetterFiles, actor: Actor, now: datetime) -> bytes:
    """Return a batch's PDF for printing; the download is in the record.

    Stops   NoSuchContact  no such batch
            NotFound       its file is gone
    """
    with transaction.atomic():
        batch = LetterBatch.objects.filter(id=batch_id).first()
        if batch is None:
            raise NoSuchContact("There is no such batch of letters.")
        pdf = files.read(sha256=batch.document_hash, row_id=batch.id)
        record(subject_kind="LENDER", subject_id=current_tenant_id(), action="LETTERS_OPENED", actor=actor, now=now,
               facts={"batch": batch.id, "number": batch.number}, document_hash=batch.document_hash)  # fmt: skip
    return pdf


def note_registered_number(*, message_id: UUID, number: str, actor: Actor, now: datetime) -> Message:
    """Keep the number that the post gave a letter at its counter.

    Stops   NoSuchContact
            BadContactInput  the number is none
            NotNow           it has one of the lender's own series
    """
    bare = "".join(number.split()).upper()
    if not 5 <= len(bare) <= 40 or not bare.isalnum() or not bare.isascii():
        raise BadContactInput("A registered number has 5 to 40 letters and digits, as it stands on the receipt.")
    with transaction.atomic():
        message = lock_messages([message_id]).get(message_id)
        if message is None or message.channel != Channel.POST:
            raise NoSuchContact("There is no such letter.")
        if message.letter_batch is not None and message.letter_batch.is_registered:
            raise NotNow("This letter has its number already: it stands on its address page.")
        message.registered_number = bare
        message.save(update_fields=["registered_number"])
        record_many(entries=[entry_of(message, "LETTER_NUMBERED", {"number": bare})], actor=actor, now=now)
    return message


def lock_batch(batch_id: UUID) -> LetterBatch:
    """Return a batch, locked; stops with NoSuchContact."""
    batch = LetterBatch.objects.select_for_update(no_key=True).filter(id=batch_id).first()
    if batch is None:
        raise NoSuchContact("There is no such batch of letters.")
    return batch


def _one_at_a_time() -> None:
    """Let one batch be made at a time of a lender: each letter is in one, each registered number on one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))",
                       [f"contact.letters|{current_tenant_id()}"])  # fmt: skip


def _due(ids: Sequence[UUID] | None, now: datetime, most: int) -> list[Message]:
    waiting = Message.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now), channel=Channel.POST, state=State.QUEUED,
        not_before_at__lte=now,
    )  # fmt: skip
    if ids is not None:
        waiting = waiting.filter(id__in=ids)
    chosen = list(waiting.order_by("not_before_at", "id").values_list("id", flat=True)[:most])
    rows = lock_messages(chosen)
    return [rows[one] for one in chosen if one in rows and rows[one].state == State.QUEUED]


def _allowed(rows: Sequence[Message], actor: Actor, now: datetime) -> list[Message]:
    """Return the letters that may leave; those that never may are cancelled, those that may not yet go on waiting."""
    judged = door.still_allowed(attempt_ids=[row.attempt_id for row in rows], now=now) if rows else {}
    lost = {row: judged[row.attempt_id].reasons[0].code for row in rows if _is_stopped(judged[row.attempt_id])}
    cancel_rows(lost, actor=actor, now=now)
    return [row for row in rows if judged[row.attempt_id].is_allowed]


def _is_stopped(clearance: door.Clearance) -> bool:
    return not clearance.is_allowed and clearance.next_at is None


def _letters(messages: Sequence[Message], actor: Actor, now: datetime) -> list[Letter]:
    opened = open_messages(messages, actor=actor, now=now, purpose="LETTERS")
    numbers: Mapping[Any, str] = dict(
        Message.objects.filter(id__in=[one.id for one in messages]).values_list("id", "attempt__case__number")
    )
    return [
        Letter(
            key=message.id, to_name=opened[message.id].to_name,
            to_lines=tuple(line.strip() for line in opened[message.id].to.splitlines() if line.strip()),
            subject=opened[message.id].subject, body=opened[message.id].body, dated=message.attempt.local_date,
            reference=numbers.get(message.id) or "", language=message.language,
        )
        for message in messages
    ]  # fmt: skip


def _number(now: datetime) -> str:
    """Return the number of the next batch of the year; one batch is made at a time."""
    made = LetterBatch.objects.filter(made_at__year=now.year).count()
    return f"L{now.year}-{made + 1:05d}"


def _place(message: Message) -> int:
    """Return a letter's place in its pile, counted from 1."""
    return int(message.provider_ref.rpartition("/")[2] or 0)
