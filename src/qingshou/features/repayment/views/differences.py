"""Where our books and the tape differ: the list of what no tape shows, exported, and settled by a person."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import is_allowed, requires
from qingshou.access.queries import names_of_users
from qingshou.edges.exports import export_response
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState
from qingshou.edges.words import actor_words
from qingshou.features.cases.views.shown import day_given, desk_of
from qingshou.features.repayment.operations.tape_differences import confirm_booked, take_ours_back
from qingshou.features.repayment.phrases.differences import KINDS, STATES, TITLE, TONES, settled_words
from qingshou.features.repayment.phrases.money import ACCOUNTS
from qingshou.features.repayment.queries import differences as queries
from qingshou.features.repayment.views.money_shown import amount_or_none, debtor_names, tell_money_refusal
from qingshou.kernel.errors import QingshouError

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 20_000
SETTLING = {"booked": confirm_booked, "taken-back": take_ours_back}

COLUMNS = (
    Column(key="loan", label=gettext_lazy("Loan"), sort=True, value=lambda line: line["row"].ledger.loan.loan_ref,
           href=lambda line: reverse("repayment:difference", args=[line["row"].id])),
    Column(key="debtor", label=gettext_lazy("Debtor"), value=lambda line: line["name"]),
    Column(key="kind", label=gettext_lazy("What we did"), words=KINDS, value=lambda line: line["row"].kind),
    Column(key="amount", label=gettext_lazy("Amount"), kind="money", sort=True, value=lambda line: line["row"].amount,
           currency=lambda line: line["row"].currency),
    Column(key="currency", label=gettext_lazy("Currency"), value=lambda line: line["row"].currency),
    Column(key="acted", label=gettext_lazy("Done on"), kind="date", sort=True, value=lambda line: line["row"].acted_on),
    Column(key="since", label=gettext_lazy("Missing since the tape of"), kind="date", sort=True,
           value=lambda line: line["row"].missing_since),
    Column(key="as_of", label=gettext_lazy("Last missed by the tape of"), kind="date", shown=False,
           value=lambda line: line["row"].missing_as_of),
    Column(key="by", label=gettext_lazy("By"), value=lambda line: line["by"]),
    Column(key="state", label=gettext_lazy("State"), kind="state", words=STATES, value=lambda line: line["row"].state,
           tone=lambda line: TONES[line["row"].state]),
    Column(key="settled_by", label=gettext_lazy("Settled by"), shown=False, value=lambda line: line["settled_by"]),
)  # fmt: skip


@require_GET
@requires("receipts.view")
def differences(request: HttpRequest) -> HttpResponseBase:
    """List what we did and no tape shows, what has been missing longest first, or export it."""
    desk = desk_of(request)
    open_first = {} if "state" in request.GET else {"state": "OPEN"}
    filters = Filters.reading(
        request.GET,
        [
            Filter(name="text", label=_("Number")),
            Filter(name="state", label=_("State"), choices=list(STATES.items())),
            Filter(name="kind", label=_("What we did"), choices=list(KINDS.items())),
            Filter(name="until", label=_("Missing since, at the latest"), input="date"),
            Filter(name="least", label=_("Amount from"), input="text"),
        ],
        defaults=open_first,
    )
    wanted = queries.DifferenceFilter(
        text=filters["text"], state=filters["state"] or queries.ANY_STATE, kind=filters["kind"],
        since_until=day_given(filters["until"]), amount_from=amount_or_none(filters["least"]),
    )  # fmt: skip
    state = TableState.of(request, COLUMNS, sort="since")
    rows = queries.list_differences(
        wanted=wanted, sort=state.sort, is_descending=state.descending,
        offset=0 if state.export else (state.page - 1) * PAGE_SIZE,
        limit=EXPORT_ROWS_MAX if state.export else PAGE_SIZE,
    )  # fmt: skip
    names = debtor_names(
        (row.ledger.loan.borrower for row in rows), desk, purpose="EXPORT" if state.export else "DIFFERENCES"
    )
    people = names_of_users(usernames=[name for row in rows for name in (row.acted_by, row.settled_by)])
    lines = [
        {"row": row, "name": names.get(row.ledger.borrower_id, ""), "by": actor_words(row.acted_by, people),
         "settled_by": settled_words(row.settled_by, people)}
        for row in rows
    ]  # fmt: skip
    if state.export:
        columns = [column for column in COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=lines, form=state.export, file_name="books-and-tape")
    table = Table(
        id="differences", caption=str(TITLE), columns=COLUMNS, rows=lines, state=state,
        total=queries.count_differences(wanted=wanted), page_size=PAGE_SIZE,
        empty_title=_("Books and tape agree"),
        empty_text=_("What was given up, charged or moved here stands in this list once a tape does not show it."),
        empty_href=reverse("repayment:differences") if filters.is_set else "", empty_action=_("Clear the filters"),
    )  # fmt: skip
    sums = [(KINDS[kind], *rest) for kind, *rest in queries.difference_sums(wanted=wanted)]
    context = {"table": table, "filters": filters, "sums": sums, "title": TITLE}
    return render(request, "repayment/differences.html", context)


@require_GET
@requires("receipts.view")
def difference(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """Show one difference, with the two ways to settle it."""
    desk, row = desk_of(request), queries.get_difference(difference_id=difference_id)
    borrower = row.ledger.loan.borrower
    people = names_of_users(usernames=[row.acted_by, row.settled_by])
    context = {
        "row": row, "loan": row.ledger.loan, "kind": KINDS[row.kind], "state": STATES[row.state],
        "tone": TONES[row.state], "title": TITLE, "settled_by": settled_words(row.settled_by, people),
        "people": people,
        "amounts": [(ACCOUNTS[kind], Decimal(amount)) for kind, amount in sorted(row.amounts.items())],
        "name": debtor_names([borrower], desk, purpose="DIFFERENCES").get(borrower.id, ""),
        "may_settle": row.state == "OPEN" and is_allowed(request, "receipts.reverse"),
    }  # fmt: skip
    return render(request, "repayment/difference.html", context)


@require_POST
@requires("receipts.reverse")
def settle(request: HttpRequest, difference_id: UUID, how: str) -> HttpResponse:
    """Settle a difference: the core system has it, or ours is taken back."""
    desk = desk_of(request)
    queries.get_difference(difference_id=difference_id)
    act: Callable[..., Any] = SETTLING[how]
    try:
        act(
            difference_id=difference_id, reason=request.POST.get("reason", ""), actor=desk.actor, now=desk.now,
            on=desk.today,
        )  # fmt: skip
    except QingshouError as refusal:
        tell_money_refusal(request, refusal)
        return redirect("repayment:difference", difference_id=difference_id)
    messages.success(request, pgettext_lazy("difference", "Settled."))
    return redirect("repayment:differences")
