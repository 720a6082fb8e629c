"""How things stand with a person: may they be reached now and by what, what stops it, what was said, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qingshou.features.book.debtors import PointRow
from qingshou.features.contact.models import Attempt, Consent, ContactPerson, PointState, StopPlaced
from qingshou.features.contact.queries.gathering import Known

LAST_MAX = 10


@dataclass(frozen=True, slots=True)
class PointShown:
    """A number or address with what is known of it. `point.value` is sealed."""

    point: PointRow
    state: PointState | None

    @property
    def is_struck(self) -> bool:
        return self.point.is_struck or (self.state is not None and self.state.is_struck)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the contact panel of a case shows, clearances apart (operations.door judges those)."""

    person: ContactPerson | None
    stops: tuple[StopPlaced, ...]  # in force or to come, newest first
    lifted: tuple[StopPlaced, ...]  # the last that were lifted
    consents: Mapping[tuple[str, str], Consent]  # (kind, channel) -> the newest word
    points: tuple[PointShown, ...]
    attempts: tuple[Attempt, ...]  # the last, newest first, with their message and call
    zone: str


def standing(*, borrower_id: UUID, known: Known, now: datetime, attempts_max: int = LAST_MAX) -> Standing:
    """Return how things stand with the person behind a debtor; six queries.

    Takes   known  what the door read for this debtor (gathering.read_known)
    """
    ids = known.identities[borrower_id].all_ids
    stops = list(StopPlaced.objects.filter(person__in=ids).order_by("-placed_at", "-id")[:50])
    standing_now = [one for one in stops if one.lifted_at is None and (one.until_at is None or one.until_at > now)]
    consents: dict[tuple[str, str], Consent] = {}
    for consent in Consent.objects.filter(person__in=ids).order_by("-at", "-id")[:200]:
        consents.setdefault((consent.kind, consent.channel), consent)
    states = {bytes(one.point_index): one for one in PointState.objects.filter(borrower=borrower_id)}
    points = tuple(
        PointShown(point, states.get(point.value_index) if point.value_index else None)
        for point in known.points.get(borrower_id, [])
    )
    attempts = Attempt.objects.filter(person__in=ids).select_related("message", "call").order_by("-at", "-id")
    return Standing(
        ContactPerson.objects.filter(id=known.identities[borrower_id].person_id).first(),
        tuple(standing_now),
        tuple(one for one in stops if one.lifted_at is not None)[:5],
        consents,
        points,
        tuple(attempts[:attempts_max]),
        known.debtors[borrower_id].time_zone or known.house.time_zone,
    )


def get_attempt(*, attempt_id: UUID) -> Attempt | None:
    """Return an attempt with its message and call, or None."""
    return Attempt.objects.select_related("message", "call").filter(id=attempt_id).first()


def list_case_attempts(*, case_id: UUID, limit: int = 50) -> list[Attempt]:
    """Return the contacts of a case, newest first."""
    rows = Attempt.objects.filter(case=case_id).select_related("message", "call")
    return list(rows.order_by("-at", "-id")[:limit])
