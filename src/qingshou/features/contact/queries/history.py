"""The lender's own history of contacts, as best time learns from it: situations, ends, decisions, rates."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import QuerySet

from qingshou.features.contact.models import Attempt, Decision, PersonLink
from qingshou.features.contact.rules.timing import TimingSettings, timing_settings
from qingshou.features.contact.timing.arms import Arm, arm_at
from qingshou.features.contact.timing.features import Situation
from qingshou.features.contact.timing.past import End, Try, ends_of, tally_at
from qingshou.features.delinquency.rules import severity_of
from qingshou.law.contact.terms import Channel, Outcome
from qingshou.tenancy.queries import current_tenant

_UNMADE = (Outcome.PENDING, Outcome.RELEASED)
_TRY_COLUMNS = ("person_id", "id", "at", "channel", "direction", "outcome", "person__time_zone", "borrower__time_zone")


@dataclass(frozen=True, slots=True)
class Learnt:
    """One contact of known end, with what was known of the person when it was made."""

    at: datetime
    local: datetime  # by the person's clock
    arm: Arm
    situation: Situation
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """One decision whose reward is known, as it was made."""

    person_id: UUID
    at: datetime
    context: Mapping[str, Any]
    arms: Sequence[Mapping[str, Any]]
    arm: str
    reward: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Contacts of one channel, weekday (Monday 0) and hour by the person's clock, and how many were answered."""

    channel: str
    weekday: int
    hour: int
    tried: int
    answered: int


def settings_of_lender() -> TimingSettings:
    """Return how best time works for the lender in force."""
    return timing_settings(current_tenant().settings)


def situations(
    *, borrower_ids: Collection[UUID], now: datetime, settings: TimingSettings
) -> dict[UUID, tuple[UUID, Situation]]:
    """Return person and situation of debtors known to the desk, by debtor; two queries whatever their number."""
    columns = ("borrower_id", "person_id", "borrower__region", "borrower__cases__overdue_since",
               "borrower__cases__product", "borrower__cases__closed_on")  # fmt: skip
    links: dict[UUID, tuple[Any, ...]] = {}
    rows = PersonLink.objects.filter(borrower__in=borrower_ids).values_list(*columns)
    for row in rows.order_by("borrower_id", "borrower__cases__opened_on"):
        if row[0] not in links or row[5] is None:  # the live case, else the latest
            links[row[0]] = row
    tries = tries_of(person_ids={row[1] for row in links.values()}, since=now - timedelta(days=settings.history_days))
    ends = {person: ends_of(found, within=settings.within) for person, found in tries.items()}
    return {
        borrower_id: (
            row[1],
            Situation(
                **_of_case(row[3] if row[5] is None else None, now.date()), product=row[4] or "", region=row[2] or "",
                tally=tally_at(ends.get(row[1], ()), now),
            ),
        )
        for borrower_id, row in links.items()
    }  # fmt: skip


def tries_of(*, person_ids: Collection[UUID], since: datetime) -> dict[UUID, list[Try]]:
    """Return every contact with persons since an instant, oldest first, by person."""
    return _by_person(_made().filter(person__in=person_ids, at__gte=since))


def learnt_contacts(*, now: datetime, settings: TimingSettings) -> list[Learnt]:
    """Return the lender's contacts with debtors whose end is known, each as the person stood then; oldest first.

    Takes   settings  how far back, and at most how many
    """
    since = now - timedelta(days=settings.history_days)
    rows = _made().filter(at__gte=since, at__lt=now, party="DEBTOR")
    ids = list(rows.order_by("-at", "-id").values_list("id", flat=True)[: settings.contacts_max])
    if len(ids) == settings.contacts_max:
        since = Attempt.objects.values_list("at", flat=True).get(id=ids[-1])
        rows = rows.filter(at__gte=since)
    cases = _cases(rows)
    found = []
    for tries in _by_person(rows).values():
        ends = ends_of(tries, within=settings.within)
        for end in ends:
            if end.known_at <= now:
                overdue_since, product, region, local = cases[end.id]
                situation = Situation(
                    **_of_case(overdue_since, end.at.date()),
                    product=product,
                    region=region,
                    tally=tally_at(ends, end.at),
                )
                found.append((end.id, Learnt(end.at, local, end.arm, situation, end.is_answered)))
    return [learnt for _id, learnt in sorted(found, key=lambda pair: (pair[1].at, pair[0]))]


def ends_since(*, person_ids: Collection[UUID], since: datetime, settings: TimingSettings) -> dict[UUID, End]:
    """Return what our contacts with persons came to, by contact."""
    tries = tries_of(person_ids=person_ids, since=since)
    return {end.id: end for one in tries.values() for end in ends_of(one, within=settings.within)}


def settled_decisions(*, since: datetime, limit: int) -> list[Settled]:
    """Return the decisions whose reward is known, oldest first; of more than `limit` the latest."""
    columns = ("person_id", "at", "context", "arms", "arm", "reward")
    rows = Decision.objects.filter(reward__isnull=False, at__gte=since).order_by("-at", "-id").values_list(*columns)
    return [Settled(row[0], row[1], row[2], row[3], row[4], float(row[5])) for row in reversed(list(rows[:limit]))]


def list_decisions(*, limit: int = 20) -> list[Decision]:
    """Return the latest decisions, newest first."""
    return list(Decision.objects.order_by("-at", "-id")[:limit])


def count_contacts(*, since: datetime) -> int:
    """Return how many contacts of ours there were since an instant."""
    return _made().filter(direction="OUT", at__gte=since).count()


def rates_of(learnt: Sequence[Learnt]) -> list[Rate]:
    """Count contacts by channel, weekday and hour of the person's clock."""
    counts: dict[tuple[str, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for one in learnt:
        cell = counts[str(one.arm.channel), one.local.weekday(), one.local.hour]
        cell[0] += 1
        cell[1] += one.is_answered
    return [Rate(*key, *cell) for key, cell in sorted(counts.items())]


class _Clock:
    """The clock of a person: as said, else as on the tape, else the lender's; an unknown name is passed over."""

    def __init__(self) -> None:
        self._lender = current_tenant().time_zone
        self._zones: dict[str, ZoneInfo | None] = {}

    def zone(self, *names: str) -> ZoneInfo:
        for name in (*names, self._lender, "UTC"):
            if name and (zone := self._named(name)) is not None:
                return zone
        return ZoneInfo("UTC")

    def _named(self, name: str) -> ZoneInfo | None:
        if name not in self._zones:
            try:
                self._zones[name] = ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                self._zones[name] = None
        return self._zones[name]


def _made() -> "QuerySet[Attempt]":
    return Attempt.objects.exclude(outcome__in=_UNMADE)


def _by_person(rows: "QuerySet[Attempt]") -> dict[UUID, list[Try]]:
    clock = _Clock()
    found: dict[UUID, list[Try]] = defaultdict(list)
    for row in rows.order_by("person_id", "at", "id").values_list(*_TRY_COLUMNS).iterator():
        person_id, id_, at, channel, direction, outcome, said, on_tape = row
        arm = arm_at(Channel(channel), at, clock.zone(said, on_tape)) if direction == "OUT" else None
        found[person_id].append(Try(id_, at, arm, outcome == Outcome.CONVERSATION))
    return found


def _cases(rows: "QuerySet[Attempt]") -> dict[UUID, tuple[date | None, str, str, datetime]]:
    """Return since when the debtor was overdue, product, region and local time of each contact of ours."""
    clock = _Clock()
    columns = ("id", "case__overdue_since", "case__product", "borrower__region", "at", "person__time_zone",
               "borrower__time_zone")  # fmt: skip
    return {
        row[0]: (row[1], row[2] or "", row[3] or "", row[4].astimezone(clock.zone(row[5], row[6])))
        for row in rows.filter(direction="OUT").values_list(*columns).iterator()
    }


def _of_case(overdue_since: date | None, on: date) -> dict[str, Any]:
    """Return the overdue days on a date and the severity they alone give."""
    if overdue_since is None or overdue_since > on:
        return {"overdue_days": None, "severity": ""}
    days = (on - overdue_since).days
    return {"overdue_days": days, "severity": str(severity_of(days))}
