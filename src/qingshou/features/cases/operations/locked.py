"""What every operation on one case shares: take the lock first, refuse what may not be, record what was done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.errors import CaseClosed, NoSuchCase
from qingshou.features.cases.models import Case
from qingshou.features.cases.process import CaseFacts, Process, QueueFacts
from qingshou.features.cases.process_reading import get_process
from qingshou.features.cases.rules import queue_place


def lock_case(case_id: UUID, *, live: bool = True) -> Case:
    """Return the case, locked until the transaction ends; stops with NoSuchCase, and CaseClosed where it must live."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).filter(id=case_id).first()
    if case is None:
        raise NoSuchCase("There is no such case. It may belong to someone else.")
    if live and case.closed_on is not None:
        raise CaseClosed(f"Case {case.number} was closed on {case.closed_on}: reopen it first.", number=case.number)
    return case


def lock_cases(case_ids: Sequence[UUID]) -> list[Case]:
    """Return live cases, locked in id order; ids that are not there, or closed, stop with NoSuchCase."""
    cases = list(
        Case.objects.select_for_update(no_key=True, of=("self",))
        .filter(id__in=set(case_ids), closed_on__isnull=True)
        .order_by("id")
    )
    if len(cases) < len(set(case_ids)):
        raise NoSuchCase(
            f"{len(set(case_ids)) - len(cases)} of the chosen cases are not there or were closed: choose again."
        )
    return cases


def hold_cases(case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return cases, live or closed, locked in id order: what later features change beside a case waits in turn."""
    cases = Case.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=set(case_ids)).order_by("id")
    return {case.id: case for case in cases}


def process_of(case: Case) -> Process:
    """Return the version of the process the case was opened under."""
    return get_process(case.process_code, case.process_version)


def facts_of(case: Case, *, role: str = "", is_approved: bool = False) -> CaseFacts:
    """Return what a move of the case is judged by."""
    done = case.evidence.filter(stage=case.stage).values_list("item", flat=True)
    return CaseFacts(case.stage, case.severity, "", False, frozenset(done), role, is_approved)


def requeue(case: Case, *, on: object) -> None:
    """Put the case at its place in the queue for a day; the caller saves."""
    place = queue_place(
        process_of(case).queue,
        QueueFacts(
            as_of=on,  # type: ignore[arg-type]
            currency=case.currency,
            balance=case.balance,
            arrears=case.arrears,
            overdue_days=case.overdue_days,
            opened_on=case.opened_on,
            next_action=case.next_action,
            next_action_on=case.next_action_on,
            is_never_paid=case.is_never_paid,
            cures_count=case.cures_count,
            promise_due_on=case.promise_due_on,
            promise_broken_on=case.promise_broken_on,
        ),
    )
    case.queue_tier, case.queue_reason, case.queue_weight = place.tier, place.reason, place.weight


def write(case: Case, fields: Sequence[str]) -> None:
    """Save the named fields and the place in the queue."""
    case.save(update_fields=[*fields, "queue_tier", "queue_reason", "queue_weight"])


def record_case(case: Case, action: str, *, actor: Actor, now: datetime, facts: Mapping[str, object], rule: str = "",
                document_hash: str = "") -> None:  # fmt: skip
    """Record one event in the case's chain."""
    record(subject_kind="CASE", subject_id=case.id, action=action, actor=actor, now=now, facts=facts, rule=rule,
           document_hash=document_hash)  # fmt: skip
