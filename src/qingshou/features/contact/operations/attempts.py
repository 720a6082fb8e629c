"""How reserved contacts end, and contacts from outside: each locks the person first, then changes and records."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.contact.errors import BadContactInput, NoSuchContact, NotNow
from qingshou.features.contact.models import Attempt, ContactPerson
from qingshou.features.contact.operations.persons import lock_persons
from qingshou.features.contact.queries.gathering import read_known
from qingshou.features.contact.rules.asked import OWN
from qingshou.features.contact.rules.local import local_date
from qingshou.features.contact.rules.zones import zones_of_person
from qingshou.law.contact.terms import Channel, Outcome, Party, Purpose


def settle(*, attempt_id: UUID, outcome: Outcome, actor: Actor, now: datetime) -> Attempt:
    """Say how a contact ended; what was said last holds, and each saying is in the record.

    Stops   NoSuchContact
            NotNow         it was given back already
            BadContactInput  PENDING is no end, RELEASED is `release`
    """
    if outcome in (Outcome.PENDING, Outcome.RELEASED):
        raise BadContactInput("Say how the contact ended: pending and released are no ends of a contact that was made.")
    return _end(attempt_id, outcome, "CONTACT_SETTLED", actor, now)


def release(*, attempt_id: UUID, actor: Actor, now: datetime) -> Attempt:
    """Give a place in the counters back: the contact was never made.

    Stops   NoSuchContact
            NotNow  it was made, and ended
    """
    return _end(attempt_id, Outcome.RELEASED, "CONTACT_RELEASED", actor, now)


def note_inbound(
    *, borrower_id: UUID, channel: Channel, at: datetime, actor: Actor, now: datetime, key: str,
    case_id: UUID | None = None, debts: tuple[UUID, ...] = (), outcome: Outcome = Outcome.DELIVERED,
    point_index: bytes | None = None, party: Party = Party.DEBTOR,
) -> Attempt:  # fmt: skip
    """Note a contact that the other side began: it opens no counter, but a conversation starts the pauses of the law.

    Takes   key  of the contact: the same key twice is one contact
    Law     12 CFR 1006.14(b)(2)(i)(B): a conversation the consumer began also begins the seven days
    """
    with transaction.atomic():
        known = read_known(borrower_ids={borrower_id}, now=now)
        lock_persons(known)
        made = Attempt.objects.filter(key=key).first()
        if made is not None:
            return made
        debtor = known.debtors[borrower_id]
        zones = zones_of_person(
            said="", on_tape=debtor.time_zone, jurisdiction=known.house.jurisdiction, region=debtor.region,
            of_number=(), of_lender=known.house.time_zone,
        )  # fmt: skip
        attempt = Attempt.objects.create(
            id=uuid4(), person_id=known.identities[borrower_id].person_id, borrower_id=borrower_id, case_id=case_id,
            debts=list(debts or known.loans.get(borrower_id, ())), channel=channel.value, direction="IN",
            party=party.value, purpose=Purpose.ANSWER.value, point_index=point_index, at=at,
            local_date=local_date(at, zones[0]), outcome=outcome.value, outcome_at=at, placed_by=actor.name[:60],
            collector=OWN, key=key,
        )  # fmt: skip
        _record(attempt, "CONTACT_RECEIVED", actor, now, {"channel": channel.value, "outcome": outcome.value})
    return attempt


def lock_attempt(attempt_id: UUID) -> Attempt:
    """Return an attempt with its person locked first, then itself; stops with NoSuchContact."""
    person_id = Attempt.objects.filter(id=attempt_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NoSuchContact("There is no such contact.")
    ContactPerson.objects.select_for_update(no_key=True).get(id=person_id)
    return Attempt.objects.select_for_update(no_key=True).get(id=attempt_id)


def _end(attempt_id: UUID, outcome: Outcome, action: str, actor: Actor, now: datetime) -> Attempt:
    with transaction.atomic():
        attempt = lock_attempt(attempt_id)
        is_given_back = attempt.outcome == Outcome.RELEASED
        if is_given_back or (outcome is Outcome.RELEASED and attempt.outcome != Outcome.PENDING):
            raise NotNow("This contact has ended already: make a new one.")
        was = attempt.outcome
        attempt.outcome, attempt.outcome_at = outcome.value, now
        attempt.save(update_fields=["outcome", "outcome_at"])
        _record(attempt, action, actor, now, {"outcome": outcome.value, "was": was, "channel": attempt.channel})
    return attempt


def _record(attempt: Attempt, action: str, actor: Actor, now: datetime, facts: Mapping[str, object]) -> None:
    subject_kind, subject_id = ("CASE", attempt.case_id) if attempt.case_id else ("PERSON", attempt.person_id)
    record(subject_kind=subject_kind, subject_id=subject_id, action=action, actor=actor, now=now,
           facts={"attempt": attempt.id, **facts})  # fmt: skip
