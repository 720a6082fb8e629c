"""What money and a day make of plans: instalments, breaks, cures, ends; `following` locks everything before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.features.repayment.models import Plan, PlanInstalment
from qingshou.features.repayment.operations.plan_acts import (
    CALL,
    give_if_asked,
    needs_stop,
    plan_entry,
    resume_collection,
    set_action,
    stop_collection,
    watch_next,
)
from qingshou.features.repayment.operations.plan_waivers import give_up, take_back
from qingshou.features.repayment.rules.counting import Share, counted_by
from qingshou.features.repayment.rules.plan_states import InstalmentState, PlanState
from qingshou.features.repayment.rules.plans import Due, PlanEnd, PlanTerms, judge_plan

_FIELDS = ["state", "broken_on", "ended_on", "ended_reason", "stop_id"]


def terms_of(plan: Plan) -> PlanTerms:
    """Return what a plan is judged by."""
    return PlanTerms(
        currency=plan.currency, starts_on=plan.starts_on, grace_days=plan.grace_days,
        threshold_pct=plan.threshold_pct, missed_max=plan.missed_max, unpaid_max=plan.unpaid_max,
        cure_days=plan.cure_days,
    )  # fmt: skip


def dues_of(instalments: Sequence[PlanInstalment]) -> list[Due]:
    """Return the instalments of a plan as values."""
    return [Due(one.id, one.position, one.due_on, one.amount, one.interest) for one in instalments]


def judge_plans(
    plans: Sequence[Plan], instalments: Mapping[UUID, Sequence[PlanInstalment]], shares: Sequence[Share], *, on: date,
    cases: Mapping[UUID, Any], actor: Actor, now: datetime, counts: dict[str, int],
) -> list[Entry]:  # fmt: skip
    """Judge plans that were accepted, write down what changed; gives what is to be recorded."""
    own = counted_by(shares)
    entries: list[Entry] = []
    for plan in plans:
        day = max([on, *(one for one in (plan.broken_on, plan.ended_on) if one and plan.state == PlanState.BROKEN)])
        if plan.state == PlanState.BROKEN and plan.ended_on is not None:
            entries += _late_money(plan, instalments[plan.id], own, day)
            continue
        end = judge_plan(
            terms=terms_of(plan), dues=dues_of(instalments[plan.id]), shares=own, on=day, broken_on=plan.broken_on
        )
        entries += _instalments_changed(plan, instalments[plan.id], end)
        entries += _plan_changed(plan, end, instalments[plan.id], cases[plan.case_id], actor, now, counts, on)
    return entries


def _late_money(
    plan: Plan, instalments: Sequence[PlanInstalment], own: Mapping[UUID, Sequence[Share]], day: date
) -> list[Entry]:
    """A plan that broke for good stays so: only what was paid on its instalments is kept up to date."""
    end = judge_plan(terms=terms_of(plan), dues=dues_of(instalments), shares=own, on=day, broken_on=plan.broken_on)
    return _instalments_changed(plan, instalments, end)


def _instalments_changed(plan: Plan, instalments: Sequence[PlanInstalment], end: PlanEnd) -> list[Entry]:
    changed, entries = [], []
    for one, standing in zip(instalments, end.standings, strict=True):
        was = (one.state, one.paid_amount, one.paid_on)
        if was == (standing.state, standing.paid_amount, standing.paid_on):
            continue
        if one.state != standing.state and standing.state in (InstalmentState.PAID, InstalmentState.MISSED):
            entries.append(
                plan_entry(
                    plan, f"INSTALMENT_{standing.state}", position=one.position, due_on=one.due_on, amount=one.amount,
                    paid=standing.paid_amount, was=one.state,
                )
            )  # fmt: skip
        one.state, one.paid_amount, one.paid_on = standing.state.value, standing.paid_amount, standing.paid_on
        changed.append(one)
    PlanInstalment.objects.bulk_update(changed, ["state", "paid_amount", "paid_on"])
    return entries


def _plan_changed(
    plan: Plan, end: PlanEnd, instalments: Sequence[PlanInstalment], case: Any, actor: Actor, now: datetime,
    counts: dict[str, int], on: date,
) -> list[Entry]:  # fmt: skip
    if end.state == PlanState.ACTIVE:
        watch_next(case, instalments, on=on, actor=actor, now=now)
    if (plan.state, plan.broken_on, plan.ended_on) == (end.state, end.broken_on, end.ended_on):
        return []
    was = PlanState(plan.state)
    plan.state, plan.broken_on = end.state.value, end.broken_on
    plan.ended_on, plan.ended_reason = end.ended_on, end.ended_reason
    action = _action(was, end)
    reasons = [{"code": one.code, **one.fields} for one in end.verdict.reasons]
    if was != end.state:
        counts[end.state.value] = counts.get(end.state.value, 0) + 1
        _settle_stop(plan, was, end, on, actor, now)
    if action == "PLAN_BROKEN":
        give_if_asked(case, "PLAN_REFUSED_OR_BROKEN", note=plan.number, actor=actor, now=now)
        set_action(case, CALL, on, on=on, actor=actor, now=now)
    plan.save(update_fields=_FIELDS)
    if was != end.state and end.state == PlanState.KEPT:
        give_up(plan, on=end.ended_on or on, actor=actor, now=now)
    elif was == PlanState.KEPT and was != end.state:
        take_back(plan, actor=actor, now=now)
    return [plan_entry(plan, action, was=was.value, reasons=reasons, broken_on=end.broken_on, ended_on=end.ended_on)]


def _action(was: PlanState, end: PlanEnd) -> str:
    if end.state == PlanState.KEPT:
        return "PLAN_KEPT"
    if end.state == PlanState.ACTIVE:
        return "PLAN_REOPENED" if was == PlanState.KEPT else "PLAN_CURED"
    if was == PlanState.BROKEN and end.ended_on is not None:
        return "PLAN_CURE_OVER"
    return "PLAN_BROKEN"


def _settle_stop(plan: Plan, was: PlanState, end: PlanEnd, on: date, actor: Actor, now: datetime) -> None:
    """Collection stops while a plan is honoured, where the law says so, and goes on when it is not."""
    if end.state != PlanState.ACTIVE:
        resume_collection(plan, actor=actor, now=now)
    elif was != PlanState.ACTIVE and needs_stop(plan, on=on):
        plan.stop_id = stop_collection(plan, actor=actor, now=now)
