"""Best time: when and by which channel people answered, what the policy makes of it, and what that is worth."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from qingshou.access.guards import is_allowed, requires
from qingshou.edges.charts import Chart, Series
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.timing import DAYS, GAINS, VALUES, WEEKDAYS
from qingshou.features.contact.queries.history import Rate
from qingshou.features.contact.queries.timing_page import Judged, TimingPage, get_timing
from qingshou.features.contact.timing.arms import arm_of_code
from qingshou.tenancy.context import current_tenant_id

_HOURS = range(8, 22)  # always drawn; others where contacts were made


def _channel(decision: Any) -> str:
    return str(arm_of_code(decision.arm).channel)


def _day(decision: Any) -> str:
    return str(arm_of_code(decision.arm).day_class)


def _hours(decision: Any) -> str:
    first, after = arm_of_code(decision.arm).hours
    return f"{first:02d}:00–{after:02d}:00"


COLUMNS = (
    Column(key="at", label=gettext_lazy("Chosen at"), kind="instant"),
    Column(key="channel", label=gettext_lazy("Channel"), value=_channel, words=CHANNELS),
    Column(key="day", label=gettext_lazy("Day"), value=_day, words=DAYS),
    Column(key="hours", label=gettext_lazy("Hours"), value=_hours),
    Column(key="chance", label=gettext_lazy("Its chance"), kind="percent"),
    Column(key="open", label=gettext_lazy("To choose from"), kind="count", value=lambda one: len(one.arms)),
    Column(key="tried", label=gettext_lazy("Contact made"), value=lambda one: "YES" if one.attempt_id else "NO",
           words={"YES": gettext_lazy("Yes"), "NO": gettext_lazy("No")}),
    Column(key="reward", label=gettext_lazy("Answered"), value=lambda one: _answer(one.reward),
           words={"YES": gettext_lazy("Yes"), "NO": gettext_lazy("No"), "OPEN": gettext_lazy("Not known yet")}),
    Column(key="policy", label=gettext_lazy("Policy"), shown=False),
    Column(key="draw", label=gettext_lazy("Draw"), shown=False),
)  # fmt: skip


def _answer(reward: Any) -> str:
    return "OPEN" if reward is None else "YES" if reward > 0 else "NO"


@require_GET
@requires("cockpit.view")
def timing(request: HttpRequest) -> HttpResponseBase:
    """Show rates, policy, worth and the last choices."""
    page = get_timing()
    may_learn = is_allowed(request, "contact.campaigns")
    if page.fitted_at is None and not page.decisions:
        return render(request, "contact/timing_empty.html", {"may_learn": may_learn})
    state = TableState.of(request, COLUMNS)
    table = Table(
        id="decisions",
        caption=_("Last choices"),
        columns=COLUMNS,
        rows=page.decisions,
        state=state,
        total=len(page.decisions),
        empty_title=_("Nothing has been chosen yet"),
        empty_text=_("A campaign whose time and channel are chosen person by person writes its choices here."),
    )
    if state.export:
        return export_response(columns=table.shown, rows=table.rows, form=state.export, file_name="best-time")
    context = {
        "page": page,
        "may_learn": may_learn,
        "charts": [pair for channel, rates in page.rates.items() for pair in _charts(channel, rates, page)],
        "values": [(VALUES[name], page.values[name]) for name in VALUES if name in page.values],
        "gains": [
            (GAINS[name], page.values[name], _verdict(page.values[name])) for name in GAINS if name in page.values
        ],
        "table": table,
    }
    return render(request, "contact/timing.html", context)


@require_POST
@requires("contact.campaigns")
def learn(request: HttpRequest) -> HttpResponse:
    """Hand the learning to the worker; the night does it anyway."""
    tenant_id, user = current_tenant_id(), request.user
    task = jobs.configure_task("contact.learn_timing", queue="contact", queueing_lock=f"timing:{tenant_id}")
    try:
        with transaction.atomic():
            task.defer(
                tenant_id=str(tenant_id), actor_kind="USER", actor_name=user.get_username(), actor_id=str(user.pk)
            )
    except AlreadyEnqueued:
        messages.warning(request, _("Best time waits for the worker already."))
    else:
        messages.success(request, _("The worker learns best time from the contacts so far; this takes a moment."))
    return redirect("contact:timing")


def _verdict(gain: Judged) -> tuple[str, str]:
    """Say in words what an interval says, and the tone of it."""
    if gain.low > 0:
        return _("Better: the interval lies above zero"), "good"
    if gain.high < 0:
        return _("Worse: the interval lies below zero"), "bad"
    return _("Cannot be told from zero"), "note"


def _charts(channel: str, rates: Sequence[Rate], page: TimingPage) -> list[Chart]:
    """Draw a channel's rate of answers and its contacts, weekday by hour."""
    cells = {(one.weekday, one.hour): one for one in rates}
    hours = sorted({*_HOURS, *(hour for _weekday, hour in cells)})
    name = str(CHANNELS[channel])

    def drawn(kind: str, title: str, how: str, format_: Any) -> Chart:
        return Chart(
            id=f"timing-{channel.lower()}-{kind}",
            title=title,
            kind="heat",
            format=format_,
            unit="%" if format_ == "percent" else "",
            row_head=pgettext("weekday", "Weekday"),
            categories=[f"{hour:02d}" for hour in hours],
            series=[
                Series(str(word), [_cell(cells.get((weekday, hour)), kind) for hour in hours])
                for weekday, word in enumerate(WEEKDAYS)
            ],
            how=how,
        )

    settings = page.settings
    return [
        drawn(
            "rate",
            _("%(channel)s: answered") % {"channel": name},
            _("Contacts of ours in the last %(back)d days that were answered, by weekday and hour of the person's own "
              "clock: a conversation, or anything that came from the person within %(days)d days before we tried "
              "again. An hour without contacts is unknown; see beside it how few some rest on.")
            % {"back": settings.history_days, "days": settings.reward_days},
            "percent",
        ),
        drawn(
            "count",
            _("%(channel)s: contacts made") % {"channel": name},
            _("Contacts of ours in the last %(back)d days whose end is known: what the rates rest on.")
            % {"back": settings.history_days},
            "count",
        ),
    ]  # fmt: skip


def _cell(rate: Rate | None, kind: str) -> float | int | None:
    if rate is None:
        return None if kind == "rate" else 0
    return rate.answered / rate.tried if kind == "rate" else rate.tried
