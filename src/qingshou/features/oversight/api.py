"""Day runs over REST: which days were run, what each step took in and gave out, and a new run."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema
from ninja.responses import Status
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from qingshou.features.oversight import queries
from qingshou.kernel.errors import Conflict
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted, principal_of
from qingshou.rest.schemas import Day, Page, Paging

router = Router(tags=["day runs"])

_RUNS_MAX = 400


class RunOut(Schema):
    """One business day's run."""

    as_of: date
    status: str = Field(description="RUNNING, DONE or FAILED", examples=["DONE"])
    started_at: datetime
    ended_at: datetime | None = None
    started_by: str
    attempts: int
    error: str


class StepOut(Schema):
    """A step that is done; written in one transaction with what it did."""

    position: int
    name: str = Field(examples=["cases"])
    rows_in: int
    rows_out: int
    facts: dict[str, Any]
    done_at: datetime
    taken_ms: int


class CheckOut(Schema):
    """Something that must be zero."""

    name: str
    count: int
    holds: bool


class RunDetail(RunOut):
    """A run with its steps and checks."""

    steps: list[StepOut]
    checks: list[CheckOut]


class RunIn(Schema):
    """Which day is to be run."""

    as_of: Day = Field(examples=["2005-09-30"])


class RunQueued(Schema):
    """The day is with the worker; `Location` names where its run will be."""

    as_of: date
    status: str = Field(examples=["QUEUED"])


class RunBusy(Conflict):
    """The day waits for the worker already."""

    code = "RUN_QUEUED"


def _shown(run: Any) -> dict[str, Any]:
    return {name: getattr(run, name) for name in RunOut.model_fields}


@router.get("", response=Page[RunOut], summary="List day runs")
@permitted("runs.view")
def list_runs(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """The latest day first."""
    (offset,) = decode_cursor(listing="runs", filters={}, cursor=asked.cursor) or (0,)
    runs = queries.list_runs(limit=min(offset + asked.limit + 1, _RUNS_MAX))[offset:]
    shown, following = page(
        runs, limit=asked.limit, listing="runs", filters={}, position=lambda _: (offset + asked.limit,)
    )
    return {"items": [_shown(run) for run in shown], "next_cursor": following}


@router.get("/{as_of}", response=RunDetail, summary="Get a day's run")
@permitted("runs.view")
def get_run(request: HttpRequest, as_of: Day) -> dict[str, Any]:
    """With its steps, their totals, and the checks that must be zero."""
    found = queries.get_run(as_of=as_of)
    return {
        **_shown(found.run),
        "steps": [{name: getattr(step, name) for name in StepOut.model_fields} for step in found.steps],
        "checks": [{"name": one.name, "count": one.count, "holds": one.holds} for one in found.checks],
    }


@router.post("", response={202: RunQueued}, summary="Run a day")
@permitted("runs.start")
def start_run(request: HttpRequest, response: HttpResponse, given: RunIn) -> Status[dict[str, Any]]:
    """Hand the day to the worker. A day that is done is reported and nothing changes."""
    caller = principal_of(request)
    job = jobs.configure_task("day.run", queue="day", queueing_lock=f"day:{caller.tenant_id}:{given.as_of}")
    try:
        with transaction.atomic():  # a job refused as a second one must not spoil the caller's transaction
            job.defer(
                tenant_id=str(caller.tenant_id),
                as_of=given.as_of.isoformat(),
                username=caller.actor.name,
                user_id=str(caller.actor.user_id),
                kind=str(caller.actor.kind),
            )
    except AlreadyEnqueued:
        raise RunBusy(
            f"The day {given.as_of} waits for the worker already: watch its run.", as_of=given.as_of
        ) from None
    response["Location"] = reverse("api:get_run", kwargs={"as_of": given.as_of.isoformat()})
    return Status(202, {"as_of": given.as_of, "status": "QUEUED"})
