"""A run and its checkpoints. A step's effects and its checkpoint are one transaction: a step is done, or it is not."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.identity import DAY_RUN, identify
from qingshou.features.oversight import faultpoints
from qingshou.features.oversight.errors import DayOutOfOrder
from qingshou.features.oversight.models import DayRun, DayStep
from qingshou.features.oversight.rules import DONE_ALREADY, REFUSED, RunFacts, judge_start


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did: rows in and out, and the facts its page shows."""

    rows_in: int = 0
    rows_out: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)


def begin_run(*, tenant_id: UUID, as_of: date, now: datetime, actor: Actor, runner: str) -> DayRun:
    """Begin a day's run, or take up again one that stopped; a day that is done comes back as it is.

    Takes   runner         which process of which machine, for whoever finds the day busy
    Stops   DayOutOfOrder  a later day is done, or an earlier one is unfinished
    """
    with transaction.atomic():
        known = [
            RunFacts(run.as_of, run.status == "DONE", any(step.name != "intake" for step in run.steps.all()))
            for run in DayRun.objects.prefetch_related("steps")
        ]
        verdict = judge_start(as_of, known)
        if verdict.value == REFUSED:
            raise _out_of_order(verdict.reasons[0].code, verdict.reasons[0].fields)
        run = DayRun.objects.select_for_update(no_key=True).filter(as_of=as_of).first()
        if verdict.value == DONE_ALREADY and run is not None:
            return run
        if run is None:
            run = DayRun(id=identify(tenant_id, DAY_RUN, as_of), as_of=as_of, started_at=now, started_by=actor.name,
                         attempts=0)  # fmt: skip
            begun = {"as_of": as_of}
            record(subject_kind="DAY", subject_id=run.id, action="DAY_BEGUN", actor=actor, now=now, facts=begun)
        run.status, run.runner, run.error, run.ended_at = "RUNNING", runner, "", None
        run.attempts += 1
        run.attempted_at = now
        run.save()
    return run


def take_step(
    *, run: DayRun, position: int, name: str, now: datetime, effect: Callable[[], StepResult]
) -> tuple[StepResult, bool]:
    """Do one step unless it is done: its effects and its checkpoint stay together or not at all.

    Gives   (what the step did, now or the first time; True where it was done now)
    """
    done = DayStep.objects.filter(run=run, name=name).first()
    if done is not None:
        return StepResult(done.rows_in, done.rows_out, done.facts), False
    faultpoints.reach(name, "before")
    began = time.monotonic()
    with transaction.atomic():
        result = effect()
        faultpoints.reach(name, "inside")
        checkpoint_step(run=run, position=position, name=name, result=result, now=now,
                        taken_ms=round((time.monotonic() - began) * 1000))  # fmt: skip
    faultpoints.reach(name, "after")
    return result, True


def checkpoint_step(
    *, run: DayRun, position: int, name: str, result: StepResult, now: datetime, taken_ms: int
) -> DayStep:
    """Write a step's checkpoint; call it in the transaction of the step's effects."""
    return DayStep.objects.create(
        run=run, position=position, name=name, rows_in=result.rows_in, rows_out=result.rows_out,
        facts=dict(result.facts), done_at=now, taken_ms=taken_ms,
    )  # fmt: skip


def end_run(*, run: DayRun, now: datetime, actor: Actor, facts: Mapping[str, object]) -> DayRun:
    """Say that the day is done, in the record too."""
    with transaction.atomic():
        run.status, run.ended_at, run.error = "DONE", now, ""
        run.save(update_fields=["status", "ended_at", "error"])
        record(subject_kind="DAY", subject_id=run.id, action="DAY_DONE", actor=actor, now=now,
               facts={"as_of": run.as_of, **facts})  # fmt: skip
    return run


def fail_run(*, run: DayRun, now: datetime, error: str) -> None:
    """Keep why a run stopped; what its finished steps did stays, and the next run goes on from there."""
    DayRun.objects.filter(id=run.id).exclude(status="DONE").update(status="FAILED", ended_at=now, error=error[:400])


def _out_of_order(code: str, fields: Mapping[str, object]) -> DayOutOfOrder:
    if code == "LATER_DAY_DONE":
        return DayOutOfOrder(
            f"The day {fields['later']} was run already, and what it did stands on the days before it: "
            f"{fields['as_of']} can no longer be run.",
            reason=code,
            **fields,
        )
    return DayOutOfOrder(
        f"The day {fields['earlier']} was begun and not finished: run it again first, then {fields['as_of']}.",
        reason=code,
        **fields,
    )
