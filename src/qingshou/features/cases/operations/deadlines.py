"""Many cases at once whose time is over, or that need the same next action: locked in order, judged one by one."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations.lifecycle import enter, hand_out, spell
from qingshou.features.cases.operations.locked import process_of, requeue
from qingshou.features.cases.process import ASSIGN, CLOSED, CaseFacts, Trigger
from qingshou.features.cases.rules import REFUSED, STAY, judge_move

_QUEUE = ["queue_tier", "queue_reason", "queue_weight"]


def pass_deadlines(*, case_ids: Sequence[UUID], actor: Actor, on: date, now: datetime, reason: str) -> list[Case]:
    """Move cases on as if their stage's deadline had passed: what was to be tried in it has been tried.

    Takes   reason  a code: why before the deadline's day
    Gives   the cases that moved; those whose process has no such way, or that were closed meanwhile, stay
    """
    with transaction.atomic():
        moved, entries = [], []
        for case in _locked(case_ids):
            process = process_of(case)
            done = frozenset(case.evidence.filter(stage=case.stage).values_list("item", flat=True))
            facts = CaseFacts(case.stage, case.severity, is_past_deadline=True, done=done)
            to = judge_move(process, facts, Trigger.DEADLINE_PASSED).value
            if to in (STAY, REFUSED, CLOSED):
                continue
            came_from = case.stage
            enter(case, process, to, on=on)
            if case.owner is None or process.stage(to).role != case.owner.role:
                hand_out(case, process, on=on)
            requeue(case, on=on)
            moved.append(case)
            said = {"from": came_from, "to": to, "trigger": Trigger.DEADLINE_PASSED.value, "reason": reason,
                    "owner": case.owner_id, "next_action": case.next_action,
                    "next_action_on": case.next_action_on}  # fmt: skip
            entries.append(Entry("CASE", case.id, "CASE_MOVED", said, rule=spell(process)))
        fields = ["stage", "stage_entered_on", "stage_due_on", "next_action", "next_action_on", "owner", *_QUEUE]
        Case.objects.bulk_update(moved, fields, batch_size=500)
        record_many(entries=entries, actor=actor, now=now)
    return moved


def set_next_actions(*, case_ids: Sequence[UUID], action: str, actor: Actor, on: date, now: datetime) -> int:
    """Set the same next action for today on many live cases; those waiting to be assigned keep waiting."""
    with transaction.atomic():
        changed, entries = [], []
        for case in _locked(case_ids):
            if case.next_action in (action, ASSIGN):
                continue
            was = {"from": case.next_action, "from_on": case.next_action_on}
            case.next_action, case.next_action_on = action, on
            requeue(case, on=on)
            changed.append(case)
            entries.append(Entry("CASE", case.id, "CASE_ACTION_SET", {**was, "action": action, "due_on": on}))
        Case.objects.bulk_update(changed, ["next_action", "next_action_on", *_QUEUE], batch_size=500)
        record_many(entries=entries, actor=actor, now=now)
    return len(changed)


def _locked(case_ids: Sequence[UUID]) -> list[Case]:
    cases = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    return list(cases.filter(id__in=set(case_ids), closed_on__isnull=True).order_by("id"))
