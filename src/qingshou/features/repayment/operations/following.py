"""Following: which money counts towards which promise and instalment, and what a day makes of them.

Everything is counted anew from the receipts that stand and what the core system booked beside them, so that a receipt
taken back, or one that came late, needs no way of its own. docs/algorithms/promises.md, docs/algorithms/plans.md
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.book.owing import PaymentRow
from qingshou.features.cases.operations import set_next_actions
from qingshou.features.cases.operations.locked import hold_cases
from qingshou.features.cases.queries.numbers import latest_as_of
from qingshou.features.contact.operations.stops import lock_person_of
from qingshou.features.repayment.models import Counted, Plan, PlanInstalment, Promise
from qingshou.features.repayment.operations.locks import cases_of, lock_ledgers_of, lock_plans, lock_promises
from qingshou.features.repayment.operations.plan_judging import judge_plans
from qingshou.features.repayment.operations.plan_money import loans_of_partial, moneys_of
from qingshou.features.repayment.operations.promise_acts import entry_of, tell_cases
from qingshou.features.repayment.operations.tape_money import told_before
from qingshou.features.repayment.rules.counting import Share, Want, count_money, counted_by
from qingshou.features.repayment.rules.plan_states import FOLLOWED, PlanState
from qingshou.features.repayment.rules.promises import JUDGED, PromiseState, PromiseTerms, judge_promise
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.queries import current_tenant

CALL = "CONTACT_DEBTOR"
_ANY = """
SELECT EXISTS (SELECT 1 FROM repayment_promise WHERE borrower_id = ANY(%(ids)s) AND state = ANY(%(promises)s))
    OR EXISTS (SELECT 1 FROM repayment_plan WHERE borrower_id = ANY(%(ids)s) AND state = ANY(%(plans)s))
"""
# debtors being looked at in this very transaction
_busy: ContextVar[frozenset[UUID]] = ContextVar("followed", default=frozenset())
# how a change of a promise is recorded, by its new state
_ACTIONS = {
    PromiseState.KEPT: "PROMISE_KEPT", PromiseState.BROKEN: "PROMISE_BROKEN", PromiseState.OPEN: "PROMISE_REOPENED",
}  # fmt: skip


@dataclass(slots=True)
class Followed:
    """What a day, or money, made of promises and plans: counts by code."""

    promises: dict[str, int] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)


def follow_money(borrower_id: UUID, on: date, actor: Actor, now: datetime) -> None:
    """Look at a debtor's promises and plans again, in the transaction that moved their money.

    Registered with `received.on_money` when the application starts. A book of the past is judged by its own day.
    """
    if borrower_id not in _busy.get() and _has_any([borrower_id]):  # what a plan gives up moves money too
        day = latest_as_of() or on if current_tenant().is_demo else on
        follow(borrower_ids=[borrower_id], on=day, actor=actor, now=now)


def follow(*, borrower_ids: Collection[UUID], on: date, actor: Actor, now: datetime) -> Followed:
    """Count the money of debtors towards their promises and plans, and judge these at the end of a day.

    Takes   on  the day; a promise or plan that ended later than it is not judged back by it
    Gives   what changed; nothing changes where nothing did, however often it is called
    """
    found = Followed()
    busy = _busy.set(frozenset(borrower_ids))
    try:
        if _has_any(borrower_ids):  # no savepoint where there is nothing to follow
            with transaction.atomic():
                _follow(borrower_ids, on, actor, now, found)
    finally:
        _busy.reset(busy)
    return found


def _follow(borrower_ids: Collection[UUID], on: date, actor: Actor, now: datetime, found: Followed) -> None:
    lock_ledgers_of(borrower_ids)
    promises, plans, cases = _lock(borrower_ids, now)
    instalments = _instalments_of(plans)
    held = _held(promises, instalments)
    before = _told_before(held, promises, plans, instalments)
    shares, by_core = _counted(promises, plans, instalments, before)
    _keep(held, promises, shares, by_core)
    entries = list(_judge_promises(promises, shares, on, found))
    entries += judge_plans(plans, instalments, shares, on=on, cases=cases, actor=actor, now=now, counts=found.plans)
    record_many(entries=entries, actor=actor, now=now)
    changed = {entry.subject_id for entry in entries if entry.action.startswith("PROMISE_")}
    broken = [entry.subject_id for entry in entries if entry.action == "PROMISE_BROKEN"]
    if broken:
        set_next_actions(case_ids=broken, action=CALL, actor=actor, on=on, now=now)
    tell_cases(changed, on=on)


def _has_any(borrower_ids: Collection[UUID]) -> bool:
    """Whether there is anything to follow, in one question: every payment asks it, and most promised nothing."""
    given = {"ids": list(borrower_ids), "promises": list(JUDGED), "plans": list(FOLLOWED)}
    ((found,),) = read_rows(_ANY, given)
    return bool(found)


def _lock(
    borrower_ids: Collection[UUID], now: datetime
) -> tuple[list[Promise], list[Plan], Mapping[UUID, Any]]:  # fmt: skip
    wanted = set(borrower_ids)
    promises = list(Promise.objects.filter(borrower__in=wanted, state__in=JUDGED).only("case_id"))
    plans = list(Plan.objects.filter(borrower__in=wanted, state__in=FOLLOWED).only("case_id", "borrower_id"))
    for borrower_id in sorted({plan.borrower_id for plan in plans}):
        lock_person_of(borrower_id, now)
    cases = hold_cases({*cases_of(promises), *cases_of(plans)})
    return (
        lock_promises(borrower__in=wanted, state__in=JUDGED),
        lock_plans(borrower__in=wanted, state__in=FOLLOWED),
        cases,
    )


def _instalments_of(plans: Sequence[Plan]) -> dict[UUID, list[PlanInstalment]]:
    found: dict[UUID, list[PlanInstalment]] = defaultdict(list)
    for one in PlanInstalment.objects.filter(plan__in=[plan.id for plan in plans]).order_by("plan_id", "position"):
        found[one.plan_id].append(one)
    return found


def _held(promises: Sequence[Promise], instalments: Mapping[UUID, Sequence[PlanInstalment]]) -> list[Counted]:
    """Return what counted until now."""
    of_plans = [one.id for own in instalments.values() for one in own]
    rows = Counted.objects.filter(promise__in=[one.id for one in promises])
    return list(rows | Counted.objects.filter(instalment__in=of_plans))


def _told_before(
    held: Sequence[Counted], promises: Sequence[Promise], plans: Sequence[Plan],
    instalments: Mapping[UUID, Sequence[PlanInstalment]],
) -> list[PaymentRow]:  # fmt: skip
    """Return the payments of earlier tapes that counted until now."""
    whose: dict[UUID | None, Promise | Plan] = {one.id: one for one in promises}
    whose |= {one.id: plan for plan in plans for one in instalments[plan.id]}
    owners = ((row, whose[row.promise_id or row.instalment_id]) for row in held)
    told = (told_before(row, owner.borrower_id, owner.currency) for row, owner in owners)
    return [one for one in told if one is not None]


def _counted(
    promises: Sequence[Promise], plans: Sequence[Plan], instalments: Mapping[UUID, Sequence[PlanInstalment]],
    before: Sequence[PaymentRow],
) -> tuple[list[Share], Mapping[UUID, PaymentRow]]:  # fmt: skip
    """Count each debtor's money, currency by currency; gives what of it only the core system knows, too."""
    wants: dict[tuple[UUID, str], list[Want]] = defaultdict(list)
    some_loans = loans_of_partial(plans)
    for promise in promises:
        wants[promise.borrower_id, promise.currency].append(_want_of_promise(promise))
    for plan in plans:
        wants[plan.borrower_id, plan.currency] += _wants_of_plan(plan, instalments[plan.id], some_loans.get(plan.id))
    since = min((want.from_date for own in wants.values() for want in own), default=date.max)
    by_loan: dict[UUID, list[frozenset[UUID]]] = defaultdict(list)
    for plan in plans:
        if plan.id in some_loans:
            by_loan[plan.borrower_id].append(some_loans[plan.id])
    debtors = {borrower_id for borrower_id, _currency in wants}
    moneys = moneys_of(borrower_ids=debtors, since=since, by_loan=by_loan, before=before)
    shares = []
    for whose, own in wants.items():
        shares += count_money(moneys=moneys.found.get(whose, ()), wants=own)
    return shares, moneys.by_core


def _want_of_promise(promise: Promise) -> Want:
    return Want(
        promise.id, promise.from_date, _terms(promise).last_date, promise.due_on, promise.amount,
        promise.state == PromiseState.KEPT,
    )  # fmt: skip


def _wants_of_plan(
    plan: Plan, instalments: Iterable[PlanInstalment], loans: frozenset[UUID] | None
) -> list[Want]:  # fmt: skip
    """Money counts from the day a plan was accepted; once it has ended for good, none that came after."""
    is_over = plan.state == PlanState.BROKEN and plan.ended_on is not None
    until = plan.ended_on - timedelta(days=1) if is_over and plan.ended_on else None
    return [
        Want(one.id, plan.starts_on, until, one.due_on, one.amount, plan.state == PlanState.KEPT, one.position, loans)
        for one in instalments
    ]


def _keep(
    held: Sequence[Counted], promises: Sequence[Promise], shares: Sequence[Share], by_core: Mapping[UUID, PaymentRow]
) -> None:
    """Write down what counts; rows that say the same stay."""
    of_promises, wanted = {promise.id for promise in promises}, {}
    for share in sorted(shares, key=lambda one: (str(one.money), str(one.want))):
        row, is_promise = by_core.get(share.money), share.want in of_promises
        made = Counted(
            receipt_id=None if row else share.money, amount=share.amount, promise_id=share.want if is_promise else None,
            instalment_id=None if is_promise else share.want,
        )  # fmt: skip
        if row:
            made.loan_id, made.payment_ref = row.loan_id, row.payment_ref
            made.paid_on, made.paid_amount = row.paid_date, row.amount
        wanted[_said_by(made)] = made
    before = {_said_by(row): row.id for row in held}
    gone = [row_id for key, row_id in before.items() if key not in wanted]
    if gone:
        Counted.objects.filter(id__in=gone).delete()
    Counted.objects.bulk_create([made for key, made in wanted.items() if key not in before])


def _said_by(row: Counted) -> tuple[object, ...]:
    """Return all that a row says."""
    return (
        row.receipt_id, row.loan_id, row.payment_ref, row.paid_on, row.paid_amount, row.promise_id, row.instalment_id,
        row.amount,
    )  # fmt: skip


def _judge_promises(
    promises: Sequence[Promise], shares: Sequence[Share], on: date, found: Followed
) -> Iterable[Entry]:  # fmt: skip
    own, changed = counted_by(shares), []
    for promise in promises:
        was = (promise.state, promise.paid_amount, promise.ended_on)
        day = max(on, promise.ended_on) if promise.state == PromiseState.BROKEN and promise.ended_on else on
        end = judge_promise(terms=_terms(promise), shares=own.get(promise.id, []), on=day)
        if was == (end.state, end.paid_amount, end.ended_on):
            continue
        state_was = promise.state
        promise.state, promise.paid_amount, promise.ended_on = end.state.value, end.paid_amount, end.ended_on
        (reason,) = end.verdict.reasons
        promise.ended_reason = reason.code if end.ended_on else ""
        changed.append(promise)
        if state_was != end.state:
            found.promises[end.state.value] = found.promises.get(end.state.value, 0) + 1
            yield entry_of(
                promise, _ACTIONS[end.state], was=state_was, paid=end.paid_amount, needed=reason.fields["needed"],
                ended_on=end.ended_on,
            )  # fmt: skip
    Promise.objects.bulk_update(changed, ["state", "paid_amount", "ended_on", "ended_reason"])


def _terms(promise: Promise) -> PromiseTerms:
    return PromiseTerms(
        promise.amount, promise.currency, promise.from_date, promise.due_on, promise.grace_days, promise.threshold_pct
    )
