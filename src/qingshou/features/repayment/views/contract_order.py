"""The contract's own order of a loan's payments, set on its account."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import desk_of
from qingshou.features.repayment.operations.contract_order import set_contract_order
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.views.money_shown import tell_money_refusal
from qingshou.kernel.errors import QingshouError


@require_POST
@requires("receipts.reverse")
def set_order(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """Keep what the contract says; what is left empty is the lender's."""
    owed_of_loan(loan_id=loan_id)
    desk, post = desk_of(request), request.POST
    try:
        set_contract_order(
            loan_id=loan_id, kinds=post.get("kinds", "").split(), sequence=post.get("sequence", ""),
            future=post.get("future", ""), reason=post.get("reason", ""), actor=desk.actor, now=desk.now,
        )  # fmt: skip
    except QingshouError as refusal:
        tell_money_refusal(request, refusal)
    else:
        messages.success(request, _("The contract's order holds for what comes from now on."))
    return redirect("repayment:statement", loan_id=loan_id)
