"""The facts of many clearances at once, put together from the book, the persons and what happened before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from qingshou.features.book.debtors import (
    DebtorRow,
    PointRow,
    debtors_reading,
    open_loans_reading,
    points_reading,
    same_people_reading,
)
from qingshou.features.contact.queries.past import History, PointRowState, history_of, states_reading
from qingshou.features.contact.queries.persons import Identity, identified, links_reading
from qingshou.features.contact.rules.alike import Alike
from qingshou.features.contact.rules.asked import Asked, book_channel
from qingshou.features.contact.rules.facts import Facts, Past
from qingshou.features.contact.rules.house import HousePolicy, house_policy
from qingshou.features.contact.rules.zones import zones_of_person
from qingshou.kernel.lender_settings import part_of
from qingshou.law.contact.terms import Channel, Outcome, Party, Place
from qingshou.tenancy.queries import lender_reading
from qingshou.tenancy.reading import read, read_together

NOTHING_KNOWN = "-"  # of a number that was looked up and has no telling zone
_SPOKEN_TO = frozenset({Channel.PHONE, Channel.SMS, Channel.WHATSAPP})


@dataclass(frozen=True, slots=True)
class House:
    """What of the lender decides contacts."""

    jurisdiction: str
    time_zone: str
    collector_kind: str
    drafts: frozenset[str]
    policy: HousePolicy


@dataclass(frozen=True, slots=True)
class Gathered:
    """One contact asked for, with the facts it is judged by. `point`: the number or address it would go to."""

    asked: Asked
    identity: Identity
    facts: Facts
    point: PointRow | None
    region: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everything read for a batch of askings."""

    house: House
    debtors: Mapping[UUID, DebtorRow]
    identities: Mapping[UUID, Identity]
    points: Mapping[UUID, list[PointRow]]
    loans: Mapping[UUID, tuple[UUID, ...]]
    history: History
    alike: Alike = field(default_factory=Alike)  # what was judged of these so far

    def unlooked(self) -> list[PointRow]:
        """Return the telephone numbers whose zones nobody looked up yet."""
        return [
            point
            for points in self.points.values()
            for point in points
            if point.channel == "PHONE" and point.value is not None and point.value_index is not None
            and not _zones(self.history.states.get((point.borrower_id, point.value_index)))
        ]  # fmt: skip


def house_of_lender() -> House:
    """Return what of the lender in force decides contacts; `settings` may name a policy, a kind and drafts."""
    return _house(*read(lender_reading()))


def _house(jurisdiction: str, time_zone: str, settings: Mapping[str, Any]) -> House:
    chosen = part_of(settings, "contact")
    return House(
        jurisdiction, time_zone, str(chosen.get("collector_kind", "COLLECTOR")), frozenset(chosen.get("drafts", ())),
        house_policy(settings),
    )  # fmt: skip


def read_known(*, borrower_ids: set[UUID], now: datetime) -> Known:
    """Read all that clearances of these debtors look at, in two exchanges with the database whatever their number.

    The second asks by person, whom the first finds; a third asks for the links of others who bear the same number.
    """
    lender, debtors, siblings, linked, points, loans, states = read_together(
        lender_reading(), debtors_reading(borrower_ids), same_people_reading(borrower_ids),
        links_reading(borrower_ids), points_reading(borrower_ids), open_loans_reading(borrower_ids),
        states_reading(borrower_ids),
    )  # fmt: skip
    who = identified(debtors=debtors, siblings=siblings, linked=linked)
    people = {person_id for one in who.values() for person_id in one.all_ids}
    history = history_of(person_ids=people, states=states, now=now)
    return Known(_house(*lender), debtors, who, points, loans, history)


def gather(known: Known, asked: Asked, *, now: datetime, collector: str, without: UUID | None = None) -> Gathered:
    """Put the facts of one contact together.

    Takes   without  an attempt not to count: its own reservation, when it is judged again at the moment of sending
    """
    debtor, identity = known.debtors[asked.borrower_id], known.identities[asked.borrower_id]
    history = known.history
    point, state = _point(known, asked)
    party = state.party if state is not None and asked.party is Party.DEBTOR else asked.party
    people = [history.people[one] for one in identity.all_ids if one in history.people]
    said = next((one for one in people if one.time_zone), None)
    wanted = next((one for one in people if one.asked_from_minute is not None), None)
    zones = zones_of_person(
        said=said.time_zone if said else "", on_tape=debtor.time_zone, jurisdiction=known.house.jurisdiction,
        region=debtor.region, of_lender=known.house.time_zone,
        of_number=_zones(state) if asked.channel in _SPOKEN_TO else (),
    )  # fmt: skip
    past = _merged(history, identity, without)
    loans = known.loans.get(asked.borrower_id, ())
    facts = Facts(
        at=asked.at or now, channel=asked.channel, purpose=asked.purpose, party=party, zones=zones,
        place=Place(state.place) if state else Place.UNKNOWN, point_index=point.value_index if point else None,
        has_point=point is not None or (book_channel(asked.channel) == "POST" and debtor.has_address),
        is_struck=bool((state and state.is_struck) or (point and point.is_struck)),
        struck_reason=state.struck_reason if state else "",
        employer_forbids=bool(state and state.employer_forbids), checked_at=state.checked_at if state else None,
        debts=frozenset(asked.debts or loans), collector=collector, is_minor=any(one.is_minor for one in people),
        has_open_debt=bool(loans), asked_from_minute=wanted.asked_from_minute if wanted else None,
        asked_until_minute=wanted.asked_until_minute if wanted else None,
        stops=_of_all(history.stops, identity),
        consents=_newest_first(_of_all(history.consents, identity)),
        past=past,
        is_debtor_unreachable=party is Party.THIRD and _is_unreachable(known, asked.borrower_id, past),
    )  # fmt: skip
    return Gathered(asked, identity, facts, point, debtor.region)


def _point(known: Known, asked: Asked) -> tuple[PointRow | None, PointRowState | None]:
    """Return where the contact would go: the number asked for, or the debtor's first usable one of the channel."""
    held = known.points.get(asked.borrower_id, [])
    if asked.contact_point_id is not None:
        point = next((one for one in held if one.id == asked.contact_point_id), None)
        return point, _state(known, point)
    kind = book_channel(asked.channel)
    own = [(one, _state(known, one)) for one in held if one.channel == kind and one.value is not None]
    theirs = [pair for pair in own if pair[1] is None or pair[1].party is asked.party]
    usable = [(one, state) for one, state in theirs if not one.is_struck and not (state and state.is_struck)]
    return next(iter(usable or theirs), (None, None))


def _state(known: Known, point: PointRow | None) -> PointRowState | None:
    if point is None or point.value_index is None:
        return None
    return known.history.states.get((point.borrower_id, point.value_index))


def _zones(state: PointRowState | None) -> tuple[str, ...]:
    return _split(state.zones) if state is not None and state.zones else ()


@lru_cache(maxsize=1024)
def _split(zones: str) -> tuple[str, ...]:
    return tuple(zones.split(","))


def _merged(history: History, identity: Identity, without: UUID | None) -> tuple[Past, ...]:
    if len(identity.all_ids) == 1:
        rows = history.past.get(identity.all_ids[0], [])
        if not rows:
            return ()
    else:
        rows = [row for person in identity.all_ids for row in history.past.get(person, ())]
        rows.sort(key=lambda row: row[1].at, reverse=True)
    return tuple(past for attempt_id, past in rows if attempt_id != without)


def _of_all(rows: Mapping[UUID, Sequence[Any]], identity: Identity) -> tuple[Any, ...]:
    if len(identity.all_ids) == 1:
        return tuple(rows.get(identity.all_ids[0], ()))
    return tuple(one for person in identity.all_ids for one in rows.get(person, ()))


def _newest_first(rows: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=lambda one: one.at, reverse=True)) if len(rows) > 1 else tuple(rows)


def _is_unreachable(known: Known, borrower_id: UUID, past: Sequence[Past]) -> bool:
    """Whether every number of the debtor's own is struck or dead."""
    dead = {one.point_index for one in past if one.outcome is Outcome.NOT_IN_SERVICE}
    numbers = [point for point in known.points.get(borrower_id, []) if point.channel == "PHONE"]
    own = [(point, _state(known, point)) for point in numbers]
    return all(
        point.is_struck or point.value_index in dead or (state is not None and state.is_struck)
        for point, state in own
        if state is None or state.party is Party.DEBTOR
    )
