"""The page of refused contacts: what the door refused, by which article, and what it let through beside it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.edges import clock
from qingshou.edges.charts import Chart, Series
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState, with_words
from qingshou.edges.words import actor_words
from qingshou.features.contact.phrases.door import CHANNELS, article_words, reason_lines
from qingshou.features.contact.phrases.refusals import PURPOSES, REASONS
from qingshou.features.contact.queries.refusals import (
    COUNT_MAX,
    RefusalFilter,
    count_refusals,
    door_totals,
    list_refusals,
)
from qingshou.features.contact.rules.codec import reasons_of_json
from qingshou.tenancy.queries import current_tenant

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
_DAYS_SHOWN = 30


def _why(row: Any) -> list[str]:
    return [words for words, _articles in reason_lines(reasons_of_json(row.reasons))]


def _articles(row: Any) -> list[str]:
    named = (article_words(one.article) for one in reasons_of_json(row.reasons))
    return list(dict.fromkeys(name for name in named if name))


def _case_href(row: Any) -> str:
    return reverse("cases:case", args=[row.case_id]) if row.case_id else ""


COLUMNS = (
    Column(key="at", label=gettext_lazy("When"), kind="instant"),
    Column(
        key="case", label=gettext_lazy("Case"), value=lambda row: row.case.number if row.case else "", href=_case_href
    ),
    Column(key="channel", label=gettext_lazy("Channel"), words=CHANNELS),
    Column(key="purpose", label=gettext_lazy("Purpose"), words=PURPOSES, shown=False),
    Column(key="why", label=gettext_lazy("Why refused"), kind="lines", value=_why),
    Column(key="articles", label=gettext_lazy("Text and article"), kind="lines", value=_articles),
    Column(key="next_at", label=gettext_lazy("Allowed from"), kind="instant"),
    Column(key="asked_by", label=gettext_lazy("Asked by"), words=actor_words),
)


def _columns(rows: Sequence[Any]) -> tuple[Column, ...]:
    """Return the columns with the people of these rows by their names."""
    people = names_of_users(usernames=[row.asked_by for row in rows])
    return with_words(COLUMNS, {"asked_by": partial(actor_words, people=people)})


@require_GET
@requires("contact.refusals")
def refusals(request: HttpRequest) -> HttpResponseBase:
    """Show what was refused, or export it."""
    filters = Filters.of(request, _filters())
    wanted = _wanted(filters)
    state = TableState.of(request, COLUMNS)
    if state.export:
        rows = list_refusals(wanted=wanted, limit=EXPORT_ROWS_MAX)
        columns = [column for column in _columns(rows) if column.key in state.columns]
        return export_response(columns=columns, rows=rows, form=state.export, file_name="refusals")
    total = count_refusals(wanted=wanted)
    rows = list_refusals(wanted=wanted, limit=PAGE_SIZE, offset=(state.page - 1) * PAGE_SIZE)
    table = Table(
        id="refusals",
        caption=_("Refused contacts"),
        columns=_columns(rows),
        rows=rows,
        state=state,
        total=total,
        total_is_least=total >= COUNT_MAX,
        page_size=PAGE_SIZE,
        empty_title=_("Nothing was refused"),
        empty_text=_("What the door refuses stands here, with every reason and its article."),
        empty_href=reverse("contact:refusals") if filters.is_set else "",
        empty_action=_("Clear the filters"),
    )
    return render(request, "contact/refusals.html", {"table": table, "filters": filters, **_picture()})


def _filters() -> list[Filter]:
    return [
        Filter(name="code", label=_("Reason"), choices=list(REASONS.items())),
        Filter(name="channel", label=_("Channel"), choices=list(CHANNELS.items())),
        Filter(name="purpose", label=_("Purpose"), choices=list(PURPOSES.items())),
        Filter(name="case", label=_("Case number")),
        Filter(name="since", label=_("From day"), input="date"),
        Filter(name="until", label=_("Until day"), input="date"),
    ]


def _wanted(filters: Filters) -> RefusalFilter:
    zone = ZoneInfo(current_tenant().time_zone)
    until = _day(filters["until"])
    return RefusalFilter(
        code=filters["code"],
        channel=filters["channel"],
        purpose=filters["purpose"],
        case_number=filters["case"],
        from_at=_start(_day(filters["since"]), zone),
        until_at=_start(until + timedelta(days=1) if until else None, zone),
    )


def _picture() -> dict[str, Any]:
    """Return the last days' totals: what was let through, and what was refused by reason."""
    tenant = current_tenant()
    zone = ZoneInfo(tenant.time_zone)
    today = clock.today(tenant.time_zone)
    since = today - timedelta(days=_DAYS_SHOWN - 1)
    begin, end = _start(since, zone), _start(today + timedelta(days=1), zone)
    totals = door_totals(from_at=begin, until_at=end)  # type: ignore[arg-type]
    codes = list(totals.by_code)
    links = [f"{reverse('contact:refusals')}?{urlencode({'code': code, 'since': since.isoformat()})}" for code in codes]
    chart = Chart(
        id="refusals-by-reason",
        title=_("Refused in %(days)s days, by reason") % {"days": _DAYS_SHOWN},
        kind="bar",
        categories=[str(REASONS.get(code, code)) for code in codes],
        series=[Series(_("Refused contacts"), list(totals.by_code.values()))],
        how=_("Refusals at the door from %(since)s to %(until)s; one that has several reasons counts for each.")
        % {"since": since, "until": today},
        row_head=_("Reason"),
        links=[links],
    )
    return {"totals": totals, "chart": chart if codes else None, "days": _DAYS_SHOWN}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=zone)
