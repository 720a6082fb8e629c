"""What happened before, what was said, and what stands in force: for many persons at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from qingshou.features.contact.models import Attempt, Consent, ContactPerson, PointState, StopPlaced
from qingshou.features.contact.rules.facts import ConsentFact, Past, StopFact
from qingshou.law.contact.terms import Channel, Outcome, Party, Purpose, Stop

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


def history_of(*, person_ids: Collection[UUID], borrower_ids: Collection[UUID], now: datetime) -> History:
    """Return the history of persons and of their debtors' numbers; five queries whatever their number."""
    columns = ("id", "time_zone", "language", "preferred_channel", "asked_from_minute", "asked_until_minute",
               "is_minor")  # fmt: skip
    people = {row[0]: PersonRow(*row[1:]) for row in
              ContactPerson.objects.filter(id__any_of=person_ids).values_list(*columns)}  # fmt: skip
    return History(people, _past(person_ids, now), _stops(person_ids, now), _consents(person_ids),
                   _states(borrower_ids))  # fmt: skip


def _past(person_ids: Collection[UUID], now: datetime) -> Mapping[UUID, list[tuple[UUID, Past]]]:
    found: dict[UUID, list[tuple[UUID, Past]]] = defaultdict(list)
    columns = ("person_id", "id", "at", "local_date", "channel", "outcome", "direction", "party", "purpose",
               "point_index", "debts", "collector", "by_consent")  # fmt: skip
    rows = Attempt.objects.filter(person__any_of=person_ids, at__gte=now - timedelta(days=_DAYS_BACK))
    for row in rows.exclude(outcome="RELEASED").order_by("-at", "-id").values_list(*columns):
        past = Past(
            at=row[2], local_date=row[3], channel=Channel(row[4]), outcome=Outcome(row[5]), is_ours=row[6] == "OUT",
            party=Party(row[7]), purpose=Purpose(row[8]), point_index=None if row[9] is None else bytes(row[9]),
            debts=frozenset(row[10]), collector=row[11], by_consent=row[12],
        )  # fmt: skip
        found[row[0]].append((row[1], past))
    return found


def _stops(person_ids: Collection[UUID], now: datetime) -> Mapping[UUID, list[StopFact]]:
    found: dict[UUID, list[StopFact]] = defaultdict(list)
    columns = ("person_id", "kind", "from_at", "until_at", "channel", "loan_id", "point_index")
    rows = StopPlaced.objects.filter(person__any_of=person_ids, lifted_at__isnull=True).order_by("from_at", "id")
    for row in rows.values_list(*columns):
        if row[3] is None or row[3] > now - timedelta(days=1):
            index = None if row[6] is None else bytes(row[6])
            found[row[0]].append(StopFact(Stop(row[1]), row[2], row[3], row[4], row[5], index))
    return found


def _consents(person_ids: Collection[UUID]) -> Mapping[UUID, list[ConsentFact]]:
    found: dict[UUID, list[ConsentFact]] = defaultdict(list)
    columns = ("person_id", "kind", "is_given", "at", "channel", "until_at")
    rows = Consent.objects.filter(person__any_of=person_ids).order_by("-at", "-id").values_list(*columns)
    for row in rows:
        found[row[0]].append(ConsentFact(*row[1:]))
    return found


def _states(borrower_ids: Collection[UUID]) -> Mapping[tuple[UUID, bytes], PointRowState]:
    columns = ("borrower_id", "point_index", "party", "is_struck", "struck_reason", "place", "zones",
               "employer_forbids", "checked_at")  # fmt: skip
    rows = PointState.objects.filter(borrower__any_of=borrower_ids).values_list(*columns)
    return {(row[0], bytes(row[1])): PointRowState(Party(row[2]), *row[3:]) for row in rows}
