"""The one order in which whatever changes a debtor's promises and plans takes its locks.

Ledgers of the debtor in id order, the person behind them (only where a stop may change), cases in id order, promises,
plans. Who starts further down never goes back up.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from qingshou.features.repayment.errors import NoSuchPlan, NoSuchPromise
from qingshou.features.repayment.models import LoanLedger, Plan, Promise


def lock_ledgers_of(borrower_ids: Collection[UUID]) -> list[UUID]:
    """Lock every ledger of debtors, in id order; gives their ids."""
    rows = LoanLedger.objects.select_for_update(no_key=True).filter(borrower__in=set(borrower_ids)).order_by("id")
    return list(rows.values_list("id", flat=True))


def lock_promises(**wanted: object) -> list[Promise]:
    """Return promises, locked in id order; their cases are locked by the caller."""
    return list(Promise.objects.select_for_update(no_key=True, of=("self",)).filter(**wanted).order_by("id"))


def lock_plans(**wanted: object) -> list[Plan]:
    """Return plans, locked in id order; their cases are locked by the caller."""
    return list(Plan.objects.select_for_update(no_key=True, of=("self",)).filter(**wanted).order_by("id"))


def promise_of(promise_id: UUID) -> Promise:
    """Return a promise, not locked: whose case is to be locked first; stops with NoSuchPromise."""
    found = Promise.objects.filter(id=promise_id).first()
    if found is None:
        raise NoSuchPromise("There is no such promise. It may belong to someone else.")
    return found


def plan_of(plan_id: UUID) -> Plan:
    """Return a plan, not locked; stops with NoSuchPlan."""
    found = Plan.objects.filter(id=plan_id).first()
    if found is None:
        raise NoSuchPlan("There is no such plan. It may belong to someone else.")
    return found


def cases_of(rows: Sequence[Promise | Plan]) -> set[UUID]:
    """Return the cases of promises and plans."""
    return {row.case_id for row in rows}
