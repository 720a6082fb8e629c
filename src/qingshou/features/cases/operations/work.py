"""Working a case: what comes next, and what proves that a step was done."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from qingshou.audit.actors import Actor
from qingshou.features.cases.errors import BadCaseInput
from qingshou.features.cases.models import Case, StageEvidence
from qingshou.features.cases.operations.locked import lock_case, process_of, record_case, requeue, write
from qingshou.features.cases.phrases import NEXT_ACTIONS

ACTION_DAYS_AHEAD_MAX = 365
_SHA256 = re.compile(r"[0-9a-f]{64}")


def set_next_action(*, case_id: UUID, action: str, due_on: date, actor: Actor, on: date, now: datetime) -> Case:
    """Set what is to be done next and when.

    Takes   action  a code of phrases.NEXT_ACTIONS; `on` is today, in the lender's calendar
    Stops   BadCaseInput  an unknown action, or a date before today or over a year ahead
    """
    if action not in NEXT_ACTIONS:
        raise BadCaseInput(f"'{action[:40]}' is not an action: choose one of the list.")
    if not on <= due_on <= on + timedelta(days=ACTION_DAYS_AHEAD_MAX):
        raise BadCaseInput("The date must be today or later, at most a year ahead.", due_on=due_on)
    with transaction.atomic():
        case = lock_case(case_id)
        was = {"from": case.next_action, "from_on": case.next_action_on}
        case.next_action, case.next_action_on = action, due_on
        requeue(case, on=on)
        write(case, ["next_action", "next_action_on"])
        record_case(case, "CASE_ACTION_SET", actor=actor, now=now, facts={**was, "action": action, "due_on": due_on})
    return case


def set_promise_dates(*, dates: Mapping[UUID, tuple[date | None, date | None]], on: date) -> int:
    """Copy to cases what their promises say, and put them at their place in the queue for a day.

    Takes   dates  case -> (when the next promise falls due, when the last one was broken), as the caller's own rows
                   and record have it: nothing is recorded here. Closed cases and those that say so already stay
    Gives   how many changed
    """
    with transaction.atomic():
        cases = Case.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=dates, closed_on__isnull=True)
        changed = []
        for case in cases.order_by("id"):
            before = (case.promise_due_on, case.promise_broken_on, case.queue_tier)
            case.promise_due_on, case.promise_broken_on = dates[case.id]
            requeue(case, on=on)
            if before != (case.promise_due_on, case.promise_broken_on, case.queue_tier):
                changed.append(case)
        fields = ["promise_due_on", "promise_broken_on", "queue_tier", "queue_reason", "queue_weight"]
        Case.objects.bulk_update(changed, fields, batch_size=500)
    return len(changed)


def give_evidence(
    *, case_id: UUID, item: str, actor: Actor, now: datetime, note: str = "", document_hash: str = ""
) -> StageEvidence:
    """Meet an item of the stage's checklist by a note or a document.

    Takes   note           what was done; kept with the case, not in the record (it may name people)
            document_hash  SHA-256 of the document, where the item asks for one
    Stops   BadCaseInput   no such item in this stage, nothing given, or met already
    """
    with transaction.atomic():
        case = lock_case(case_id)
        wanted = process_of(case).stage(case.stage).item(item)
        if wanted is None:
            raise BadCaseInput(f"'{item[:60]}' is not on the checklist of stage {case.stage}.", stage=case.stage)
        if wanted.evidence == "DOCUMENT" and not _SHA256.fullmatch(document_hash):
            raise BadCaseInput("This step is proved by a document: add it.", item=item)
        if wanted.evidence == "NOTE" and not note.strip():
            raise BadCaseInput("Say in a note what was done.", item=item)
        evidence = StageEvidence(
            case=case, stage=case.stage, item=item, note=note.strip()[:400], document_hash=document_hash,
            given_by=actor.name, given_at=now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                evidence.save(force_insert=True)
        except IntegrityError:
            raise BadCaseInput("This step was done already: its evidence stays.", item=item) from None
        record_case(case, "CASE_EVIDENCE_GIVEN", actor=actor, now=now, facts={"stage": case.stage, "item": item},
                    document_hash=document_hash)  # fmt: skip
    return evidence
