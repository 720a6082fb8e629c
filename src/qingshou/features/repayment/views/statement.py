"""A loan's statement of account: every movement with the balance after it, what is owed now, and what may be done."""

from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from qingshou.access.guards import Hidden, is_allowed, requires
from qingshou.access.queries import names_of_users
from qingshou.approvals.queries import list_requests_of
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState
from qingshou.edges.words import actor_words
from qingshou.features.book.finding import get_borrower
from qingshou.features.cases.queries.numbers import latest_cases_of
from qingshou.features.cases.views.shown import Desk, desk_of, facts_of
from qingshou.features.repayment.operations.re_ageing import KIND as RE_AGE
from qingshou.features.repayment.operations.re_amortising import KIND as RE_AMORTISE
from qingshou.features.repayment.phrases.ledger_acts import APPROVALS
from qingshou.features.repayment.phrases.money import (
    ACCOUNTS,
    LEDGER_STATES,
    MOVEMENTS,
    ORDERS,
    cited_words,
    reason_words,
)
from qingshou.features.repayment.phrases.orders import FUTURES, SEQUENCES, kinds_choices
from qingshou.features.repayment.phrases.re_ageing import APPROVAL as RE_AGE_ASKED
from qingshou.features.repayment.phrases.re_amortising import APPROVAL as RE_AMORTISE_ASKED
from qingshou.features.repayment.queries.owed import OwedOfLoan, owed_of_loan_with
from qingshou.features.repayment.queries.statement import StatementLine, statement_lines, statement_readings
from qingshou.features.repayment.views.money_shown import debtor_names
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

ASKED = {**APPROVALS, RE_AGE: RE_AGE_ASKED, RE_AMORTISE: RE_AMORTISE_ASKED}
KINDS = ("COSTS", "PENALTY", "INTEREST", "PRINCIPAL", "UNSPLIT")


def _of_kind(kind: str) -> Any:
    return lambda line: line["kinds"].get(kind, ZERO)


def _receipt(line: dict[str, Any]) -> str:
    return reverse("repayment:receipt", args=[line["line"].receipt_id])


def columns_of(currency: str, *, with_receipts: bool, kinds: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the columns of a statement in one currency; receipts open where the role may see them."""
    return (
        Column(key="date", label=gettext_lazy("Date"), kind="date", value=lambda line: line["line"].effective_date),
        Column(key="what", label=gettext_lazy("What"), value=lambda line: line["what"]),
        *(
            Column(key=kind.lower(), label=ACCOUNTS[kind], kind="money", value=_of_kind(kind),
                   currency=lambda _line: currency)
            for kind in kinds
        ),
        Column(key="amount", label=pgettext_lazy("statement", "Together"), kind="money",
               value=lambda line: line["line"].amount, currency=lambda _line: currency),
        Column(key="balance", label=gettext_lazy("Owed after it"), kind="money",
               value=lambda line: line["line"].balance, currency=lambda _line: currency),
        Column(key="why", label=gettext_lazy("Why"), kind="long", value=lambda line: line["why"]),
        Column(key="law", label=pgettext_lazy("statement", "Rests on"), kind="long", value=lambda line: line["law"]),
        Column(key="by", label=gettext_lazy("By"), value=lambda line: line["by"], shown=False),
        Column(key="recorded", label=gettext_lazy("Recorded"), kind="instant", shown=False,
               value=lambda line: line["line"].recorded_at),
        *(
            (Column(key="receipt", label=gettext_lazy("Receipt"),
                    value=lambda line: pgettext("verb", "Open") if line["line"].receipt_id else "", href=_receipt),)
            if with_receipts else ()
        ),
    )  # fmt: skip


@require_GET
@requires("statements.view")
def statement(request: HttpRequest, loan_id: UUID) -> HttpResponseBase:
    """Show the account of a loan, or export it."""
    desk = desk_of(request)
    owed, asked_together = owed_of_loan_with(*statement_readings(loan_id=loan_id), loan_id=loan_id)
    case = latest_cases_of(borrower_ids=[owed.borrower_id]).get(owed.borrower_id)
    _ensure_may_see(request, case)
    is_full = request.GET.get("full") == "1"
    moved = statement_lines(*asked_together, is_full=is_full)
    asked = [one for one in list_requests_of(subject_id=loan_id) if one.status == "PENDING"]
    people = names_of_users(usernames=[*(one.actor_name for one in moved), *(one.requested_by_name for one in asked)])
    lines = [_line(one) | {"by": actor_words(one.actor_name, people)} for one in moved]
    seen = {kind for line in lines for kind in line["kinds"]} | {slot.kind.value for slot in owed.parts or ()}
    columns = columns_of(owed.currency, with_receipts=is_allowed(request, "receipts.view"),
                         kinds=tuple(kind for kind in KINDS if kind in seen))  # fmt: skip
    state = TableState.of(request, columns)
    if state.export:
        shown = [column for column in columns if column.key in state.columns and column.key != "receipt"]
        return export_response(columns=shown, rows=lines, form=state.export, file_name=f"account-{owed.loan_ref}")
    table = Table(
        id="statement", caption=_("Statement of account"), columns=columns, rows=lines, state=state, total=len(lines),
        page_size=max(len(lines), 1), empty_title=_("No movement yet"),
        empty_text=_("The account opens with the first payment. Until then the core system's figures stand above."),
    )  # fmt: skip
    standing = owed.standing(on=desk.today)
    context = {
        "owed": owed, "table": table, "is_full": is_full, "name": _name(owed, desk), "case": case,
        "may_see_case": case is not None and cast(Any, request.user).has_perm("cases.view", facts_of(case)),
        "lender": desk.lender, "product_words": desk.product_words, "printed_at": desk.now,
        "state": LEDGER_STATES[owed.state], "standing": standing, "today": desk.today,
        **_by_due_date(owed, desk), **_acts(request, owed, case, asked, is_late=standing.overdue > 0), "people": people,
    }  # fmt: skip
    return render(request, "repayment/statement.html", context)


def _ensure_may_see(request: HttpRequest, case: Any) -> None:
    """Whoever keeps the books sees every account; others those of the cases they see."""
    user = cast(Any, request.user)
    if user.has_perm("receipts.view") or (case is not None and user.has_perm("cases.view", facts_of(case))):
        return
    raise Hidden("There is no such account. It may belong to someone else.", name="account")


def _name(owed: OwedOfLoan, desk: Desk) -> str:
    return debtor_names([get_borrower(borrower_id=owed.borrower_id)], desk, purpose="STATEMENT").get(
        owed.borrower_id, ""
    )  # fmt: skip


def _line(one: StatementLine) -> dict[str, Any]:
    kinds: dict[str, Decimal] = {}
    for part in one.parts:
        kinds[part.kind] = kinds.get(part.kind, ZERO) + part.amount
    reasons = dict.fromkeys(reason_words(part.reasons) for part in one.parts)
    law = cited_words(article for part in one.parts for article in part.articles)
    what = str(MOVEMENTS.get(one.kind, one.kind))
    if one.is_reversed:
        what = _("%(movement)s (replaced later)") % {"movement": what}
    why = [one.reason, str(ORDERS.get(one.rule, one.rule)), _stood_still(one), *reasons]
    return {
        "line": one, "kinds": kinds, "what": what, "why": " · ".join(part for part in why if part),
        "law": law,
    }  # fmt: skip


def _stood_still(one: StatementLine) -> str:
    if one.stood_still is None:
        return ""
    first, days = one.stood_still
    return ngettext("%(days)s day since %(date)s", "%(days)s days since %(date)s", days) % {
        "days": days, "date": first.isoformat(),
    }  # fmt: skip


def _by_due_date(owed: OwedOfLoan, desk: Desk) -> dict[str, Any]:
    """Return what is owed now as a table: a row a due date, a column a kind."""
    rows: dict[Any, dict[str, Decimal]] = {}
    for slot, amount in (owed.parts or {}).items():
        cells = rows.setdefault(slot.due_date, {})
        cells[slot.kind.value] = cells.get(slot.kind.value, ZERO) + amount
    kinds = [kind for kind in KINDS if any(kind in cells for cells in rows.values())]
    ordered = sorted(rows.items(), key=lambda item: (item[0] is None, item[0] or desk.today))
    return {
        "kinds": [ACCOUNTS[kind] for kind in kinds],
        "dues": [
            {"due_date": day, "is_due": day is not None and day <= desk.today,
             "cells": [cells.get(kind, ZERO) for kind in kinds], "total": sum(cells.values(), ZERO)}
            for day, cells in ordered
        ],
        "kind_totals": [sum((cells.get(kind, ZERO) for cells in rows.values()), ZERO) for kind in kinds],
        "is_unsplit": "UNSPLIT" in kinds,
    }  # fmt: skip


def _acts(
    request: HttpRequest, owed: OwedOfLoan, case: Any, asked: list[Any], *, is_late: bool
) -> dict[str, Any]:  # fmt: skip
    """Return what this person may do to the loan, and what of it waits for a second person."""
    user = cast(Any, request.user)
    is_open = bool(owed.parts) and owed.state == "OPEN"
    may_work = case is not None and user.has_perm("repayment.work", facts_of(case))
    kinds = owed.by_kind()
    return {
        "may_charge": is_open and is_allowed(request, "loans.charge"),
        "may_waive": is_open and may_work,
        "may_charge_off": is_open and may_work,
        "may_set_order": is_open and is_allowed(request, "receipts.reverse"),
        "orders": kinds_choices(), "sequences": SEQUENCES.items(), "futures": FUTURES.items(),
        "order": owed.order,
        "may_re_age": is_open and may_work and owed.is_due_known and is_late,
        "may_re_amortise": is_open and may_work and kinds.get(PartKind.PRINCIPAL, ZERO) > 0,
        "waivable": [(kind.value, ACCOUNTS[kind.value], amount) for kind, amount in kinds.items() if amount > 0],
        "asked": [
            {"row": one, "words": ASKED.get(one.kind, one.kind),
             "amounts": [(ACCOUNTS.get(kind, kind), Decimal(text)) for kind, text in
                         one.payload.get("amounts", {}).items()]}
            for one in asked
        ],
    }  # fmt: skip
