"""Whose case it is: given to one person, many handed over, or dealt out by capacity and skill."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.cases.dealing import Dealt, ToDeal, deal
from qingshou.features.cases.errors import BadCaseInput, NobodyToOwn
from qingshou.features.cases.models import Case
from qingshou.features.cases.operations.lifecycle import needed
from qingshou.features.cases.operations.locked import lock_cases, process_of, requeue
from qingshou.features.cases.process import ASSIGN
from qingshou.features.cases.queries.people import list_people
from qingshou.features.cases.rules import next_action

MANY = 5000  # cases handed over in one go


def assign(*, case_id: UUID, owner_id: UUID, actor: Actor, on: date, now: datetime, reason: str) -> Case:
    """Give one case to a person; a case that waited to be assigned gets the first action of its stage."""
    (case,) = reassign_many(case_ids=[case_id], owner_id=owner_id, actor=actor, on=on, now=now, reason=reason)
    return case


def reassign_many(
    *, case_ids: Sequence[UUID], owner_id: UUID, actor: Actor, on: date, now: datetime, reason: str
) -> list[Case]:
    """Give cases to one person, all or none.

    Stops   BadCaseInput  no reason, too many at once, or the person may not own cases
            NoSuchCase    one of them is not there, or was closed meanwhile
    """
    why = needed(reason)
    _not_too_many(case_ids)
    if not get_user_model().objects.filter(id=owner_id, is_active=True).exists():
        raise BadCaseInput("This person may not own cases: choose someone who is active.")
    with transaction.atomic():
        cases = lock_cases(case_ids)
        hands = {case.id: Dealt(case.id, owner_id, "CHOSEN", {"reason": why}) for case in cases}
        _hand_over(cases, hands, actor=actor, on=on, now=now)
    return cases


def deal_cases(*, case_ids: Sequence[UUID], actor: Actor, on: date, now: datetime, reason: str) -> list[Dealt]:
    """Deal cases out by role, skill, branch and capacity, in the order of the queue.

    Gives   who got each case, and why this person
    Stops   NobodyToOwn  neither a fitting person nor anyone to hold what is left
    """
    why = needed(reason)
    _not_too_many(case_ids)
    with transaction.atomic():
        cases = lock_cases(case_ids)
        cases.sort(key=lambda case: (case.queue_tier, -case.queue_weight, case.id))
        wanted = [
            ToDeal(case.id, stage.role, stage.code, case.severity, case.product, case.branch)
            for case in cases
            for stage in [process_of(case).stage(case.stage)]
        ]
        dealt = deal(wanted, list_people())
        if len(dealt) < len(cases):
            raise NobodyToOwn("There is nobody who could own these cases: add a team lead or administrator first.")
        hands = {one.case_id: replace(one, facts={**one.facts, "reason": why}) for one in dealt}
        _hand_over(cases, hands, actor=actor, on=on, now=now)
    return dealt


def _hand_over(cases: Sequence[Case], hands: Mapping[UUID, Dealt], *, actor: Actor, on: date, now: datetime) -> None:
    entries = []
    for case in cases:
        dealt = hands[case.id]
        came_from, case.owner_id = case.owner_id, dealt.owner_id
        if dealt.is_unassigned:
            case.next_action, case.next_action_on = ASSIGN, on
        elif case.next_action == ASSIGN:
            case.next_action, case.next_action_on = next_action(process_of(case), case.stage, on=on)
        requeue(case, on=on)
        facts = {"from": came_from, "owner": dealt.owner_id, "why": dealt.reason, **dealt.facts}
        entries.append(Entry("CASE", case.id, "CASE_ASSIGNED", facts))
    Case.objects.bulk_update(
        cases, ["owner", "next_action", "next_action_on", "queue_tier", "queue_reason", "queue_weight"], batch_size=500
    )
    record_many(entries=entries, actor=actor, now=now)


def _not_too_many(case_ids: Sequence[UUID]) -> None:
    if not case_ids:
        raise BadCaseInput("Choose at least one case.")
    if len(case_ids) > MANY:
        raise BadCaseInput(f"At most {MANY} cases at once: choose fewer.", count=len(case_ids))
