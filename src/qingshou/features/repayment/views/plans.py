"""Plans by shelf: those at risk first, so that a call comes before a break; and the export of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import ensure, is_allowed, requires
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.cases.views.shown import case_of, desk_of, uuid_given
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.phrases.promise_pages import PLAN_SHELVES, SHELF_EMPTY
from qingshou.features.repayment.queries import plans as queries
from qingshou.features.repayment.views.names import day_of_list, names_of
from qingshou.features.repayment.views.plan_shown import TONES
from qingshou.features.repayment.views.receipts import EXPORT_ROWS_MAX
from qingshou.features.repayment.views.whose_filter import whose_of


def _row(name: str) -> Any:
    return lambda line: getattr(line["row"], name)


COLUMNS = (
    Column(key="number", label=gettext_lazy("Plan"), value=_row("number"),
           href=lambda line: reverse("repayment:plan", args=[line["row"].id])),
    Column(key="debtor", label=gettext_lazy("Debtor"), value=lambda line: line["name"] or line["row"].case_number),
    Column(key="case", label=gettext_lazy("Case"), value=_row("case_number"), shown=False),
    Column(key="kind", label=gettext_lazy("Kind"), words=words.PLAN_KINDS, value=_row("kind"), shown=False),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=words.PLAN_STATES, value=_row("state"),
           tone=lambda line: TONES.get(line["row"].state, "")),
    Column(key="total", label=gettext_lazy("Total"), kind="money", currency=_row("currency"), value=_row("total")),
    Column(key="currency", label=gettext_lazy("Currency"), value=_row("currency")),
    Column(key="paid", label=gettext_lazy("Paid"), kind="money", currency=_row("currency"), value=_row("paid")),
    Column(key="unpaid", label=gettext_lazy("Unpaid past its date"), kind="money", currency=_row("currency"),
           value=_row("unpaid")),
    Column(key="late", label=pgettext_lazy("instalments", "Late"), kind="count", value=_row("late")),
    Column(key="missed", label=pgettext_lazy("instalments", "Missed"), kind="count", value=_row("missed")),
    Column(key="next", label=pgettext_lazy("instalment", "Next"), kind="date",
           value=lambda line: line["row"].next_due_on or ""),
    Column(key="ends", label=pgettext_lazy("plan", "Ends"), kind="date", value=_row("ends_on")),
    Column(key="cure", label=gettext_lazy("Can be made good until"), kind="date",
           value=lambda line: line["row"].cure_until if line["row"].state == "BROKEN" else ""),
    Column(key="made", label=gettext_lazy("Made at"), kind="instant", value=_row("made_at"), shown=False),
    Column(key="owner", label=pgettext_lazy("case", "Owner"), value=lambda line: line["row"].owner_name or None),
)  # fmt: skip


@require_GET
@requires("repayment.view")
def plans(request: HttpRequest) -> HttpResponseBase:
    """List plans by shelf, or export them."""
    desk, state = desk_of(request), TableState.of(request, COLUMNS)
    on, (filters, owners) = day_of_list(desk), whose_of(request, desk)
    shelf = request.GET.get("shelf", "")
    shelf = shelf if shelf in queries.SHELVES else "AT_RISK"
    if state.export:
        ensure(request.user, "cases.export")  # type: ignore[arg-type]
    page = queries.list_plans(
        on=on, shelf=shelf, owner_ids=owners, after=None if state.export else _after(state.after),
        limit=EXPORT_ROWS_MAX if state.export else queries.PAGE_SIZE,
    )  # fmt: skip
    names = names_of([one.borrower_id for one in page.rows], desk, purpose="EXPORT" if state.export else "PLANS")
    lines = [{"row": one, "name": names.get(one.borrower_id)} for one in page.rows]
    if state.export:
        columns = [column for column in COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=lines, form=state.export, file_name="plans")
    counts = queries.count_plans(on=on, owner_ids=owners)
    table = Table(
        id="plans", caption=_("Plans"), columns=COLUMNS, rows=lines, state=state, total=counts.get(shelf),
        next_after=f"{page.after[0].isoformat()}~{page.after[1]}" if page.after else None,
        exportable=is_allowed(request, "cases.export"), empty_title=_("No plan here"), empty_text=SHELF_EMPTY[shelf],
        empty_href=reverse("cases:worklist"), empty_action=_("To the worklist"),
    )  # fmt: skip
    context = {
        "table": table, "filters": filters, "today": on, "shelf_words": PLAN_SHELVES[shelf],
        "shelves": [
            {"code": code, "words": PLAN_SHELVES[code], "count": counts.get(code), "is_here": code == shelf}
            for code in queries.SHELVES
        ],
    }  # fmt: skip
    return render(request, "repayment/plans.html", context)


def line_of(row: Any, names: Any) -> dict[str, Any]:
    """Return a plan as a case's panel shows it."""
    return {"row": row, "name": names.get(row.borrower_id), "state": words.PLAN_STATES[row.state],
            "tone": TONES.get(row.state, ""), "kind": words.PLAN_KINDS[row.kind]}  # fmt: skip


def _after(given: str) -> tuple[datetime, UUID] | None:
    text, _mark, row = given.partition("~")
    row_id = uuid_given(row)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at, row_id) if row_id and at.tzinfo else None


@require_GET
@requires("repayment.view")
def waiting(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Lead whoever decides to the plan of a case that waits, or to the case where none does."""
    case_of(request, case_id)
    plan_id = queries.waiting_plan_of(case_id=case_id)
    if plan_id is None:
        return redirect("cases:case", case_id=case_id)
    return redirect("repayment:plan", plan_id=plan_id)
