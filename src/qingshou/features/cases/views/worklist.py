"""The worklist: whom to turn to next, and why; filters, saved views, and the next case in one key."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import ensure, is_allowed, requires
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Table, TableState
from qingshou.features.cases import operations, queries
from qingshou.features.cases.errors import BadCaseInput
from qingshou.features.cases.phrases import QUEUE_REASONS, SEVERITIES, STAGES
from qingshou.features.cases.queries.worklist import COUNT_MAX, LIMIT_MAX
from qingshou.features.cases.rules import TIERS
from qingshou.features.cases.views.lines import Line, columns_for, with_names
from qingshou.features.cases.views.shown import Desk, desk_of, refusal_words, uuid_given
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000


def filters_of(query: QueryDict, desk: Desk) -> Filters:
    """Return the worklist's filters with what an address chooses."""
    facets = queries.facet_values()
    severities = [(code, SEVERITIES[code]) for code in ("MILD", "MODERATE", "SEVERE", "UNKNOWN")]
    stages = [(code, words) for code, words in STAGES.items() if code != "CLOSED"]
    return Filters.reading(
        query,
        [
            Filter(name="whose", label=gettext_lazy("Whose"), every=False,
                   choices=[(code, WHOSE[code]) for code in allowed_scopes(desk.role)]),
            Filter(name="reason", label=gettext_lazy("Why now"), choices=list(QUEUE_REASONS.items())),
            Filter(name="severity", label=gettext_lazy("Severity"), choices=severities),
            Filter(name="stage", label=gettext_lazy("Stage"), choices=stages),
            Filter(name="product", input="select", label=gettext_lazy("Product"),
                   choices=[(one, desk.product_words.get(one, one)) for one in facets["product"]]),
            Filter(name="branch", input="select", label=gettext_lazy("Branch"),
                   choices=[(one, one) for one in facets["branch"]]),
        ],
        defaults={"whose": first_scope(desk.role)},
    )  # fmt: skip


def wanted_of(filters: Filters, desk: Desk) -> queries.WorklistFilter:
    """Return what the query is asked for; a person lists what the role may see, whatever the address says."""
    reason = filters["reason"]
    return queries.WorklistFilter(
        owner_ids=owners_of(filters["whose"], desk),
        severity=filters["severity"],
        stage=filters["stage"],
        product=filters["product"],
        branch=filters["branch"],
        queue_tier=TIERS.index(reason) + 1 if reason else None,
    )


def after_of(text: str) -> queries.After | None:
    """Read a place in the list out of the address; nonsense begins at the first page."""
    key, _sep, bare_id = text.rpartition("~")
    case_id = uuid_given(bare_id)
    return queries.After(key, case_id) if key and case_id else None


@require_GET
@requires("worklist.view")
def worklist(request: HttpRequest) -> HttpResponseBase:
    """Show the queue in its order, or export it."""
    desk = desk_of(request)
    all_columns = columns_for(desk)
    filters, state = filters_of(request.GET, desk), TableState.of(request, all_columns, sort="queue")
    wanted = wanted_of(filters, desk)
    if state.export:
        ensure(request.user, "cases.export")  # type: ignore[arg-type]
        lines = _all_lines(wanted, state, desk)
        columns = [column for column in all_columns if column.key in state.columns]
        return export_response(columns=columns, rows=lines, form=state.export, file_name="worklist")
    try:
        page = queries.list_worklist(filters=wanted, sort=state.sort, after=after_of(state.after), limit=PAGE_SIZE)
    except BadCaseInput:
        page = queries.list_worklist(filters=wanted, sort=state.sort, limit=PAGE_SIZE)
    total = queries.count_worklist(filters=wanted)
    following = page.next_after
    table = Table(
        id="worklist",
        caption=_("Worklist"),
        columns=all_columns,
        rows=with_names(page.rows, desk, purpose="WORKLIST"),
        state=state,
        total=min(total, COUNT_MAX),
        total_is_least=total > COUNT_MAX,
        next_after=f"{following.key}~{following.case_id}" if following else None,
        select=(lambda line: str(line.id)) if is_allowed(request, "cases.assign") else None,
        exportable=is_allowed(request, "cases.export"),
        empty_title=_("No case fits"),
        empty_text=_("Cases come here from the day's run. Take a filter away to see more."),
        empty_href=reverse("cases:worklist"),
        empty_action=_("Clear the filters"),
    )
    return render(request, "cases/worklist.html", _context(request, desk, filters, table))


def _all_lines(wanted: queries.WorklistFilter, state: TableState, desk: Desk) -> list[Line]:
    """Return every row the filters admit, up to the limit of an export."""
    cases: list[Any] = []
    after = None
    while len(cases) < EXPORT_ROWS_MAX:
        page = queries.list_worklist(filters=wanted, sort=state.sort, after=after, limit=LIMIT_MAX)
        cases += page.rows
        after = page.next_after
        if after is None:
            break
    return with_names(cases, desk, purpose="EXPORT")


def _context(request: HttpRequest, desk: Desk, filters: Filters, table: Table) -> dict[str, Any]:
    here = request.GET.urlencode()
    views = queries.list_saved_views(user_id=desk.user.pk)
    return {
        "table": table,
        "filters": filters,
        "may_assign": table.select is not None,
        "people": queries.list_people(team_id=desk.user.team_id) if table.select is not None else [],
        "saved_views": [
            {"id": view.id, "name": view.name, "href": f"?{view.query}", "is_here": view.query == here}
            for view in views
        ],
        "save_view_href": reverse("cases:save_view"),
        "forget_view_href": reverse("cases:forget_view"),
    }


@require_GET
@requires("worklist.view")
def next_case(request: HttpRequest) -> HttpResponse:
    """Go to the first case of one's own queue, or to the one behind the case at hand."""
    desk = desk_of(request)
    wanted = replace(wanted_of(filters_of(request.GET, desk), desk), owner_ids=(desk.user.pk,))
    found = queries.next_case(filters=wanted, after_case_id=uuid_given(request.GET.get("after", "")))
    if found is None:
        messages.success(request, _("Your queue is done: there is no further case."))
        return redirect("cases:worklist")
    return redirect("cases:case", case_id=found.id)


@require_POST
@requires("worklist.view")
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list's state under a name."""
    query = request.POST.get("query", "")
    try:
        operations.save_view(user_id=desk_of(request).user.pk, name=request.POST.get("name", ""), query=query)
    except BadCaseInput as refusal:
        messages.error(request, refusal_words(refusal))
    else:
        messages.success(request, _("The view is saved."))
    return redirect(f"{reverse('cases:worklist')}?{query}")


@require_POST
@requires("worklist.view")
def forget_view(request: HttpRequest) -> HttpResponse:
    """Drop one of one's own views."""
    view_id = uuid_given(request.POST.get("view", ""))
    if view_id is not None:
        operations.delete_view(user_id=desk_of(request).user.pk, view_id=view_id)
    return redirect("cases:worklist")
