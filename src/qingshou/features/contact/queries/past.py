"""What happened before, what was said, and what stands in force: for many persons at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from qingshou.features.contact.rules.facts import ConsentFact, Past, StopFact
from qingshou.law.contact.terms import Channel, Outcome, Party, Purpose, Stop
from qingshou.tenancy.reading import Reading, Rows, read, read_together

# the longest span of any counter, and a day for the person's clock being ahead of or behind ours
_DAYS_BACK = 33


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What the person said of how to be reached."""

    time_zone: str = ""
    language: str = ""
    preferred_channel: str = ""
    asked_from_minute: int | None = None
    asked_until_minute: int | None = None
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class PointRowState:
    """What is known of a number beyond the book."""

    party: Party
    is_struck: bool
    struck_reason: str
    place: str
    zones: str
    employer_forbids: bool
    checked_at: datetime | None


@dataclass(slots=True)
class History:
    """All that is known of a group of persons, by person; lists are newest first."""

    people: dict[UUID, PersonRow] = field(default_factory=dict)
    past: Mapping[UUID, list[tuple[UUID, Past]]] = field(default_factory=dict)
    stops: Mapping[UUID, list[StopFact]] = field(default_factory=dict)
    consents: Mapping[UUID, list[ConsentFact]] = field(default_factory=dict)
    states: Mapping[tuple[UUID, bytes], PointRowState] = field(default_factory=dict)


_PEOPLE = """
SELECT id, time_zone, language, preferred_channel, asked_from_minute, asked_until_minute, is_minor
FROM contact_contactperson WHERE id = ANY(%(ids)s)
"""
_PAST = """
SELECT person_id, id, at, local_date, channel, outcome, direction, party, purpose, point_index, debts, collector,
    by_consent
FROM contact_attempt WHERE person_id = ANY(%(ids)s) AND at >= %(since)s AND outcome <> 'RELEASED'
ORDER BY at DESC, id DESC
"""
_STOPS = """
SELECT person_id, kind, from_at, until_at, channel, loan_id, point_index
FROM contact_stopplaced
WHERE person_id = ANY(%(ids)s) AND lifted_at IS NULL AND (until_at IS NULL OR until_at > %(since)s)
ORDER BY from_at, id
"""
_CONSENTS = """
SELECT person_id, kind, is_given, at, channel, until_at
FROM contact_consent WHERE person_id = ANY(%(ids)s) ORDER BY at DESC, id DESC
"""
_STATES = """
SELECT borrower_id, point_index, party, is_struck, struck_reason, place, zones, employer_forbids, checked_at
FROM contact_pointstate WHERE borrower_id = ANY(%(ids)s)
"""


def history_of(
    *, person_ids: Collection[UUID], states: Mapping[tuple[UUID, bytes], PointRowState], now: datetime
) -> History:
    """Return the history of persons, in one exchange whatever their number.

    Takes   states  what is known of their debtors' numbers (states_reading)
    """
    ids = list(person_ids)
    people, past, stops, consents = read_together(
        Reading(_PEOPLE, {"ids": ids}, _people),
        Reading(_PAST, {"ids": ids, "since": now - timedelta(days=_DAYS_BACK)}, _past),
        Reading(_STOPS, {"ids": ids, "since": now - timedelta(days=1)}, _stops),
        Reading(_CONSENTS, {"ids": ids}, _consents),
    )
    return History(people, past, stops, consents, states)


def _people(rows: Rows) -> dict[UUID, PersonRow]:
    return {row[0]: PersonRow(*row[1:]) for row in rows}


def _past(rows: Rows) -> Mapping[UUID, list[tuple[UUID, Past]]]:
    found: dict[UUID, list[tuple[UUID, Past]]] = defaultdict(list)
    for row in rows:
        past = Past(
            at=row[2], local_date=row[3], channel=Channel(row[4]), outcome=Outcome(row[5]), is_ours=row[6] == "OUT",
            party=Party(row[7]), purpose=Purpose(row[8]), point_index=None if row[9] is None else bytes(row[9]),
            debts=frozenset(row[10]), collector=row[11], by_consent=row[12],
        )  # fmt: skip
        found[row[0]].append((row[1], past))
    return found


def _stops(rows: Rows) -> Mapping[UUID, list[StopFact]]:
    found: dict[UUID, list[StopFact]] = defaultdict(list)
    for row in rows:
        index = None if row[6] is None else bytes(row[6])
        found[row[0]].append(StopFact(Stop(row[1]), row[2], row[3], row[4], row[5], index))
    return found


def _consents(rows: Rows) -> Mapping[UUID, list[ConsentFact]]:
    found: dict[UUID, list[ConsentFact]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(ConsentFact(*row[1:]))
    return found


def states_reading(borrower_ids: Collection[UUID]) -> Reading[Mapping[tuple[UUID, bytes], PointRowState]]:
    """Ask what is known beyond the book of each number of the debtors, together with other questions."""
    return Reading(_STATES, {"ids": list(borrower_ids)}, _states)


def states_of(borrower_ids: Collection[UUID]) -> Mapping[tuple[UUID, bytes], PointRowState]:
    """Return what is known beyond the book of each number of the debtors, by debtor and the number's blind index."""
    return read(states_reading(borrower_ids))


def _states(rows: Rows) -> Mapping[tuple[UUID, bytes], PointRowState]:
    return {(row[0], bytes(row[1])): PointRowState(Party(row[2]), *row[3:]) for row in rows}
