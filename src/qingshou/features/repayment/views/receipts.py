"""The receipts: every sum that came in, where it stands, filtered and exported; and the queue of those that wait."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import is_allowed, requires
from qingshou.access.queries import names_of_users
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.features.book.finding import list_borrowers
from qingshou.features.cases.views.shown import Desk, day_given, desk_of, uuid_given
from qingshou.features.repayment.operations.matching import match_waiting
from qingshou.features.repayment.phrases.money import SIGNS, SOURCES, STATE_TONES, STATES, matched_words
from qingshou.features.repayment.queries import receipt_list as queries
from qingshou.features.repayment.queries.differences import DifferenceFilter, count_differences
from qingshou.features.repayment.views.money_shown import amount_or_none, debtor_names, payers

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
_WORDS_MAX = 60


def _page(line: dict[str, Any]) -> str:
    return reverse("repayment:receipt", args=[line["row"].id])


def _currency(line: dict[str, Any]) -> str:
    return str(line["row"].currency)


COLUMNS = (
    Column(key="received", label=gettext_lazy("Received"), kind="instant", sort=True,
           value=lambda line: line["row"].received_at, href=_page),
    Column(key="value_date", label=gettext_lazy("Value date"), kind="date", sort=True,
           value=lambda line: line["row"].value_date),
    Column(key="amount", label=gettext_lazy("Amount"), kind="money", sort=True, currency=_currency,
           value=lambda line: line["row"].amount),
    Column(key="currency", label=gettext_lazy("Currency"), value=_currency),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=STATES,
           value=lambda line: line["row"].state, tone=lambda line: STATE_TONES[line["row"].state]),
    Column(key="debtor", label=gettext_lazy("Debtor"), value=lambda line: line["name"]),
    Column(key="unapplied", label=gettext_lazy("On no debt"), kind="money", currency=_currency,
           value=lambda line: line["row"].unapplied),
    Column(key="source", label=pgettext_lazy("receipt", "Source"), words=SOURCES,
           value=lambda line: line["row"].source),
    Column(key="matched", label=gettext_lazy("Matched by"), value=lambda line: line["matched"]),
    Column(key="bank_ref", label=gettext_lazy("Bank's number"), value=lambda line: bank_ref(line["row"])),
    Column(key="payment_ref", label=gettext_lazy("Payment reference"), value=lambda line: line["row"].payment_ref,
           shown=False),
)  # fmt: skip

QUEUE_COLUMNS = (
    Column(key="received", label=gettext_lazy("Received"), kind="instant", value=lambda line: line["row"].received_at,
           href=_page),
    Column(key="amount", label=gettext_lazy("Amount"), kind="money", currency=_currency,
           value=lambda line: line["row"].amount),
    Column(key="currency", label=gettext_lazy("Currency"), value=_currency),
    Column(key="payer", label=gettext_lazy("Payer"), value=lambda line: line["payer"]),
    Column(key="words", label=gettext_lazy("Payer's words"), kind="long", value=lambda line: line["words"]),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=STATES,
           value=lambda line: line["row"].state, tone=lambda line: STATE_TONES[line["row"].state]),
    Column(key="proposed", label=gettext_lazy("Perhaps"), value=lambda line: line["proposed"]),
    Column(key="why", label=gettext_lazy("Why"), kind="long", value=lambda line: line["why"]),
    Column(key="value_date", label=gettext_lazy("Value date"), kind="date", value=lambda line: line["row"].value_date,
           shown=False),
)  # fmt: skip


def bank_ref(row: Any) -> str:
    """Return the number a person knows a receipt by: the bank's, the provider's, or that on the paper; the whole's."""
    if row.whole_id is not None:
        return bank_ref(row.whole)
    return str(row.source_ref if row.source == "BANK_FILE" else row.external_ref)


def filters_of(request: HttpRequest) -> Filters:
    """Return the list's filters with what the address chooses."""
    states = [*STATES.items(), (queries.LEFT_OVER, gettext_lazy("Something on no debt"))]
    return Filters.of(
        request,
        [
            Filter(name="text", label=gettext_lazy("Number")),
            Filter(name="state", label=gettext_lazy("State"), choices=states),
            Filter(name="source", label=pgettext_lazy("receipt", "Source"), choices=list(SOURCES.items())),
            Filter(name="from", label=gettext_lazy("Value date from"), input="date"),
            Filter(name="until", label=gettext_lazy("until"), input="date"),
            Filter(name="least", label=gettext_lazy("Amount from"), input="text"),
            Filter(name="most", label=gettext_lazy("to"), input="text"),
        ],
    )


def wanted_of(filters: Filters, request: HttpRequest) -> queries.ReceiptFilter:
    """Return what the query is asked for."""
    return queries.ReceiptFilter(
        text=filters["text"], state=filters["state"], source=filters["source"],
        value_from=day_given(filters["from"]), value_until=day_given(filters["until"]),
        amount_from=amount_or_none(filters["least"]), amount_until=amount_or_none(filters["most"]),
        bank_file_id=uuid_given(request.GET.get("file", "")),
    )  # fmt: skip


@require_GET
@requires("receipts.view")
def receipts(request: HttpRequest) -> HttpResponseBase:
    """List the receipts, the latest first, or export them."""
    desk, filters = desk_of(request), filters_of(request)
    state, wanted = TableState.of(request, COLUMNS, sort="-received"), wanted_of(filters, request)
    rows = queries.list_receipt_rows(
        wanted=wanted, sort=state.sort, is_descending=state.descending,
        offset=0 if state.export else (state.page - 1) * PAGE_SIZE,
        limit=EXPORT_ROWS_MAX if state.export else PAGE_SIZE,
    )  # fmt: skip
    names = debtor_names((row.borrower for row in rows), desk, purpose="EXPORT" if state.export else "RECEIPTS")
    people = names_of_users(usernames=[row.matched_by for row in rows])
    lines = [
        {"row": row, "name": names.get(row.borrower_id, ""), "matched": matched_words(row.matched_by, people)}
        for row in rows
    ]
    if state.export:
        columns = [column for column in COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=lines, form=state.export, file_name="receipts")
    total = queries.count_receipt_rows(wanted=wanted)
    table = Table(
        id="receipts", caption=_("Receipts"), columns=COLUMNS, rows=lines, state=state,
        total=min(total, queries.COUNT_MAX), total_is_least=total > queries.COUNT_MAX, page_size=PAGE_SIZE,
        empty_title=_("No receipt fits") if filters.is_set else _("No money has come in yet"),
        empty_text=_("Receipts come from banks' files, the cash desk, the interface and payment providers."),
        **_way_out(request, filters),
    )  # fmt: skip
    context = {
        "table": table, "filters": filters, "sums": queries.sums_of(wanted=wanted),
        "waiting": queries.count_queue(), "differences": count_differences(wanted=DifferenceFilter()),
        "may_take": is_allowed(request, "receipts.take"),
        "may_cash": is_allowed(request, "receipts.cash"),
    }  # fmt: skip
    return render(request, "repayment/receipts.html", context)


def _way_out(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    if filters.is_set:
        return {"empty_href": reverse("repayment:receipts"), "empty_action": _("Clear the filters")}
    if is_allowed(request, "receipts.take"):
        return {"empty_href": reverse("repayment:bank_files"), "empty_action": _("Take a bank file in")}
    return {}


def _waiting() -> int:
    return queries.count_receipt_rows(wanted=queries.ReceiptFilter(state="UNMATCHED")) + queries.count_receipt_rows(
        wanted=queries.ReceiptFilter(state="PROPOSED")
    )


@require_GET
@requires("receipts.view")
def queue(request: HttpRequest) -> HttpResponseBase:
    """Show the receipts that wait for a person, the oldest first."""
    desk, state = desk_of(request), TableState.of(request, QUEUE_COLUMNS)
    limit = EXPORT_ROWS_MAX if state.export else PAGE_SIZE
    rows = queries.list_queue(offset=0 if state.export else (state.page - 1) * PAGE_SIZE, limit=limit)
    lines = _queue_lines(rows, desk)
    if state.export:
        columns = [column for column in QUEUE_COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=lines, form=state.export, file_name="receipts-waiting")
    table = Table(
        id="queue", caption=_("Receipts to be matched"), columns=QUEUE_COLUMNS, rows=lines, state=state,
        total=_waiting(), page_size=PAGE_SIZE, empty_title=_("Nothing waits"),
        empty_text=_("Every receipt stands on a debt. What no rule can place comes here."),
        empty_href=reverse("repayment:receipts"), empty_action=_("All receipts"),
    )  # fmt: skip
    context = {"table": table, "may_take": is_allowed(request, "receipts.take"), "first": queries.next_in_queue()}
    return render(request, "repayment/queue.html", context)


def _queue_lines(rows: list[Any], desk: Desk) -> list[dict[str, Any]]:
    best = {row.id: row.proposals[0] for row in rows if row.proposals}
    people = list_borrowers(borrower_ids={UUID(one["borrower"]) for one in best.values()})
    names = debtor_names(people.values(), desk, purpose="RECEIPT_QUEUE")
    paid = payers(rows, desk, purpose="RECEIPT_QUEUE")
    return [
        {
            "row": row,
            "payer": paid[row.id]["payer_name"] or "",
            "words": Truncator(" ".join((paid[row.id]["remittance"] or "").split())).chars(_WORDS_MAX),
            "proposed": names.get(UUID(best[row.id]["borrower"]), "") if row.id in best else "",
            "why": "; ".join(str(SIGNS.get(code, code)) for code, _points in best[row.id]["codes"])
            if row.id in best else "",
        }
        for row in rows
    ]  # fmt: skip


@require_POST
@requires("receipts.take")
def match_again(request: HttpRequest) -> HttpResponseBase:
    """Match the whole queue again: something may have come since."""
    desk = desk_of(request)
    done = match_waiting(actor=desk.actor, now=desk.now)
    messages.success(
        request,
        _("%(applied)s put on debts, %(proposed)s with proposals, %(unmatched)s of nobody known.") % done.as_dict(),
    )
    return redirect("repayment:queue")
