"""Stops on a person: placed at once, lifted by a named person with a reason, never deleted."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.models import ContactPerson, StopPlaced
from qingshou.features.contact.operations.persons import lock_persons
from qingshou.features.contact.queries.gathering import read_known
from qingshou.law.contact.terms import Channel, Stop
from qingshou.privacy.sealing import seal

_NOTE_PLACE = "contact_stopplaced.note"
_REASON_LENGTH_MIN = 3

# What must happen in the same transaction when a stop is placed: the outbox takes back what has not left yet.
Effect = Callable[[StopPlaced, Actor, datetime], None]
_effects: list[Effect] = []


def on_stop(effect: Effect) -> Effect:
    """Make known what a stop sets in motion; runs inside its transaction, the person locked."""
    _effects.append(effect)
    return effect


def place_stop(
    *, borrower_id: UUID, kind: Stop, actor: Actor, now: datetime, channel: str = "", loan_id: UUID | None = None,
    from_at: datetime | None = None, until_at: datetime | None = None, source: str = "STAFF", note: str = "",
    document_hash: str = "", point_index: bytes | None = None,
) -> StopPlaced:  # fmt: skip
    """Stop contact with the person behind a debtor; from the commit on the door refuses.

    Takes   channel  of a Stop.CHANNEL; '' every channel. `loan_id`: one debt only (a dispute of one loan)
            note     why, kept sealed; no note enters the record
    Gives   the stop; where the very same stands already, that one
    Stops   NoSuchContact    no such debtor
            BadContactInput  an end before the start, an unknown channel, a channel stop without a channel
    """
    starts = from_at or now
    if until_at is not None and until_at <= starts:
        raise BadContactInput("The end of a stop lies after its start: give a later time, or none.")
    if channel not in {"", *Channel} or (kind is Stop.CHANNEL and not channel):
        raise BadContactInput(f"'{channel[:20]}' is no channel: use one of {', '.join(Channel)}.")
    with transaction.atomic():
        person_id = lock_person_of(borrower_id, now)
        same = StopPlaced.objects.filter(
            person=person_id, kind=kind.value, channel=channel, loan=loan_id, point_index=point_index,
            lifted_at__isnull=True, until_at=until_at,
        ).first()  # fmt: skip
        if same is not None:
            return same
        stop = StopPlaced(
            id=uuid4(), person_id=person_id, kind=kind.value, channel=channel, loan_id=loan_id,
            point_index=point_index, from_at=starts, until_at=until_at, source=source, document_hash=document_hash,
            placed_by=actor.name[:60], placed_at=now,
        )  # fmt: skip
        if note.strip():
            stop.note = seal(note.strip()[:2000], place=_NOTE_PLACE, row_id=stop.id)  # type: ignore[assignment]
        stop.save(force_insert=True)
        for effect in _effects:
            effect(stop, actor, now)
        facts = {"stop": stop.id, "kind": kind.value, "channel": channel, "loan": loan_id, "until": until_at,
                 "source": source}  # fmt: skip
        record(subject_kind="PERSON", subject_id=person_id, action="STOP_PLACED", actor=actor, now=now, facts=facts,
               document_hash=document_hash)  # fmt: skip
    return stop


def lift_stop(*, stop_id: UUID, actor: Actor, now: datetime, reason: str) -> StopPlaced:
    """Lift a stop, with a reason.

    Stops   NoSuchContact
            NotNow           it was lifted already
            BadContactInput  no reason
    """
    bare = reason.strip()
    if len(bare) < _REASON_LENGTH_MIN:
        raise BadContactInput("Say why the stop is lifted, in a few words: it is kept.")
    with transaction.atomic():
        person_id = StopPlaced.objects.filter(id=stop_id).values_list("person_id", flat=True).first()
        if person_id is None:
            raise NoSuchContact("There is no such stop.")
        ContactPerson.objects.select_for_update(no_key=True).get(id=person_id)
        stop = StopPlaced.objects.select_for_update(no_key=True).get(id=stop_id)
        if stop.lifted_at is not None:
            raise NotNow("This stop was lifted already.")
        stop.lifted_at, stop.lifted_by, stop.lifted_reason = now, actor.name[:60], bare[:200]
        stop.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
        record(subject_kind="PERSON", subject_id=person_id, action="STOP_LIFTED", actor=actor, now=now,
               facts={"stop": stop.id, "kind": stop.kind, "channel": stop.channel})  # fmt: skip
    return stop


def lock_person_of(borrower_id: UUID, now: datetime) -> UUID:
    """Lock the person behind a debtor and return its id; stops with NoSuchContact."""
    known = read_known(borrower_ids={borrower_id}, now=now)
    if borrower_id not in known.debtors:
        raise NoSuchContact("There is no such debtor.")
    lock_persons(known)
    return known.identities[borrower_id].person_id
