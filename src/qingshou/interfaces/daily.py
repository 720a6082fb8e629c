"""The day's cycle: files, classes, difference, working set, cases, figures, the record's anchor, checks.

Composition only. Each step's effects and its checkpoint are one transaction, so a run that is killed anywhere and
started again goes on after the last step that is done, and ends in the same state.
"""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError

from qingshou.audit.actors import Actor
from qingshou.audit.anchors import make_anchor
from qingshou.features.book.operations import load_working_set
from qingshou.features.cases.operations import take_day
from qingshou.features.contact.operations.steps import take_steps
from qingshou.features.delinquency.operations import classify_day, compare_days, compute_figures
from qingshou.features.oversight.checks import intake_of, run_checks
from qingshou.features.oversight.locks import only_run
from qingshou.features.oversight.operations import StepResult, begin_run, end_run, fail_run, take_step
from qingshou.features.oversight.queries import get_run
from qingshou.features.repayment.operations.agreement_day import end_plans, end_promises
from qingshou.features.repayment.operations.hardship import end_hardships_due
from qingshou.features.repayment.operations.ledger_sync import sync_tape
from qingshou.features.repayment.operations.relief import apply_relief
from qingshou.features.repayment.queries.observed import list_observed
from qingshou.interfaces.inbox import take_in_waiting
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import get_tenant

Progress = Callable[[str, int, int], None]  # the step that begins, how many are done, of how many


@dataclass(frozen=True, slots=True)
class DayReport:
    """What a day's run did, step by step; a repeated run of a day that is done gives the same."""

    as_of: date
    status: str
    was_done_already: bool
    attempts: int
    steps: dict[str, StepResult] = field(default_factory=dict)
    taken_ms: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain values, for --json."""
        steps = {
            name: {"rows_in": one.rows_in, "rows_out": one.rows_out, "taken_ms": self.taken_ms.get(name, 0),
                   "facts": dict(one.facts)}
            for name, one in self.steps.items()
        }  # fmt: skip
        return {
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "was_done_already": self.was_done_already,
            "attempts": self.attempts,
            "steps": steps,
        }


def run_day(
    *,
    tenant_id: UUID,
    as_of: date,
    now: datetime,
    actor: Actor,
    home: Path,
    engine: str = "duckdb",
    master: str | None = None,
    progress: Progress | None = None,
    wait: bool = False,
) -> DayReport:
    """Run the business day of a lender, or take up a run that stopped.

    Takes   now       the instant written on all that is done
            engine    duckdb or spark (then `master` may name a cluster)
            progress  told at each step: its name, how many are done, of how many
            wait      wait for another run of this lender instead of stopping
    Gives   DayReport; a day that is done is reported and nothing changes
    Stops   DayBusy        another process runs a day of this lender (and not `wait`)
            DayOutOfOrder  a later day is done, or an earlier one unfinished
            NotFound       no book was taken in for the day; and whatever stops a step. Steps already done stay done
    """
    with using(tenant_id), only_run(tenant_id, wait=wait):
        runner = f"process {os.getpid()} on {socket.gethostname()}"
        run = begin_run(tenant_id=tenant_id, as_of=as_of, now=now, actor=actor, runner=runner)
        if run.status == "DONE":
            return _report(as_of, was_done_already=True)
        day = _Day(tenant_id=tenant_id, as_of=as_of, now=now, actor=actor, home=home, engine=engine, master=master)
        try:
            take_in_waiting(tenant_id=tenant_id, as_of=as_of, home=home, actor=actor, now=now)
            results: dict[str, StepResult] = {}
            for position, (name, effect) in enumerate(day.steps().items(), start=1):
                if progress:
                    progress(name, position - 1, len(day.steps()))
                results[name], _ = take_step(run=run, position=position, name=name, now=now, effect=effect)
            if progress:
                progress("", len(results), len(results))
            end_run(run=run, now=now, actor=actor, facts=_summary(results))
        except QingshouError as error:
            fail_run(run=run, now=now, error=f"{error.code}: {error.message}")
            raise
        except DatabaseError as error:
            _fail_after_database(run, now, error)
            raise
        return _report(as_of, was_done_already=False)


def _fail_after_database(run: object, now: datetime, error: DatabaseError) -> None:
    """Keep why, if the database still takes it; a run left RUNNING is taken up just the same."""
    try:
        fail_run(run=run, now=now, error=f"DATABASE: {type(error).__name__}")  # type: ignore[arg-type]
    except DatabaseError:
        return


@dataclass(frozen=True, slots=True)
class _Day:
    tenant_id: UUID
    as_of: date
    now: datetime
    actor: Actor
    home: Path
    engine: str
    master: str | None

    def steps(self) -> Mapping[str, Callable[[], StepResult]]:
        """Return the steps in their order."""
        return {
            "intake": self._intake,
            "classes": self._classes,
            "difference": self._difference,
            "working_set": self._working_set,
            "ledgers": self._ledgers,
            "cases": self._cases,
            "promises": self._promises,
            "plans": self._plans,
            "hardship": self._hardship,
            "contacts": self._contacts,
            "figures": self._figures,
            "anchor": self._anchor,
            "checks": self._checks,
        }

    def _intake(self) -> StepResult:
        frames = intake_of(self.tenant_id, self.as_of)
        read = sum(int(str(one["read"])) for one in frames)
        accepted = sum(int(str(one["accepted"])) for one in frames)
        return StepResult(read, accepted, {"frames": frames})

    def _classes(self) -> StepResult:
        law_on = get_tenant(tenant_id=self.tenant_id).law_date
        observed = [(one.loan_ref, one.floor_class) for one in list_observed(on=self.as_of, law_on=law_on)]
        report = classify_day(
            tenant_id=self.tenant_id, as_of=self.as_of, home=self.home, engine=self.engine, master=self.master,
            observed=observed,
        )  # fmt: skip
        facts = dict(report.facts) | {"overdue": report.overdue_count, "observed": len(observed)}
        return StepResult(report.loans_count, report.loans_count, facts)

    def _difference(self) -> StepResult:
        report = compare_days(tenant_id=self.tenant_id, as_of=self.as_of, home=self.home)
        previous = report.previous_as_of.isoformat() if report.previous_as_of else None
        facts = {"previous": previous, "kinds": dict(report.counts)}
        return StepResult(sum(report.counts.values()), report.written, facts)

    def _working_set(self) -> StepResult:
        path = get_run(as_of=self.as_of).step("classes").facts["path"]
        report = load_working_set(
            tenant_id=self.tenant_id, as_of=self.as_of, classified=self.home / path, home=self.home
        )
        return StepResult(report.loans_count, report.loans_count, report.facts())

    def _cases(self) -> StepResult:
        report = take_day(tenant_id=self.tenant_id, as_of=self.as_of, now=self.now, actor=self.actor)
        return StepResult(report.debtors, report.opened + report.updated + report.closed, asdict(report))

    def _ledgers(self) -> StepResult:
        report = sync_tape(as_of=self.as_of, now=self.now, actor=self.actor)
        return StepResult(report.ledgers, report.changed + report.opened, asdict(report))

    def _promises(self) -> StepResult:
        report = end_promises(as_of=self.as_of, now=self.now, actor=self.actor)
        return StepResult(report.followed, sum(report.ended.values()), asdict(report))

    def _plans(self) -> StepResult:
        report = end_plans(as_of=self.as_of, now=self.now, actor=self.actor)
        return StepResult(report.followed, sum(report.ended.values()) + report.expired, asdict(report))

    def _hardship(self) -> StepResult:
        ended = end_hardships_due(as_of=self.as_of, now=self.now, actor=self.actor)
        reached = apply_relief(as_of=self.as_of, now=self.now, actor=self.actor)
        return StepResult(ended + reached, ended + reached, {"ended": ended, "by_programmes": reached})

    def _contacts(self) -> StepResult:
        report = take_steps(as_of=self.as_of, now=self.now, actor=self.actor)
        return StepResult(report.begun + report.stepped + report.ended, report.stepped + report.ended, asdict(report))

    def _figures(self) -> StepResult:
        report = compute_figures(tenant_id=self.tenant_id, as_of=self.as_of, home=self.home)
        return StepResult(0, report.written, {"base_dates": [one.isoformat() for one in report.base_dates]})

    def _anchor(self) -> StepResult:
        anchor = make_anchor(on_date=self.as_of, now=self.now)
        return StepResult(anchor.chains_count, anchor.chains_count, {"root": bytes(anchor.root).hex()})

    def _checks(self) -> StepResult:
        found = run_checks(self.tenant_id, daily_only=True)
        return StepResult(len(found), sum(1 for count in found.values() if count == 0), {"checks": found})


def _summary(results: Mapping[str, StepResult]) -> dict[str, object]:
    """Return what of a run goes into the record."""
    cases = results["cases"].facts
    return {
        "loans": results["classes"].rows_in,
        "unclassified": results["classes"].facts["unclassified"],
        **{name: cases[name] for name in ("opened", "moved", "closed")},
    }


def _report(as_of: date, *, was_done_already: bool) -> DayReport:
    page = get_run(as_of=as_of)
    return DayReport(
        as_of=as_of,
        status=page.run.status,
        was_done_already=was_done_already,
        attempts=page.run.attempts,
        steps={step.name: StepResult(step.rows_in, step.rows_out, step.facts) for step in page.steps},
        taken_ms={step.name: step.taken_ms for step in page.steps},
    )
