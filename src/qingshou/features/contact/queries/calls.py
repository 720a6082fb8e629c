"""Calls read back: a person's open call, the calls of a case, promises, the last contacts with a person."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q

from qingshou.features.book.debtors import PointRow, list_points
from qingshou.features.contact.errors import NoSuchContact
from qingshou.features.contact.models import Attempt, Call, PersonLink, PromiseTaken, Recording
from qingshou.features.contact.queries.past import PointRowState, states_of
from qingshou.law.contact.terms import Outcome

LISTED_MAX = 100


def open_call(*, placed_by: str) -> Call | None:
    """Return the call a person of ours has not written up, with its attempt and case; None where there is none."""
    return (
        Call.objects.filter(saved_at__isnull=True, attempt__placed_by=placed_by[:60])
        .select_related("attempt__case").order_by("begun_at").first()
    )  # fmt: skip


def get_call(*, call_id: UUID) -> Call:
    """Return a call with its attempt and case; stops with NoSuchContact."""
    found = Call.objects.select_related("attempt__case__owner").filter(id=call_id).first()
    if found is None:
        raise NoSuchContact("There is no such call. It may belong to someone else.")
    return found


def list_calls(*, placed_by: Collection[str] | None = None, limit: int = LISTED_MAX) -> list[Call]:
    """Return calls, those not written up first, then the latest; `placed_by` None is everybody's."""
    calls = Call.objects.select_related("attempt__case__borrower", "recording").exclude(
        attempt__outcome=Outcome.RELEASED
    )
    if placed_by is not None:
        calls = calls.filter(attempt__placed_by__in=[one[:60] for one in placed_by])
    unsaved = calls.filter(saved_at__isnull=True).order_by("begun_at")[:limit]
    saved = calls.filter(saved_at__isnull=False).order_by("-begun_at")[:limit]
    return [*unsaved, *saved][:limit]


def calls_of_attempts(*, attempt_ids: Collection[UUID]) -> dict[UUID, Call]:
    """Return the calls over attempts, by attempt, with recordings read along."""
    calls = Call.objects.filter(attempt__in=attempt_ids).select_related("recording")
    return {call.attempt_id: call for call in calls}


def calls_of(*, call_ids: Collection[UUID]) -> dict[UUID, Call]:
    """Return calls by their own ids, with recordings read along; one query."""
    return {call.id: call for call in Call.objects.filter(id__in=call_ids).select_related("recording")}


def has_recording(call: Call) -> bool:
    """Tell whether a call (read with its recording) has one."""
    return isinstance(getattr(call, "recording", None), Recording)


def last_attempts(*, borrower_id: UUID, limit: int = 5, without: UUID | None = None) -> list[Attempt]:
    """Return the last contacts with the person behind a debtor, over all debts; given-back ones are none."""
    people = PersonLink.objects.filter(borrower=borrower_id).values("person_id")
    found = Attempt.objects.filter(Q(person__in=people) | Q(borrower=borrower_id)).exclude(outcome=Outcome.RELEASED)
    if without is not None:
        found = found.exclude(id=without)
    return list(found.order_by("-at", "-id")[:limit])


def promises_of_case(*, case_id: UUID, limit: int = 5) -> list[PromiseTaken]:
    """Return the promises taken on a case, newest first."""
    return list(PromiseTaken.objects.filter(case=case_id).order_by("-taken_at")[:limit])


def numbers_of(*, borrower_id: UUID) -> list[tuple[PointRow, PointRowState | None]]:
    """Return a debtor's telephone numbers with what is known of each, in the book's order."""
    points = [one for one in list_points(borrower_ids={borrower_id}).get(borrower_id, []) if one.channel == "PHONE"]
    states: Any = states_of({borrower_id})
    return [(one, states.get((borrower_id, one.value_index)) if one.value_index else None) for one in points]
