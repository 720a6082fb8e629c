"""A receipt for several debtors: who gets how much, one line each as it comes from a list; and joined again."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.edges.figures import money
from qingshou.features.cases.views.shown import desk_of
from qingshou.features.repayment.operations.receipt_parts import PARTS_MAX, Share, join_parts, split_over_debtors
from qingshou.features.repayment.phrases.money_refusals import money_refusal_words
from qingshou.features.repayment.queries.receipt_list import get_receipt_row
from qingshou.features.repayment.queries.receipt_shares import owners_of_numbers
from qingshou.features.repayment.views.money_shown import NotFilledIn, amount_given, tell_money_refusal
from qingshou.features.repayment.views.receipt import may_split
from qingshou.features.repayment.views.receipt_acts import reason_given
from qingshou.features.repayment.views.receipts import bank_ref
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.money import ZERO

_TEXT_MAX = 20_000


@require_http_methods(["GET", "POST"])
@requires("receipts.take")
def split(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Show the form that splits a receipt over several debtors, or split it; what is wrong is named by its line."""
    desk, row = desk_of(request), get_receipt_row(receipt_id=receipt_id)
    text, problems = request.POST.get("shares", "")[:_TEXT_MAX], list[str]()
    if request.method == "POST":
        shares, problems = _read(text, row.amount, row.currency)
        if not problems:
            try:
                done = split_over_debtors(receipt_id=receipt_id, shares=shares, actor=desk.actor, now=desk.now)
            except QingshouError as refusal:
                if refusal.http_status in (403, 404):
                    raise
                problems = [money_refusal_words(refusal)]
            else:
                told = ngettext("Split into %(count)s part.", "Split into %(count)s parts.", len(done))
                messages.success(request, told % {"count": len(done)})
                return redirect("repayment:receipt", receipt_id=receipt_id)
    elif not may_split(row):
        return redirect("repayment:receipt", receipt_id=receipt_id)
    context = {"row": row, "number": bank_ref(row), "text": text, "problems": problems}
    return render(request, "repayment/receipt_split.html", context, status=422 if problems else 200)


def _read(text: str, amount: Decimal, currency: str) -> tuple[list[Share], list[str]]:
    """Read lines of a number and an amount; returns the shares, and what is wrong with each line."""
    lines = [(place, line.split()) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
    owners = owners_of_numbers(numbers={parts[0] for _place, parts in lines})
    shares, problems, total = [], [], ZERO
    for place, parts in lines[: PARTS_MAX + 1]:
        try:
            if len(parts) != 2:
                raise NotFilledIn(_("Write a number, a space and an amount."))
            given = amount_given(parts[1])
            owner = owners.get(parts[0])
            if owner is None:
                raise NotFilledIn(_("No debtor, loan or case has this number."))
        except NotFilledIn as wrong:
            problems.append(_("Line %(line)s: %(what)s") % {"line": place, "what": wrong.message})
            continue
        borrower, loan = owner
        shares.append(Share(borrower, given, (loan,) if loan else ()))
        total += given
    if not problems and not 1 < len(lines) <= PARTS_MAX:
        problems.append(_("Write two to %(most)s lines, each for one debtor.") % {"most": PARTS_MAX})
    elif not problems and total != amount:
        words = _("The lines add up to %(total)s, the receipt is %(amount)s %(currency)s: they must be the same.")
        shown: dict[str, Any] = {"total": money(total, currency), "amount": money(amount, currency)}
        problems.append(words % (shown | {"currency": currency}))
    return shares, problems


@require_POST
@requires("receipts.take")
def join(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Take every part of a receipt off the debts and make it one again."""
    get_receipt_row(receipt_id=receipt_id)
    desk = desk_of(request)
    try:
        join_parts(receipt_id=receipt_id, reason=reason_given(request), actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_money_refusal(request, refusal)
    else:
        messages.success(request, _("The parts are joined. The receipt waits in the queue again."))
    return redirect("repayment:receipt", receipt_id=receipt_id)
