"""Whose promises and plans a new tape may change by payments that only the core system knows."""

from datetime import date, timedelta
from uuid import UUID

from qingshou.features.book.owing import lists_payments, paid_dates_on_tape
from qingshou.features.repayment.models import Counted, Promise
from qingshou.features.repayment.rules.plan_states import PlanState
from qingshou.features.repayment.rules.promises import JUDGED, PromiseState

_PART = 1_000
# the book holds the tape's payments of six months: what is older can be told late or withdrawn no more
_REACH_DAYS = 190


def promisers_by_core(*, as_of: date) -> set[UUID]:
    """Return the debtors whose promises a payment of the tape may keep, break or open again.

    Gives   set  nobody where tapes list no payments and none counted before
    """
    since = as_of - timedelta(days=_REACH_DAYS)
    of_core = Counted.objects.filter(loan__isnull=False, paid_on__gte=since)
    found = set(of_core.filter(promise__state__in=JUDGED).values_list("promise__borrower_id", flat=True))
    if not lists_payments():
        return found
    rows = Promise.objects.filter(state__in=[PromiseState.OPEN, PromiseState.BROKEN], due_on__gte=since)
    asked = list(rows.order_by("borrower_id").values_list("borrower_id", "from_date", "due_on", "grace_days"))
    for start in range(0, len(asked), _PART):
        part = asked[start : start + _PART]
        dates = paid_dates_on_tape(borrower_ids={row[0] for row in part}, since=min(row[1] for row in part))
        for debtor, from_date, due_on, grace_days in part:
            last_date = due_on + timedelta(days=grace_days)
            if any(from_date <= day <= last_date for day in dates.get(debtor, ())):
                found.add(debtor)
    return found


def planners_by_core(*, as_of: date) -> set[UUID]:
    """Return the debtors with a plan that was kept, and of which a payment counts that a tape may withdraw."""
    since = as_of - timedelta(days=_REACH_DAYS)
    rows = Counted.objects.filter(loan__isnull=False, paid_on__gte=since, instalment__plan__state=PlanState.KEPT)
    return set(rows.values_list("instalment__plan__borrower_id", flat=True))
