"""One box: name, phone, loan, case or identity number."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qingshou.access.guards import is_allowed, requires
from qingshou.edges.tables import Table, TableState
from qingshou.features.cases import queries
from qingshou.features.cases.views.lines import COLUMNS as CASE_COLUMNS
from qingshou.features.cases.views.lines import with_names
from qingshou.features.cases.views.shown import desk_of, facts_of

_KEPT = ("number", "name", "severity", "days", "arrears", "stage", "owner", "due")
COLUMNS = tuple(replace(column, sort=False) for column in CASE_COLUMNS if column.key in _KEPT)
_LONGEST = 80


@require_GET
@requires("people.search")
def search(request: HttpRequest) -> HttpResponse:
    """Find cases; one that is found alone by its number opens at once."""
    words = request.GET.get("q", "").strip()[:_LONGEST].replace("\x00", "")
    desk = desk_of(request)
    found = queries.search_cases(text=words, with_people=is_allowed(request, "people.search")) if words else []
    user: Any = request.user
    found = [case for case in found if user.has_perm("cases.view", facts_of(case))]
    if len(found) == 1 and words in (found[0].number, found[0].borrower.borrower_ref):
        return redirect("cases:case", case_id=found[0].id)
    rows = with_names(found, desk, purpose="SEARCH")
    table = Table(
        id="found",
        caption=_("Search results"),
        columns=COLUMNS,
        rows=rows,
        state=TableState.of(request, COLUMNS),
        total=len(rows),
        page_size=max(1, len(rows)),
        exportable=False,
        empty_title=_("Nothing found") if words else _("What are you looking for?"),
        empty_text=_(
            "Type a whole name, phone, loan or case number. Personal data are sealed: only whole values are found."
        ),
    )
    return render(request, "cases/search.html", {"table": table, "search_words": words})
