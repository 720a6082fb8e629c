"""Promises by shelf: what falls due, what was broken, what was kept, with how many were kept; and the export of it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import ensure, is_allowed, requires
from qingshou.access.predicates import CaseFacts
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.cases.views.shown import day_given, desk_of, uuid_given
from qingshou.features.contact.phrases.calls import PAY_BY
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.phrases.promise_pages import FIGURES, SHELVES
from qingshou.features.repayment.queries import promises as queries
from qingshou.features.repayment.rules.promises import CANCEL_REASONS, INVALID_REASONS
from qingshou.features.repayment.views.names import day_of_list, names_of
from qingshou.features.repayment.views.receipts import EXPORT_ROWS_MAX
from qingshou.features.repayment.views.whose_filter import whose_of

TONES = {"OPEN": "note", "KEPT": "good", "BROKEN": "bad"}
_DAYS_BACK = 30
_ACTS = "acts"  # buttons: shown on the page, never in a file


def _row(name: str) -> Any:
    return lambda line: getattr(line["row"], name)


COLUMNS = (
    Column(key="debtor", label=gettext_lazy("Debtor"), value=lambda line: line["name"] or line["row"].case_number,
           href=lambda line: reverse("cases:case", args=[line["row"].case_id])),
    Column(key="case", label=gettext_lazy("Case"), value=_row("case_number")),
    Column(key="kind", label=gettext_lazy("What was promised"), words=words.PROMISE_KINDS, value=_row("kind")),
    Column(key="pay_by", label=pgettext_lazy("pay by", "How"), words=PAY_BY, value=_row("pay_by")),
    Column(key="amount", label=gettext_lazy("Amount"), kind="money", currency=_row("currency"), value=_row("amount")),
    Column(key="currency", label=gettext_lazy("Currency"), value=_row("currency")),
    Column(key="paid", label=gettext_lazy("Paid"), kind="money", currency=_row("currency"),
           value=_row("paid_amount")),
    Column(key="due", label=pgettext_lazy("date", "By"), kind="date", value=_row("due_on")),
    Column(key="last", label=gettext_lazy("Counts until"), kind="date", value=_row("last_date")),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=words.PROMISE_STATES, value=_row("state"),
           tone=lambda line: TONES.get(line["row"].state, "")),
    Column(key="reason", label=gettext_lazy("Reason"), words=words.END_REASONS, value=_row("ended_reason"),
           shown=False),
    Column(key="ended", label=pgettext_lazy("promise", "Ended on"), kind="date", shown=False,
           value=lambda line: line["row"].ended_on or ""),
    Column(key="taken", label=gettext_lazy("Taken at"), kind="instant", value=_row("taken_at"), shown=False),
    Column(key="owner", label=pgettext_lazy("case", "Owner"), value=lambda line: line["row"].owner_name or None),
    Column(key=_ACTS, label=gettext_lazy("Acts"), value=lambda line: line["acts"]),
)  # fmt: skip


@require_GET
@requires("repayment.view")
def promises(request: HttpRequest) -> HttpResponseBase:
    """List promises by shelf, with how many were kept of those that fell due; or export them."""
    desk, state = desk_of(request), TableState.of(request, COLUMNS)
    on, (filters, owners) = day_of_list(desk), whose_of(request, desk)
    shelf = request.GET.get("shelf", "")
    shelf = shelf if shelf in queries.SHELVES else "DUE_TODAY"
    wanted: dict[str, Any] = {"on": on, "shelf": shelf, "owner_ids": owners}
    if state.export:
        ensure(request.user, "cases.export")  # type: ignore[arg-type]
        rows = queries.list_promises(limit=EXPORT_ROWS_MAX, **wanted).rows
        names = names_of([one.borrower_id for one in rows], desk, purpose="EXPORT")
        columns = [column for column in COLUMNS if column.key in state.columns and column.key != _ACTS]
        lines = [{"row": one, "name": names.get(one.borrower_id)} for one in rows]
        return export_response(columns=columns, rows=lines, form=state.export, file_name="promises")
    page = queries.list_promises(after=_after(state.after), **wanted)
    counts = queries.count_promises(on=on, owner_ids=owners)
    names = names_of([one.borrower_id for one in page.rows], desk, purpose="PROMISES")
    table = Table(
        id="promises", caption=_("Promises"), columns=COLUMNS, state=state, total=counts.get(shelf),
        rows=[{"row": one, "name": names.get(one.borrower_id), "acts": _acts(one, request)} for one in page.rows],
        next_after=f"{page.after[0].isoformat()}.{page.after[1]}" if page.after else None,
        exportable=is_allowed(request, "cases.export"), empty_title=_("No promise here"),
        empty_text=_("What debtors promise on calls, at the desk and on their own page stands here until it is kept "
                     "or not."),
        empty_href=reverse("cases:worklist"), empty_action=_("To the worklist"),
    )  # fmt: skip
    rates = queries.kept_rates(from_date=on - timedelta(days=_DAYS_BACK), until_date=on, owner_ids=owners)
    context = {
        "table": table, "filters": filters, "rates": rates, "formulas": FIGURES, "days_back": _DAYS_BACK, "today": on,
        "shelves": [
            {"code": code, "words": SHELVES[code], "count": counts.get(code), "is_here": code == shelf}
            for code in queries.SHELVES
        ],
        "shelf_words": SHELVES[shelf],
    }  # fmt: skip
    return render(request, "repayment/promises.html", context)


def _after(text: str) -> tuple[date, UUID] | None:
    day, _dot, row = text.partition(".")
    found, row_id = day_given(day), uuid_given(row)
    return (found, row_id) if found and row_id else None


def _acts(row: Any, request: HttpRequest) -> str:
    case = CaseFacts(owner_id=row.owner_id, owner_team_id=row.owner_team_id)
    if row.state != "OPEN" or not request.user.has_perm("repayment.work", case):  # type: ignore[union-attr]
        return ""
    context = {"promise": row, "back": request.get_full_path(), **reason_choices()}
    return render_to_string("repayment/promise_end.html", context, request=request)


def reason_choices() -> dict[str, Any]:
    """Return why a promise may be taken back or struck out, in words."""
    return {
        "cancel_reasons": [(code, words.END_REASONS[code]) for code in CANCEL_REASONS],
        "invalid_reasons": [(code, words.END_REASONS[code]) for code in INVALID_REASONS],
    }
