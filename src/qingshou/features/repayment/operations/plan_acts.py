"""What every change of plans shares: the record, the case's evidence and next action, the stop while it is honoured."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.features.cases.operations import give_evidence, set_next_action
from qingshou.features.cases.operations.locked import process_of
from qingshou.features.cases.operations.work import ACTION_DAYS_AHEAD_MAX
from qingshou.features.contact.errors import NotNow
from qingshou.features.contact.operations.stops import lift_stop, place_stop
from qingshou.features.repayment.models import Plan, PlanInstalment, PlanLoan
from qingshou.features.repayment.rules.plan_law import stops_collection
from qingshou.features.repayment.rules.plan_states import InstalmentState
from qingshou.law.contact.terms import Stop
from qingshou.tenancy.queries import current_tenant

RULE = "repayment.plans"
WATCH = "REVIEW_PLAN"
CALL = "CONTACT_DEBTOR"
_HONOURED = "PLAN_HONOURED"
_OVER = "PLAN_NOT_HONOURED"


def plan_entry(plan: Plan, action: str, *, law: str = "", document_hash: str = "", **more: object) -> Entry:
    """Return what is recorded of a plan, in its case's chain."""
    facts: dict[str, object] = {"plan": plan.id, "number": plan.number, "state": plan.state, **more}
    return Entry("CASE", plan.case_id, action, facts, RULE, law, document_hash)


def give_if_asked(case: Any, item: str, *, note: str, actor: Actor, now: datetime) -> None:
    """Meet an item of the stage's checklist where the stage asks for it by a note and nobody met it yet."""
    if case.closed_on is not None:
        return
    asked = {one.item for one in process_of(case).stage(case.stage).checklist if one.evidence == "NOTE"}
    if item in asked and not case.evidence.filter(stage=case.stage, item=item).exists():
        give_evidence(case_id=case.id, item=item, actor=actor, now=now, note=note)


def watch_next(
    case: Any, instalments: Sequence[PlanInstalment], *, on: date, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Let the case's next action be to look at the plan on the day the next instalment falls due."""
    open_ones = [one for one in instalments if one.state in (InstalmentState.DUE, InstalmentState.LATE)]
    if case.closed_on is not None or not open_ones:
        return
    due_on = min(max(on, open_ones[0].due_on), on + timedelta(days=ACTION_DAYS_AHEAD_MAX))
    set_action(case, WATCH, due_on, on=on, actor=actor, now=now)


def set_action(case: Any, action: str, due_on: date, *, on: date, actor: Actor, now: datetime) -> None:
    """Set the next action of a live case where it is another one."""
    if case.closed_on is None and (case.next_action, case.next_action_on) != (action, due_on):
        set_next_action(case_id=case.id, action=action, due_on=due_on, actor=actor, on=on, now=now)
        case.next_action, case.next_action_on = action, due_on


def needs_stop(plan: Plan, *, on: date) -> bool:
    """Tell whether collection stops while this plan is honoured, by the law and the products it is about."""
    jurisdiction = current_tenant().jurisdiction
    products = PlanLoan.objects.filter(plan=plan.id).values_list("ledger__loan__product", flat=True)
    return any(stops_collection(product=one, on=on, jurisdiction=jurisdiction) for one in products)


def stop_collection(plan: Plan, *, actor: Actor, now: datetime) -> UUID:
    """Stop contact for collection while a plan is honoured, where the law asks for it; the person is locked."""
    stop = place_stop(borrower_id=plan.borrower_id, kind=Stop.HARDSHIP, actor=actor, now=now, source="PLAN",
                      note=f"{_HONOURED} {plan.number}")  # fmt: skip
    return stop.id


def resume_collection(plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Lift the stop of a plan that is no longer honoured, or over; one that a person lifted meanwhile stays lifted."""
    if plan.stop_id is None:
        return
    with suppress(NotNow):
        lift_stop(stop_id=plan.stop_id, actor=actor, now=now, reason=_OVER)
    plan.stop_id = None
