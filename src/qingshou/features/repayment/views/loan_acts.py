"""What is done to a loan's account by hand: costs charged, part given up, charged off; beyond one's own limit asked."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import Hidden, ensure, requires
from qingshou.edges.figures import money
from qingshou.features.cases.queries.numbers import latest_cases_of
from qingshou.features.cases.views.shown import Desk, day_given, desk_of, facts_of
from qingshou.features.repayment.operations.ledger_approvals import ask_charge_off, ask_waiver
from qingshou.features.repayment.operations.ledger_errors import NeedsSecondPerson
from qingshou.features.repayment.operations.loan_acts import charge_costs, waive
from qingshou.features.repayment.operations.receipt_rows import check_amount
from qingshou.features.repayment.phrases.money import ACCOUNTS
from qingshou.features.repayment.queries.owed import OwedOfLoan, owed_of_loan
from qingshou.features.repayment.views.money_shown import NotFilledIn, amount_given, tell_money_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.money import ZERO, minor_digits
from qingshou.law.allocation.terms import PartKind

CHARGEABLE = ("COSTS", "PENALTY", "INTEREST")


def acting(view: Callable[[HttpRequest, OwedOfLoan, Desk], str]) -> Callable[..., HttpResponse]:
    """Lead back to the account after an act, with what was done or why it was not."""

    @wraps(view)
    def act(request: HttpRequest, loan_id: UUID) -> HttpResponse:
        owed = owed_of_loan(loan_id=loan_id)
        try:
            done = view(request, owed, desk_of(request))
        except QingshouError as refusal:
            tell_money_refusal(request, refusal)
        else:
            messages.success(request, done)
        return redirect("repayment:statement", loan_id=loan_id)

    return act


def ensure_works(request: HttpRequest, owed: OwedOfLoan) -> None:
    """Stop where this person does not work the debtor's case; the loan is then hidden."""
    case = latest_cases_of(borrower_ids=[owed.borrower_id]).get(owed.borrower_id)
    if case is None:
        raise Hidden("There is no such account. It may belong to someone else.", name="account")
    ensure(cast(Any, request.user), "repayment.work", facts_of(case), name="account")


@require_POST
@requires("loans.charge")
@acting
def charge(request: HttpRequest, owed: OwedOfLoan, desk: Desk) -> str:
    """Add costs, penalty or interest to what is owed."""
    post = request.POST
    kind = post.get("kind", "COSTS")
    if kind not in CHARGEABLE:
        raise NotFilledIn(_("Only costs, penalty and interest can be charged: principal comes from the core system."))
    due = post.get("due", "").strip()
    due_date = day_given(due)
    if due and due_date is None:
        raise NotFilledIn(_("Write the due date as YYYY-MM-DD, or leave it empty: then it is due today."))
    done = charge_costs(
        loan_id=owed.loan_id, amount=amount_given(post.get("amount", "")), reason=_reason(request), actor=desk.actor,
        now=desk.now, due_date=due_date, kind=PartKind(kind),
    )  # fmt: skip
    return _("Charged. Owed now: %(owed)s %(currency)s.") % _shown(done.owed, owed)


@require_POST
@requires("repayment.work")
@acting
def give_up(request: HttpRequest, owed: OwedOfLoan, desk: Desk) -> str:
    """Give up part of what is owed, or ask a second person where it is more than one may alone."""
    ensure_works(request, owed)
    amounts: dict[PartKind, Decimal] = {
        kind: amount_given(text) for kind in PartKind if (text := request.POST.get(f"amount-{kind.value}", "").strip())
    }
    _ensure_open(owed, amounts)
    try:
        done = waive(loan_id=owed.loan_id, amounts=amounts, reason=_reason(request), actor=desk.actor, now=desk.now)
    except NeedsSecondPerson:
        ask_waiver(loan_id=owed.loan_id, amounts=amounts, reason=_reason(request), actor=desk.actor, now=desk.now)
        return _("Asked: a second person decides.")
    return _("Given up. Owed now: %(owed)s %(currency)s.") % _shown(done.owed, owed)


@require_POST
@requires("repayment.work")
@acting
def write_off(request: HttpRequest, owed: OwedOfLoan, desk: Desk) -> str:
    """Ask a second person to charge the loan off."""
    ensure_works(request, owed)
    ask_charge_off(loan_id=owed.loan_id, reason=_reason(request), actor=desk.actor, now=desk.now)
    return _("Asked: a second person decides.")


def _ensure_open(owed: OwedOfLoan, amounts: dict[PartKind, Decimal]) -> None:
    """Stop where more would be given up of a kind than is open: nobody should decide on what cannot be."""
    open_amounts = owed.by_kind()
    for kind, amount in amounts.items():
        check_amount(amount, owed.currency)
        most = open_amounts.get(kind, ZERO)
        if amount > most:
            raise NotFilledIn(
                _("%(kind)s: only %(most)s %(currency)s is open. Give up that or less.")
                % {
                    "kind": ACCOUNTS[kind],
                    "most": f"{most:,.{minor_digits(owed.currency)}f}",
                    "currency": owed.currency,
                }
            )


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise NotFilledIn(_("Give the reason: it is kept with the account."))
    return reason


def _shown(amount: Decimal, owed: OwedOfLoan) -> dict[str, str]:
    return {"owed": money(amount, owed.currency), "currency": owed.currency}
