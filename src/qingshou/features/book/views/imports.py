"""The imports: what came in, what became of every row, and whether it adds up."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import Hidden, requires
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.book import column_words as words
from qingshou.features.book import listing
from qingshou.features.book.rejects import mapping_of
from qingshou.features.book.uploads import DONE
from qingshou.features.book.views.shared import uploads_of
from qingshou.kernel.errors import NotFound

_PAGE = 50
_EXPORT_MAX = 20_000

COLUMNS = (
    Column(
        key="as_of",
        label=gettext_lazy("As of"),
        kind="date",
        href=lambda row: reverse("book:import", args=[row.id]),
    ),
    Column(key="file_name", label=gettext_lazy("File"), kind="long"),
    Column(key="frame", label=gettext_lazy("What it holds"), words=words.FRAMES),
    Column(
        key="status",
        label=gettext_lazy("Status"),
        kind="state",
        words=words.STATUSES,
        tone=lambda row: words.TONES.get(row.status, ""),
    ),
    Column(key="rows_read", label=gettext_lazy("Rows read"), kind="count"),
    Column(key="rows_accepted", label=gettext_lazy("Accepted"), kind="count"),
    Column(key="rows_rejected", label=gettext_lazy("Refused"), kind="count"),
    Column(key="rows_duplicate", label=gettext_lazy("Repeated"), kind="count"),
    Column(key="mapping_name", label=gettext_lazy("Mapping"), shown=False),
    Column(key="started_at", label=gettext_lazy("Started"), kind="instant"),
    Column(key="started_by", label=gettext_lazy("By")),
)


@require_GET
@requires("imports.view")
def imports(request: HttpRequest) -> HttpResponseBase:
    """List the imports, the latest first, and what is still being mapped."""
    state = TableState.of(request, COLUMNS)
    statuses = [(code, words.STATUSES[code]) for code in ("RUNNING", "DONE", "FAILED")]
    filters = Filters.of(request, [Filter(name="status", label=_("Status"), choices=statuses)])
    after = _place(state.after)
    limit = _EXPORT_MAX if state.export else _PAGE + 1
    rows = listing.list_imports(limit=limit, status=filters["status"], after=after)
    more = not state.export and len(rows) > _PAGE
    shown = rows[:_PAGE] if more else rows
    table = Table(
        id="imports",
        caption=_("Imports"),
        columns=COLUMNS,
        rows=shown,
        state=state,
        next_after=f"{shown[-1].started_at.isoformat()}~{shown[-1].id}" if more else None,
        empty_title=_("Nothing has been imported yet"),
        empty_text=_("Send the lender's file: CSV, XLSX or Parquet, with any columns. Its first rows are shown next."),
        empty_href=reverse("book:send") if request.user.has_perm("imports.run") else "",  # type: ignore[union-attr]
        empty_action=_("Send a file"),
    )
    if state.export:
        return export_response(columns=table.shown, rows=shown, form=state.export, file_name="imports")
    may_run = request.user.has_perm("imports.run")  # type: ignore[union-attr]
    waiting = uploads_of().drafts() if may_run else []
    return render(
        request,
        "book/imports.html",
        {"table": table, "filters": filters, "may_run": may_run, "waiting": waiting, "statuses": words.STATUSES,
         "tones": words.TONES},
    )  # fmt: skip


@require_GET
@requires("imports.view")
def detail(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show one import: rows and amounts in and out, and why rows were refused."""
    row = import_or_hidden(import_id)
    reasons = sorted(row.reasons.items(), key=lambda item: (-item[1], item[0]))
    return render(
        request,
        "book/import.html",
        {
            "row": row,
            "frame": words.FRAMES.get(row.frame, row.frame),
            "status": words.STATUSES.get(row.status, row.status),
            "tone": words.TONES.get(row.status, ""),
            "totals": [_total(name, total) for name, total in row.totals.items()],
            "reasons": [(code, words.REASONS.get(code, code), count) for code, count in reasons],
            "columns": [(name, sum(found.values())) for name, found in row.columns.items()],
            "rows_balance": row.rows_read == row.rows_accepted + row.rows_rejected + row.rows_duplicate,
            "is_derived": _is_derived(row),
            "is_done": row.status == DONE,
            "may_run": request.user.has_perm("imports.run"),  # type: ignore[union-attr]
        },
    )


def import_or_hidden(import_id: UUID) -> Any:
    """Return an import; what is not there answers as any page that is not there."""
    try:
        return listing.get_import(import_id=import_id)
    except NotFound as gone:
        raise Hidden(gone.message) from None


def _total(name: str, total: dict[str, Any]) -> dict[str, Any]:
    parts = {key: Decimal(total[key]) for key in ("read", "accepted", "rejected", "duplicate")}
    balanced = parts["read"] == parts["accepted"] + parts["rejected"] + parts["duplicate"]
    return {
        "name": words.COLUMNS.get(name, name),
        **parts,
        "unreadable_rows": total["unreadable_rows"],
        "is_balanced": balanced,
    }


def _is_derived(row: Any) -> bool:
    """Whether the file gives no days but a status or band from which they were derived."""
    mapping = mapping_of(row)
    rule = mapping.rule("days_basis") if mapping is not None else None
    return rule is not None and rule.constant == "DERIVED"


def _place(after: str) -> tuple[Any, ...] | None:
    """Read the place a page begins after; what is malformed counts as not given."""
    from datetime import datetime

    at, _mark, row_id = after.partition("~")
    try:
        return (datetime.fromisoformat(at), UUID(row_id))
    except ValueError:
        return None
