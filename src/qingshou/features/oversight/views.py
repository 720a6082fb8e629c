"""Run control: did the night run, what went in and out, and does everything add up."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from qingshou.access.guards import Hidden, requires
from qingshou.edges.charts import Chart, Series
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState, page_of
from qingshou.features.oversight import phrases, queries
from qingshou.features.oversight.errors import NoSuchRun
from qingshou.tenancy.context import current_tenant_id

_STATUS_TONES = {"DONE": "good", "FAILED": "bad", "RUNNING": "note"}
_STEPS_COUNT = len(phrases.STEPS)

RUN_COLUMNS = (
    Column(
        key="as_of",
        label=gettext_lazy("Day"),
        kind="date",
        sort=True,
        href=lambda run: reverse("oversight:run", args=[run.as_of]),
    ),
    Column(
        key="status",
        label=gettext_lazy("Status"),
        kind="state",
        words=phrases.STATUSES,
        tone=lambda run: _STATUS_TONES.get(run.status, ""),
    ),
    Column(key="steps_done", label=gettext_lazy("Steps done"), kind="count", value=lambda run: len(run.steps.all())),
    Column(
        key="rows_in", label=gettext_lazy("Rows in"), kind="count", value=lambda run: _rows(run, "intake", "rows_in")
    ),
    Column(key="cases", label=gettext_lazy("Cases"), kind="count", value=lambda run: _rows(run, "cases", "rows_out")),
    Column(key="started_at", label=gettext_lazy("Started"), kind="instant", sort=True),
    Column(key="ended_at", label=gettext_lazy("Ended"), kind="instant"),
    Column(key="started_by", label=gettext_lazy("Started by")),
    Column(key="attempts", label=gettext_lazy("Attempts"), kind="count", shown=False),
)


@require_GET
@requires("runs.view")
def runs(request: HttpRequest) -> HttpResponseBase:
    """Show the days that were run, the latest first."""
    state = TableState.of(request, RUN_COLUMNS, sort="-as_of")
    found = queries.list_runs(limit=400)
    rows = page_of(found, state, RUN_COLUMNS)
    table = Table(
        id="runs",
        caption=_("Day runs"),
        columns=RUN_COLUMNS,
        rows=rows,
        state=state,
        total=len(found),
        empty_title=_("No day has been run yet"),
        empty_text=_("A day's run takes in the files, ages and classifies the book, and deals the cases out."),
    )
    if state.export:
        return export_response(columns=table.shown, rows=rows, form=state.export, file_name="day-runs")
    return render(request, "oversight/runs.html", {"table": table})


@require_GET
@requires("runs.view")
def run(request: HttpRequest, as_of: date) -> HttpResponse:
    """Show one day's run: steps, totals and the checks that must be zero; before it begins, that it waits."""
    try:
        context = _run_context(as_of)
    except NoSuchRun as gone:
        if not _is_with_worker(as_of):
            raise Hidden(gone.message) from None
        context = {"as_of": as_of, "is_waiting": True}
    return render(request, "oversight/run.html", context)


@require_GET
@requires("runs.view")
def run_progress(request: HttpRequest, as_of: date) -> HttpResponse:
    """Return the part of the run's page that changes while it waits or runs."""
    try:
        return render(request, "oversight/run_body.html", _run_context(as_of))
    except NoSuchRun:
        waits = _is_with_worker(as_of)
        return render(request, "oversight/run_waiting.html", {"as_of": as_of, "is_waiting": waits})


@require_POST
@requires("runs.start")
def start_run(request: HttpRequest) -> HttpResponse:
    """Hand a day to the worker; the run's page shows how it goes."""
    try:
        as_of = date.fromisoformat(request.POST.get("as_of", ""))
    except ValueError:
        messages.error(request, _("Choose the day to run."))
        return redirect("oversight:runs")
    tenant_id: Any = current_tenant_id()
    user: Any = request.user
    name = queries.waiting_name(tenant_id=tenant_id, as_of=as_of)
    try:
        jobs.configure_task("day.run", queue="day", queueing_lock=name).defer(
            tenant_id=str(tenant_id), as_of=as_of.isoformat(), username=user.get_username(), user_id=str(user.pk)
        )
    except AlreadyEnqueued:
        messages.warning(request, _("The day %(day)s waits for the worker already.") % {"day": as_of})
    else:
        messages.success(request, _("The day %(day)s is handed to the worker.") % {"day": as_of})
    return redirect("oversight:run", as_of=as_of)


def _is_with_worker(as_of: date) -> bool:
    tenant_id: Any = current_tenant_id()
    return queries.is_with_worker(tenant_id=tenant_id, as_of=as_of)


def _run_context(as_of: date) -> dict[str, Any]:
    page = queries.get_run(as_of=as_of)
    with_worker = _is_with_worker(as_of)
    done = {step.name for step in page.steps}
    doing = next((words for name, words in phrases.STEPS.items() if name not in done), "")
    return {
        "page": page,
        "run": page.run,
        "as_of": as_of,
        "is_over": page.run.status != "RUNNING" and not with_worker,
        "is_taken_up": page.run.status == "FAILED" and with_worker,
        "done": len(done),
        "total": _STEPS_COUNT,
        "doing": doing,
        "steps": [_step_line(step) for step in page.steps],
        "checks": [(phrases.CHECKS.get(check.name, check.name), check) for check in page.checks],
        "statuses": phrases.STATUSES,
        "status_tone": _STATUS_TONES.get(page.run.status, ""),
        "chart": _time_chart(page),
    }


def _step_line(step: Any) -> dict[str, Any]:
    told = ((name, value) for name, value in step.facts.items() if value not in (None, [], {}))
    facts = [(phrases.FACTS[name], _shown(value)) for name, value in told if name in phrases.FACTS]
    return {"step": step, "name": phrases.STEPS.get(step.name, step.name), "facts": facts}


def _shown(value: Any) -> str:
    """Return a fact for people: counts by code as '2 mild, 169 severe', a list joined, the rest as it is."""
    if isinstance(value, dict):
        counts = (f"{_shown(count)} {phrases.CODES.get(code, code)}" for code, count in value.items() if count)
        return ", ".join(counts)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _time_chart(page: queries.RunPage) -> Chart:
    return Chart(
        id="step-times",
        title=_("Time of each step"),
        kind="bar",
        unit=_("seconds"),
        categories=[str(phrases.STEPS.get(step.name, step.name)) for step in page.steps],
        series=[Series(_("Seconds"), [step.taken_ms / 1000 for step in page.steps])],
        format="money",
        how=_("Measured from the start of each step to its checkpoint, of the attempt that finished it."),
    )


def _rows(run: Any, step: str, part: str) -> int | None:
    return next((getattr(one, part) for one in run.steps.all() if one.name == step), None)
