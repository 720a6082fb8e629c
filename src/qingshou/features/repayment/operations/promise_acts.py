"""What every change of promises shares: the record, and what the case is told of them."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Max, Min, Q

from qingshou.audit.entries import Entry
from qingshou.features.cases.operations import set_promise_dates
from qingshou.features.repayment.models import Promise
from qingshou.features.repayment.rules.promises import PromiseState

RULE = "repayment.promises"


def entry_of(promise: Promise, action: str, **more: object) -> Entry:
    """Return what is recorded of a promise, in its case's chain."""
    facts: dict[str, object] = {"promise": promise.id, "amount": promise.amount, "currency": promise.currency,
                                "due_on": promise.due_on, **more}  # fmt: skip
    return Entry("CASE", promise.case_id, action, facts, RULE)


def end_promises_by_word(
    promises: Collection[Promise], state: PromiseState, action: str, *, on: date, reason: str
) -> list[Entry]:  # fmt: skip
    """End open promises by what somebody said or what happened, not by money; gives what is to be recorded."""
    ended = [promise for promise in promises if promise.state == PromiseState.OPEN]
    for promise in ended:
        promise.state, promise.ended_on, promise.ended_reason = state.value, on, reason
    Promise.objects.bulk_update(ended, ["state", "ended_on", "ended_reason"])
    return [entry_of(promise, action, reason=reason) for promise in ended]


def tell_cases(case_ids: Collection[UUID], *, on: date) -> None:
    """Copy to cases when their next promise falls due and when the last one was broken; moves them in the queue."""
    rows = (
        Promise.objects.filter(case__in=set(case_ids))
        .values("case_id")
        .annotate(
            due=Min("due_on", filter=Q(state=PromiseState.OPEN.value, due_on__gte=on)),
            broken=Max("ended_on", filter=Q(state=PromiseState.BROKEN.value)),
        )
    )
    found: Mapping[UUID, tuple[date | None, date | None]] = {
        row["case_id"]: (row["due"], row["broken"]) for row in rows
    }
    if found:
        set_promise_dates(dates=found, on=on)
