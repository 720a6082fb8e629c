"""The specialists' queue: hardships to be decided or looked at again, the nearest day first."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.cases.views.shown import Desk, desk_of
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of
from qingshou.features.repayment.phrases.hardship import KINDS, STATES
from qingshou.features.repayment.queries.hardship import HardshipFilter, count_hardships, list_hardships

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
_TONES = {"REPORTED": "note", "ACCEPTED": "good"}

COLUMNS = (
    Column(
        key="case", label=gettext_lazy("Case"), value=lambda row: row.case.number,
        href=lambda row: reverse("cases:case", args=[row.case_id]) + "#hardship-panel",
    ),
    Column(key="kind", label=gettext_lazy("Hardship"), words=KINDS),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=STATES,
           tone=lambda row: _TONES.get(row.state, "")),
    Column(key="review_on", label=gettext_lazy("Look at it by"), kind="date"),
    Column(key="from_on", label=gettext_lazy("From"), kind="date"),
    Column(key="until_on", label=gettext_lazy("Last day"), kind="date"),
    Column(key="programme", label=gettext_lazy("Programme"), value=lambda row: getattr(row.programme, "code", ""),
           shown=False),
    Column(key="owner", label=gettext_lazy("Case of"), value=lambda row: getattr(row.case.owner, "display_name", "")),
    Column(key="reported_at", label=gettext_lazy("Reported"), kind="instant"),
)  # fmt: skip


@require_GET
@requires("repayment.view")
def queue(request: HttpRequest) -> HttpResponseBase:
    """Show what is to be decided or looked at again, or export it."""
    desk = desk_of(request)
    filters = Filters.reading(request.GET, _filters(desk), defaults={"whose": first_scope(desk.role)})
    wanted = _wanted(filters, desk)
    state = TableState.of(request, COLUMNS)
    if state.export:
        rows = list_hardships(wanted=wanted, limit=EXPORT_ROWS_MAX)
        columns = [column for column in COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=rows, form=state.export, file_name="hardship")
    table = Table(
        id="hardship",
        caption=_("Hardship"),
        columns=COLUMNS,
        rows=list_hardships(wanted=wanted, offset=(state.page - 1) * PAGE_SIZE, limit=PAGE_SIZE),
        state=state,
        total=count_hardships(wanted=wanted),
        page_size=PAGE_SIZE,
        empty_title=_("No hardship to look at"),
        empty_text=_("A hardship reported on a case, in a call or by the debtor stands here until it is decided, "
                     "and again on the day it is to be looked at."),
        empty_href=reverse("repayment:hardships") if filters.is_set else "",
        empty_action=_("Clear the filters"),
    )  # fmt: skip
    return render(
        request,
        "repayment/hardships.html",
        {"table": table, "filters": filters, "may_see_relief": desk.user.has_perm("receipts.view")},
    )


def _filters(desk: Desk) -> list[Filter]:
    scopes = allowed_scopes(desk.role)
    return [
        Filter(name="whose", label=_("Whose"), choices=[(one, WHOSE[one]) for one in scopes], every=False),
        Filter(name="state", label=_("State"), choices=[(one, STATES[one]) for one in ("REPORTED", "ACCEPTED")]),
        Filter(name="kind", label=_("Hardship"), choices=list(KINDS.items())),
        Filter(name="due", label=_("To be looked at"), choices=[("today", _("Today or before"))]),
    ]


def _wanted(filters: Filters, desk: Desk) -> HardshipFilter:
    owners: Any = owners_of(filters["whose"], desk)
    return HardshipFilter(
        state=filters["state"],
        kind=filters["kind"],
        is_due=desk.today if filters["due"] else None,
        case_owner_ids=owners,
    )
