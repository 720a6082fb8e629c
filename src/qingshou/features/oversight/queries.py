"""Reading the runs: which days were run, with which steps, and whether the checks hold."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from procrastinate.contrib.django.models import ProcrastinateJob

from qingshou.features.oversight.errors import NoSuchRun
from qingshou.features.oversight.models import DayRun, DayStep


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that must be zero, and what it is."""

    name: str
    count: int

    @property
    def holds(self) -> bool:
        return self.count == 0


@dataclass(frozen=True, slots=True)
class RunPage:
    """All that the page of a run shows."""

    run: DayRun
    steps: tuple[DayStep, ...]
    checks: tuple[Checked, ...]

    def step(self, name: str) -> DayStep:
        """Return one step; KeyError where it is not done."""
        return {step.name: step for step in self.steps}[name]

    @property
    def taken_ms(self) -> int:
        return sum(step.taken_ms for step in self.steps)


def list_runs(*, limit: int = 60) -> list[DayRun]:
    """Return the runs, the latest day first."""
    return list(DayRun.objects.prefetch_related("steps").order_by("-as_of")[:limit])


def get_run(*, as_of: date) -> RunPage:
    """Return one day's run with its steps and checks; stops with NoSuchRun."""
    run = DayRun.objects.filter(as_of=as_of).first()
    if run is None:
        raise NoSuchRun(f"The day {as_of} was not run: see the list of runs.", as_of=as_of)
    steps = tuple(run.steps.order_by("position"))
    checked: dict[str, int] = next((step.facts.get("checks", {}) for step in steps if step.name == "checks"), {})
    return RunPage(run, steps, tuple(Checked(name, count) for name, count in checked.items()))


def waiting_name(*, tenant_id: UUID, as_of: date) -> str:
    """Return the name under which a day waits for the worker, once only."""
    return f"day:{tenant_id}:{as_of}"


def is_with_worker(*, tenant_id: UUID, as_of: date) -> bool:
    """Whether a day was handed to the worker and is not through: it may not have begun."""
    name = waiting_name(tenant_id=tenant_id, as_of=as_of)
    return ProcrastinateJob.objects.filter(queueing_lock=name, status__in=("todo", "doing")).exists()


def latest_done() -> date | None:
    """Return the latest day that is done, or None."""
    return DayRun.objects.filter(status="DONE").order_by("-as_of").values_list("as_of", flat=True).first()


def steps_done(as_of: date) -> dict[str, DayStep]:
    """Return the steps of a day that are done, by name."""
    return {step.name: step for step in DayStep.objects.filter(run__as_of=as_of)}
