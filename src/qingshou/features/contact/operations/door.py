"""The one door: nothing reaches a person unless it says so, and it takes the place in every counter as it says so.

`clear` reads; `reserve` locks the person first, judges again, and writes the attempt in the same transaction, so that a
hundred workers cannot make the fourth call. docs/algorithms/door.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.contact.errors import ContactRefused
from qingshou.features.contact.models import Attempt, Refusal
from qingshou.features.contact.operations.attempts import note_inbound, release, settle
from qingshou.features.contact.operations.number_zones import look_up_zones
from qingshou.features.contact.operations.persons import lock_people
from qingshou.features.contact.queries.gathering import Gathered, Known, gather, read_known
from qingshou.features.contact.queries.past import states_of
from qingshou.features.contact.queries.persons import identities_of
from qingshou.features.contact.rules.asked import OWN, Asked
from qingshou.features.contact.rules.codec import reasons_as_json
from qingshou.features.contact.rules.facts import REFUSED, Clearance, Past
from qingshou.features.contact.rules.local import local_date
from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Reason
from qingshou.law.contact.door import contact_law
from qingshou.law.contact.terms import Channel, Outcome, Purpose
from qingshou.tenancy.bulk import copy_rows
from qingshou.tenancy.context import current_tenant_id

__all__ = [
    "Asked",
    "Clearance",
    "Reserved",
    "clear",
    "clear_many",
    "clearances_of",
    "note_inbound",
    "refusal_of",
    "release",
    "reserve",
    "reserve_many",
    "settle",
    "still_allowed",
]

_FEW = 20  # up to so many rows are inserted one statement each kind; above, by COPY


@dataclass(frozen=True, slots=True)
class Reserved:
    """What the door answered to one asking: the attempt where it was let through."""

    attempt: Attempt | None
    clearance: Clearance
    is_repeat: bool = False


def clear(*, person: UUID, channel: Channel, purpose: Purpose, now: datetime, **more: Any) -> Clearance:
    """Say whether a person may be contacted now, and if not why, under which article, and from when.

    Takes   person   the debtor (book's borrower id); the person behind may be several debtors
            more     the rest of Asked: party, contact_point_id, case_id, debts, at
    Gives   Clearance  value ALLOWED or REFUSED, every reason, next_at, what each counter still admits. Nothing is
                       reserved: only `reserve` is leave to act
    """
    asked = Asked(borrower_id=person, channel=channel, purpose=purpose, **more)
    return clear_many(asked=[asked], now=now)[0]


def clear_many(*, asked: Sequence[Asked], now: datetime, collector: str = OWN) -> list[Clearance]:
    """Judge many contacts, each by itself; a fixed number of queries."""
    known = _read({one.borrower_id for one in asked}, now)
    return [_judged(known, gather(known, one, now=now, collector=collector)) for one in asked]


def reserve(*, asked: Asked, actor: Actor, now: datetime, collector: str = OWN) -> Attempt:
    """Take a place in every counter for one contact; only then may it be made.

    Gives   Attempt  PENDING; `settle` says how it ended, `release` gives the place back where it was never made
    Stops   ContactRefused  with every reason and the next time in its fields. The refusal is kept in this call's own
                            transaction: inside a transaction of the caller's that is rolled back, it is not
    """
    (reserved,) = reserve_many(asked=[asked], actor=actor, now=now, collector=collector)
    if reserved.attempt is None:
        raise refusal_of(reserved.clearance)
    return reserved.attempt


def refusal_of(clearance: Clearance) -> ContactRefused:
    """Return the error that says why a contact was refused."""
    codes = ", ".join(dict.fromkeys(one.code for one in clearance.reasons))
    when = f" It would be allowed from {clearance.next_at.isoformat()}." if clearance.next_at else ""
    return ContactRefused(
        f"This contact is refused: {codes}.{when}",
        reasons=reasons_as_json(clearance.reasons),
        next_at=clearance.next_at.isoformat() if clearance.next_at else None,
    )


def reserve_many(
    *, asked: Sequence[Asked], actor: Actor, now: datetime, collector: str = OWN, campaign_id: UUID | None = None,
    keep_refusals: bool = True, records_reserved: bool = True,
) -> list[Reserved]:  # fmt: skip
    """Reserve many contacts in one transaction, in the order asked; those refused are kept as refusals.

    Takes   asked             several of one person count against each other. A key used before gives the attempt
                              made then
            records_reserved  False: the caller records what was let through with what it does with it, in one event
    Gives   one answer an asking, in order
    """
    if not asked:
        return []
    with transaction.atomic():
        borrower_ids = {one.borrower_id for one in asked}
        lock_people(identities_of(borrower_ids=borrower_ids))
        # judged by what holds once the lock is ours: what others wrote before is seen now
        known = _read(borrower_ids, now)
        before = _made_before([one.key for one in asked if one.key])
        reserved = [_reserve_one(known, one, actor, now, collector, before) for one in asked]
        _write_attempts([one for one in reserved if one.attempt is not None and not one.is_repeat])
        refused = [(one, answer) for one, answer in zip(asked, reserved, strict=True) if answer.attempt is None]
        if keep_refusals:
            _write_refusals(refused, actor, now, campaign_id)
        told = [_entry(one, answer, known) for one, answer in zip(asked, reserved, strict=True)
                if (records_reserved if answer.attempt is not None else keep_refusals)]  # fmt: skip
        record_many(entries=[one for one in told if one is not None], actor=actor, now=now)
    return reserved


def still_allowed(*, attempt_ids: Sequence[UUID], now: datetime) -> dict[UUID, Clearance]:
    """Judge reservations again at the moment of acting on them, each without its own place in the counters."""
    attempts = list(Attempt.objects.filter(id__in=attempt_ids))
    known = _read({one.borrower_id for one in attempts}, now)
    found = {}
    for attempt in attempts:
        asked = Asked(
            borrower_id=attempt.borrower_id, channel=Channel(attempt.channel), purpose=Purpose(attempt.purpose),
            party=attempt.party, contact_point_id=attempt.contact_point_id, debts=tuple(attempt.debts),
        )  # fmt: skip
        gathered = gather(known, asked, now=now, collector=attempt.collector, without=attempt.id)
        found[attempt.id] = _judged(known, gathered)
    return found


def _read(borrower_ids: set[UUID], now: datetime) -> Known:
    known = read_known(borrower_ids=borrower_ids, now=now)
    missing = known.unlooked()
    if look_up_zones(points=missing, jurisdiction=known.house.jurisdiction, now=now):
        known.history.states = states_of(borrower_ids)  # nothing else can have changed by it
    return known


def _judged(known: Known, gathered: Gathered) -> Clearance:
    facts = gathered.facts
    person_id, point_id = gathered.identity.person_id, gathered.point.id if gathered.point else None
    today = local_date(facts.at, facts.zones[0])
    try:
        law = contact_law(
            jurisdiction=known.house.jurisdiction, region=gathered.region, on=today,
            collector_kind=known.house.collector_kind, drafts=known.house.drafts,
        )  # fmt: skip
    except NotCovered as refusal:
        reason = Reason("LAW_NOT_COVERED", {"what": str(refusal.fields.get("what", ""))})
        return Clearance(
            REFUSED, (reason,), person_id=person_id, point_id=point_id, zone=facts.zones[0], local_date=today
        )  # fmt: skip
    return known.alike.judge(facts, law, known.house.policy, person_id=person_id, point_id=point_id)


def _reserve_one(
    known: Known, asked: Asked, actor: Actor, now: datetime, collector: str, before: dict[str, Attempt]
) -> Reserved:
    gathered = gather(known, asked, now=now, collector=collector)
    if asked.key in before:
        made = before[asked.key]
        return Reserved(made, replace(_judged(known, gathered), value="ALLOWED", reasons=()), is_repeat=True)
    clearance = _judged(known, gathered)
    if not clearance.is_allowed:
        return Reserved(None, clearance)
    facts = gathered.facts
    attempt = Attempt(
        id=uuid4(), person_id=gathered.identity.person_id, borrower_id=asked.borrower_id, case_id=asked.case_id,
        debts=list(clearance.debts), channel=asked.channel.value, party=facts.party.value,
        purpose=asked.purpose.value, place=clearance.place, contact_point_id=clearance.point_id,
        point_index=facts.point_index, at=facts.at, local_date=clearance.local_date,
        by_consent=clearance.by_consent, placed_by=actor.name[:60], collector=collector,
        law=_cited(clearance), key=asked.key or f"attempt:{uuid4()}",
    )  # fmt: skip
    # the next of this batch sees this one
    past = Past(
        at=facts.at, local_date=attempt.local_date, channel=asked.channel, outcome=Outcome.PENDING, party=facts.party,
        purpose=asked.purpose, point_index=facts.point_index, debts=frozenset(clearance.debts), collector=collector,
        by_consent=clearance.by_consent,
    )  # fmt: skip
    held = known.history.past.setdefault(gathered.identity.person_id, [])  # type: ignore[attr-defined]
    held.insert(0, (attempt.id, past))
    if asked.key:
        before[asked.key] = attempt
    return Reserved(attempt, clearance)


def _made_before(keys: Sequence[str]) -> dict[str, Attempt]:
    return {one.key: one for one in Attempt.objects.filter(key__any_of=keys)} if keys else {}


def _cited(clearance: Clearance) -> str:
    spelt = "; ".join(f"{one.instrument} {one.article}" for one in clearance.kept)
    return spelt if len(spelt) <= 400 else f"{spelt[:397]}..."


_COLUMNS = (
    "id", "tenant_id", "person_id", "borrower_id", "case_id", "debts", "channel", "direction", "party", "purpose",
    "place", "contact_point_id", "point_index", "at", "local_date", "outcome", "by_consent", "placed_by", "collector",
    "law", "key",
)  # fmt: skip


def _write_attempts(reserved: Iterable[Reserved]) -> None:
    attempts = [one.attempt for one in reserved if one.attempt is not None]
    if len(attempts) <= _FEW:
        Attempt.objects.bulk_create(attempts)
        return
    tenant_id = current_tenant_id()
    rows = ([tenant_id if name == "tenant_id" else getattr(one, name) for name in _COLUMNS] for one in attempts)
    copy_rows(model=Attempt, columns=_COLUMNS, rows=rows)


def _write_refusals(
    refused: Sequence[tuple[Asked, Reserved]], actor: Actor, now: datetime, campaign_id: UUID | None
) -> None:
    Refusal.objects.bulk_create(
        [
            Refusal(
                id=uuid4(), person_id=answer.clearance.person_id, borrower_id=asked.borrower_id,
                case_id=asked.case_id, channel=asked.channel.value, purpose=asked.purpose.value,
                party=asked.party.value, at=now, reasons=reasons_as_json(answer.clearance.reasons),
                codes=list(dict.fromkeys(one.code for one in answer.clearance.reasons)),
                next_at=answer.clearance.next_at, asked_by=actor.name[:60], campaign_id=campaign_id,
            )
            for asked, answer in refused
        ],
        batch_size=500,
    )  # fmt: skip


def _entry(asked: Asked, answer: Reserved, known: Known) -> Entry | None:
    """Return what goes into the record: in the case's chain, or the person's where there is no case."""
    if answer.is_repeat:
        return None
    subject = ("CASE", asked.case_id) if asked.case_id else ("PERSON", known.identities[asked.borrower_id].person_id)
    said: dict[str, object] = {"channel": asked.channel.value, "purpose": asked.purpose.value}
    if answer.attempt is not None:
        said |= {"attempt": answer.attempt.id, "party": answer.attempt.party, "local_date": answer.attempt.local_date}
        return Entry(*subject, "CONTACT_RESERVED", said, rule="contact.door", law=answer.attempt.law[:200])
    said |= {"reasons": sorted({one.code for one in answer.clearance.reasons}), "next_at": answer.clearance.next_at}
    return Entry(*subject, "CONTACT_REFUSED", said, rule="contact.door")


def clearances_of(
    *, borrower_id: UUID, channels: Sequence[Channel], now: datetime, collector: str = OWN, case_id: UUID | None = None
) -> tuple[dict[Channel, Clearance], Known]:
    """Judge several channels for one debtor from one reading; gives the clearances and what was read."""
    known = _read({borrower_id}, now)
    asked = {one: Asked(borrower_id=borrower_id, channel=one, case_id=case_id) for one in channels}
    found = {one: _judged(known, gather(known, ask, now=now, collector=collector)) for one, ask in asked.items()}
    return found, known
