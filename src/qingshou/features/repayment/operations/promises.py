"""Promises taken, taken back and struck out: the case is locked first, then the promise."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record_many
from qingshou.features.cases.operations import set_next_action
from qingshou.features.cases.operations.locked import hold_cases, lock_case
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.operations.promise_effects import PromiseSaid
from qingshou.features.contact.queries.persons import borrowers_of
from qingshou.features.repayment.errors import BadAgreementInput, PromiseEnded, PromiseRefused
from qingshou.features.repayment.models import Promise
from qingshou.features.repayment.operations.locks import cases_of, lock_promises, promise_of
from qingshou.features.repayment.operations.promise_acts import end_promises_by_word, entry_of, tell_cases
from qingshou.features.repayment.rules.promise_policy import PromisePolicy, promise_policy
from qingshou.features.repayment.rules.promises import (
    CANCEL_REASONS,
    INVALID_REASONS,
    PromiseKind,
    PromiseState,
    kind_of,
    problems_of,
)
from qingshou.tenancy.queries import current_tenant

SOURCES = ("DESK", "PORTAL", "REPLY")
CHECK_PROMISE = "CHECK_PROMISE"
_CATCH_UP_MAX = 5000


def record_promise(
    *, case_id: UUID, amount: Decimal, due_on: date, actor: Actor, now: datetime, source: str = "DESK",
    pay_by: str = "", kind: PromiseKind | None = None,
) -> Promise:  # fmt: skip
    """Take a promise outside a call: at the desk, on the debtor's page, from a reply.

    Takes   kind  what is promised; None: ARREARS where the amount covers all that is overdue, else PART
    Gives   the promise, open; the case's next action is to check it on the day it falls due
    Stops   NoSuchCase, CaseClosed
            PromiseRefused     with every problem: `problems` field -> code
            BadAgreementInput  an unknown source
    """
    if source not in SOURCES:
        raise BadAgreementInput(f"A promise comes from {', '.join(SOURCES)}: name one of them.")
    with transaction.atomic():
        case = lock_case(case_id)
        on, policy = working_day(case, now), _policy_of(case)
        open_count = Promise.objects.filter(borrower=case.borrower_id, state=PromiseState.OPEN).count()
        problems = problems_of(
            amount=amount, currency=case.currency, due_on=due_on, pay_by=pay_by, today=on, balance=case.balance,
            open_count=open_count, policy=policy,
        )  # fmt: skip
        if problems:
            named = {str(one.fields["field"]): one.code for one in problems}
            raise PromiseRefused(
                "The promise cannot be taken as it is: " + ", ".join(one.code for one in problems) + ".",
                problems=named, reasons=[{"code": one.code, **one.fields} for one in problems],
            )  # fmt: skip
        promise = _made(
            case, policy, amount=amount, due_on=due_on, from_date=on, pay_by=pay_by, source=source, kind=kind,
            taken_by=actor.name, now=now,
        )  # fmt: skip
        set_next_action(case_id=case.id, action=CHECK_PROMISE, due_on=due_on, actor=actor, on=on, now=now)
        _record_made([promise], actor, now)
        tell_cases([case.id], on=on)
    return promise


def take_over_said(said: PromiseSaid, on: date, actor: Actor, now: datetime) -> None:
    """Take over a promise taken on a call, in the call's transaction: what was said there is never refused here.

    Registered with contact's `on_promise` when the application starts. The same promise is taken over once.
    """
    case = lock_case(said.case_id, live=False)
    if Promise.objects.filter(taken=said.id).exists():
        return
    promise = _made(
        case, _policy_of(case), amount=said.amount, due_on=said.due_on, from_date=on, pay_by=said.pay_by,
        source="CALL", kind=None, taken_by=said.taken_by, now=said.taken_at, taken_id=said.id,
        currency=said.currency,
    )  # fmt: skip
    _record_made([promise], actor, now)
    tell_cases([case.id], on=on)


def take_over_taken(*, actor: Actor, now: datetime, most: int = _CATCH_UP_MAX) -> int:
    """Take over the promises of calls that were taken before promises were followed; gives how many.

    A part of the day's step; each case is locked in id order.
    """
    with transaction.atomic():
        waiting = _not_taken_over(most)
        cases = hold_cases({one.case_id for one in waiting})
        done = set(Promise.objects.filter(taken__in=[one.id for one in waiting]).values_list("taken_id", flat=True))
        zone, made = ZoneInfo(current_tenant().time_zone), []
        for said in waiting:
            if said.id in done:
                continue
            case = cases[said.case_id]
            made.append(
                _made(
                    case, _policy_of(case), amount=said.amount, due_on=said.due_on,
                    from_date=min(said.due_on, said.taken_at.astimezone(zone).date()), pay_by=said.pay_by,
                    source="CALL", kind=None, taken_by=said.taken_by, now=said.taken_at, taken_id=said.id,
                    currency=said.currency,
                )
            )  # fmt: skip
        _record_made(made, actor, now)
    return len(made)


def cancel_promise(*, promise_id: UUID, reason: str, actor: Actor, now: datetime) -> Promise:
    """Take a promise back before it fell due: the debtor cannot keep it, or another takes its place.

    Takes   reason  of CANCEL_REASONS
    Stops   NoSuchPromise
            PromiseEnded       it has ended, or fell due already: then it is kept or broken
            BadAgreementInput  an unknown reason
    """
    if reason not in CANCEL_REASONS:
        raise BadAgreementInput(f"A promise is taken back for one of {', '.join(CANCEL_REASONS)}.")
    return _end(promise_id, PromiseState.CANCELLED, "PROMISE_CANCELLED", reason, actor, now)


def invalidate_promise(*, promise_id: UUID, reason: str, actor: Actor, now: datetime) -> Promise:
    """Strike out a promise that should not count: it never was one, or something took its place.

    Takes   reason  of INVALID_REASONS
    Stops   NoSuchPromise, PromiseEnded, BadAgreementInput
    """
    if reason not in INVALID_REASONS:
        raise BadAgreementInput(f"A promise is struck out for one of {', '.join(INVALID_REASONS)}.")
    return _end(promise_id, PromiseState.INVALIDATED, "PROMISE_INVALIDATED", reason, actor, now)


def invalidate_for_stop(stop: Any, actor: Actor, now: datetime) -> None:
    """Strike out the open promises of a person on whom a stop is placed that ends them, in the stop's transaction.

    Registered with contact's `on_stop`; which stops do so is policy (`ending_stops`).
    """
    policy = promise_policy(settings=current_tenant().settings)
    if stop.kind not in policy.ending_stops:
        return
    borrowers = borrowers_of(person_id=stop.person_id)
    invalidate_open(borrower_ids=borrowers, reason="STOP_PLACED", actor=actor, now=now)


def invalidate_open(*, borrower_ids: list[UUID], reason: str, actor: Actor, now: datetime) -> int:
    """Strike out every open promise of debtors; gives how many. In the caller's transaction."""
    found = list(Promise.objects.filter(borrower__in=borrower_ids, state=PromiseState.OPEN))
    if not found:
        return 0
    cases = hold_cases(cases_of(found))
    promises = lock_promises(id__in=[one.id for one in found], state=PromiseState.OPEN)
    days = {case_id: working_day(case, now) for case_id, case in cases.items()}
    entries = []
    for promise in promises:
        on = days[promise.case_id]
        entries += end_promises_by_word(
            [promise], PromiseState.INVALIDATED, "PROMISE_INVALIDATED", on=on, reason=reason
        )
    record_many(entries=entries, actor=actor, now=now)
    for case_id, on in days.items():
        tell_cases([case_id], on=on)
    return len(promises)


def _end(
    promise_id: UUID, state: PromiseState, action: str, reason: str, actor: Actor, now: datetime
) -> Promise:  # fmt: skip
    with transaction.atomic():
        cases = hold_cases([promise_of(promise_id).case_id])
        (promise,) = lock_promises(id=promise_id)
        on = working_day(cases[promise.case_id], now)
        if promise.state != PromiseState.OPEN:
            raise PromiseEnded("This promise has ended already.", state=promise.state)
        if state is PromiseState.CANCELLED and on > promise.due_on:
            raise PromiseEnded(
                f"This promise fell due on {promise.due_on}: it can be kept or broken, no longer taken back.",
                state=promise.state,
            )
        entries = end_promises_by_word([promise], state, action, on=on, reason=reason)
        record_many(entries=entries, actor=actor, now=now)
        tell_cases([promise.case_id], on=on)
    return promise


def _made(
    case: Any, policy: PromisePolicy, *, amount: Decimal, due_on: date, from_date: date, pay_by: str, source: str,
    kind: PromiseKind | None, taken_by: str, now: datetime, taken_id: UUID | None = None, currency: str = "",
) -> Promise:  # fmt: skip
    return Promise.objects.create(
        id=uuid4(), case_id=case.id, borrower_id=case.borrower_id, taken_id=taken_id,
        kind=(kind or kind_of(amount=amount, arrears=case.arrears)).value, amount=amount,
        currency=currency or case.currency, from_date=from_date, due_on=due_on, grace_days=policy.grace_days,
        threshold_pct=policy.threshold_pct, pay_by=pay_by, source=source, taken_by=taken_by[:60], taken_at=now,
    )  # fmt: skip


def _record_made(promises: list[Promise], actor: Actor, now: datetime) -> None:
    entries = [
        entry_of(one, "PROMISE_RECORDED", kind=one.kind, source=one.source, taken=one.taken_id,
                 grace_days=one.grace_days, threshold_pct=one.threshold_pct, pay_by=one.pay_by)
        for one in promises
    ]  # fmt: skip
    record_many(entries=entries, actor=actor, now=now)


def _policy_of(case: Any) -> PromisePolicy:
    return promise_policy(settings=current_tenant().settings, severity=case.severity, product=case.product)


_WAITING = """
SELECT t.id, t.case_id, t.amount, t.currency, t.due_on, t.pay_by, t.taken_by, t.taken_at
FROM contact_promisetaken t WHERE NOT EXISTS (SELECT 1 FROM repayment_promise p WHERE p.taken_id = t.id)
ORDER BY t.taken_at, t.id LIMIT %(most)s
"""


def _not_taken_over(most: int) -> list[PromiseSaid]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"most": most})
        names = [column.name for column in cursor.description]
        rows: list[Mapping[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [PromiseSaid(**row) for row in rows]
