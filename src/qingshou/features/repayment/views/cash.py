"""The cash desk: find the debtor, see where the money would go, take it, print the receipt; what the day brought."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.edges.words import actor_words
from qingshou.features.book.finding import get_borrower
from qingshou.features.cases.views.shown import Desk, day_given, desk_of, uuid_given
from qingshou.features.repayment.operations.cash import take_cash
from qingshou.features.repayment.operations.ledger_errors import NoSuchReceipt
from qingshou.features.repayment.operations.preview import preview_receipt
from qingshou.features.repayment.phrases.money import ACCOUNTS, STATE_TONES, STATES, cited_words, reason_words
from qingshou.features.repayment.phrases.money_refusals import money_refusal_words
from qingshou.features.repayment.queries import receipt_list as queries
from qingshou.features.repayment.queries.receipts import explain_receipt
from qingshou.features.repayment.queries.statement import read_articles
from qingshou.features.repayment.rules.capitals import in_capitals
from qingshou.features.repayment.views.money_shown import (
    NotFilledIn,
    amount_given,
    debtor_names,
    loans_given,
    payers,
    tell_money_refusal,
)
from qingshou.features.repayment.views.receipt import debtors_named, with_loans
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant


@require_GET
@requires("receipts.cash")
def desk(request: HttpRequest) -> HttpResponse:
    """Show the cash desk: the debtor looked for, the form, and what was taken on the day."""
    me, text = desk_of(request), request.GET.get("q", "").strip()[:80].replace("\x00", "")
    day = day_given(request.GET.get("day", "")) or me.today
    chosen = _chosen(uuid_given(request.GET.get("debtor", "")), me)
    found: list[Any] = [] if chosen or not text else debtors_named(request, text)
    since, until = _bounds(day)
    taken = queries.list_cash(since=since, until=until)
    totals = queries.cash_totals(since=since, until=until)
    names = debtor_names([*found, *(row.borrower for row in taken)], me, purpose="CASH_DESK")
    context = {
        "text": text,
        "found": with_loans(found, names, me),
        "chosen": chosen,
        "currencies": sorted({loan["loan"].currency for loan in chosen["loans"]}) if chosen else [],
        "form_key": uuid4(),
        "day": day,
        "today": me.today,
        "totals": totals,
        "people": names_of_users(usernames=[*(row.cashier for row in taken), *(one.cashier for one in totals)]),
        "taken": [
            {"row": row, "name": names.get(row.borrower_id, ""), "state": STATES[row.state],
             "tone": STATE_TONES[row.state]}
            for row in taken
        ],
    }  # fmt: skip
    return render(request, "repayment/cash.html", context)


@require_POST
@requires("receipts.cash")
def preview(request: HttpRequest) -> HttpResponse:
    """Return where the amount would go, or why it cannot; a part of the desk."""
    me, query = desk_of(request), request.POST
    borrower = uuid_given(query.get("debtor", ""))
    if borrower is None or not query.get("amount", "").strip():
        return render(request, "repayment/cash_preview.html", {})
    try:
        amount, currency = amount_given(query["amount"]), query.get("currency", "")
        found = preview_receipt(
            borrower_id=borrower, amount=amount, currency=currency, on=me.today, loan_ids=loans_given(request)
        )
    except QingshouError as refusal:
        return render(request, "repayment/cash_preview.html", {"problem": money_refusal_words(refusal)})
    refs = {loan["loan"].loan_id: loan["loan"].loan_ref for loan in (_chosen(borrower, me) or {"loans": []})["loans"]}
    lines = [
        {"row": one, "loan_ref": refs.get(one.loan_id, ""), "account": ACCOUNTS.get(one.account, one.account),
         "why": reason_words(one.reasons), "law": cited_words(read_articles(one.law))}
        for one in found.lines
    ]  # fmt: skip
    context = {"lines": lines, "unapplied": found.unapplied, "amount": amount, "currency": currency,
               "capitals": _capitals(amount, currency)}  # fmt: skip
    return render(request, "repayment/cash_preview.html", context)


@require_POST
@requires("receipts.cash")
def take(request: HttpRequest) -> HttpResponse:
    """Take the cash and go to its receipt."""
    me, post = desk_of(request), request.POST
    borrower = uuid_given(post.get("debtor", ""))
    try:
        if borrower is None or get_borrower(borrower_id=borrower) is None:
            raise NotFilledIn(_("Choose a debtor."))
        done = take_cash(
            borrower_id=borrower, amount=amount_given(post.get("amount", "")), currency=post.get("currency", "")[:3],
            form_key=uuid_given(post.get("form_key", "")) or uuid4(), loan_ids=loans_given(request),
            payer_name=post.get("payer", "").strip()[:200], note=post.get("note", "").strip()[:400],
            actor=me.actor, now=me.now,
        )  # fmt: skip
    except QingshouError as refusal:
        tell_money_refusal(request, refusal)
        return redirect(f"{reverse('repayment:cash')}?debtor={borrower}" if borrower else "repayment:cash")
    messages.success(request, _("Taken. Receipt %(number)s.") % {"number": done.receipt.external_ref})
    return redirect("repayment:print_receipt", receipt_id=done.receipt.id)


@require_GET
@requires("receipts.cash")
def print_receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponseBase:
    """Show the receipt as paper; as PDF where the address asks for it."""
    me, row = desk_of(request), queries.get_receipt_row(receipt_id=receipt_id)
    if row.source != "CASH":
        raise NoSuchReceipt("A paper is given for cash only: other receipts have the bank's or the provider's.")
    explained = explain_receipt(receipt_id=receipt_id)
    context = {
        "row": row,
        "lender": current_tenant().name,
        "name": debtor_names([row.borrower], me, purpose="CASH_RECEIPT").get(row.borrower_id, ""),
        "payer": payers([row], me, purpose="CASH_RECEIPT")[row.id]["payer_name"] or "",
        "cashier": _cashier(queries.recorded_by(receipt_id=receipt_id)),
        "capitals": _capitals(row.amount, row.currency),
        "lines": _by_loan(explained.lines),
        "language": get_language() or "zh-hans",
    }
    if request.GET.get("form") != "pdf":
        return render(request, "repayment/cash_receipt.html", context)
    from weasyprint import HTML

    page = render_to_string("repayment/cash_receipt_pdf.html", context, request=request)
    reply = HttpResponse(HTML(string=page).write_pdf(), content_type="application/pdf")
    reply["Content-Disposition"] = f'inline; filename="{row.external_ref}.pdf"'
    return reply


def _cashier(username: str) -> str:
    """Return the cashier's name as the paper bears it; the sign-in name where the account is gone or has none."""
    return actor_words(username, names_of_users(usernames=[username]))


def _by_loan(lines: Any) -> list[dict[str, Any]]:
    """Add the lines up by loan and kind: the paper says how much, the page says why."""
    sums: dict[tuple[str, str], Any] = {}
    for line in lines:
        key = (line.loan_ref, line.account)
        sums[key] = sums.get(key, 0) + line.amount
    return [{"loan_ref": ref, "account": ACCOUNTS.get(kind, kind), "amount": total} for (ref, kind), total in
            sums.items()]  # fmt: skip


def _capitals(amount: Any, currency: str) -> str:
    """Return the amount in Chinese capitals, in the script of the page; 简体 beside any other language."""
    language = get_language() or ""
    return in_capitals(
        amount=amount, currency=currency, language="zh-hant" if language == "zh-hant" else "zh-hans"
    )  # fmt: skip


def _chosen(borrower_id: UUID | None, me: Desk) -> dict[str, Any] | None:
    found = get_borrower(borrower_id=borrower_id) if borrower_id else None
    if found is None:
        return None
    names = debtor_names([found], me, purpose="CASH_DESK")
    return with_loans([found], names, me)[0]


def _bounds(day: Any) -> tuple[datetime, datetime]:
    zone = ZoneInfo(current_tenant().time_zone)
    since = datetime.combine(day, time(), zone)
    return since, datetime.combine(day + timedelta(days=1), time(), zone)
