"""The refused rows of an import: where, what, why; to be downloaded, corrected and sent again."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import Hidden, requires
from qingshou.edges import clock
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.book import column_words as words
from qingshou.features.book.rejects import list_faults, open_rejects
from qingshou.features.book.views.imports import import_or_hidden
from qingshou.features.book.views.shared import asker
from qingshou.kernel.errors import NotFound

_PAGE = 50
_EXPORT_MAX = 100_000

COLUMNS = (
    Column(key="line", label=gettext_lazy("Line"), kind="count"),
    Column(key="row", label=gettext_lazy("Row"), kind="count", shown=False),
    Column(key="column", label=gettext_lazy("Column"), value=lambda fault: fault.column or _("the whole row")),
    Column(key="value", label=gettext_lazy("Value"), value=lambda fault: fault.value or ""),
    Column(key="reason", label=gettext_lazy("Why it was refused"), kind="long", words=words.REASONS),
    Column(key="code", label=gettext_lazy("Code"), value=lambda fault: fault.reason, shown=False),
)


@require_GET
@requires("imports.view")
def refused(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """List the faults in the order of the file's lines."""
    row = import_or_hidden(import_id)
    state = TableState.of(request, COLUMNS)
    filters = Filters.of(
        request,
        [
            Filter(
                name="reason",
                label=_("Reason"),
                choices=[(code, words.REASONS.get(code, code)) for code in sorted(row.reasons)],
            ),
            Filter(
                name="column",
                label=_("Column"),
                choices=[(name, name) for name in sorted(row.columns) if name != "(row)"],
            ),
        ],
    )
    faults, total = list_faults(
        row=row,
        home=settings.QINGSHOU_HOME,
        limit=_EXPORT_MAX if state.export else _PAGE,
        offset=0 if state.export else (state.page - 1) * _PAGE,
        reason=filters["reason"],
        column=filters["column"],
    )
    table = Table(
        id="refused",
        caption=_("Refused rows"),
        columns=COLUMNS,
        rows=faults,
        state=state,
        total=total,
        page_size=_PAGE,
        empty_title=_("No row was refused"),
        empty_text=_("Every row of this file was accepted or had been taken in before."),
    )
    if state.export:
        return export_response(columns=table.shown, rows=faults, form=state.export, file_name=f"refused-{row.as_of}")
    user: Any = request.user
    context = {"row": row, "table": table, "filters": filters, "may_run": user.has_perm("imports.run")}
    return render(request, "book/refused.html", context)


@require_GET
@requires("imports.run")
def download_refused(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """Send the refused rows as CSV; the download is recorded."""
    row = import_or_hidden(import_id)
    try:
        chunks = open_rejects(row=row, home=settings.QINGSHOU_HOME, actor=asker(request), now=clock.now())
    except NotFound as gone:
        raise Hidden(gone.message) from None
    reply = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="refused-{row.as_of}-{row.id}.csv"'
    return reply
