"""Arrears moved to new due dates: the form on the account, what the law says of it, and asking a second person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import day_given, desk_of
from qingshou.features.repayment.operations.ledger_errors import NotLawful
from qingshou.features.repayment.operations.re_ageing import propose_re_age
from qingshou.features.repayment.phrases.re_ageing import reasons_words
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.views.loan_acts import ensure_works
from qingshou.features.repayment.views.money_shown import NotFilledIn, amount_given, tell_money_refusal
from qingshou.kernel.errors import NotCovered, QingshouError


@require_POST
@requires("repayment.work")
def ask(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """Ask for the arrears to be moved; where the law does not allow it, say every reason with its article."""
    ensure_works(request, owed_of_loan(loan_id=loan_id))
    desk, post = desk_of(request), request.POST
    try:
        first_on, times = day_given(post.get("first_on", "")), post.get("instalments", "")
        if first_on is None or not times.isascii() or not times.isdigit():
            raise NotFilledIn(_("Give the first new due date, and how many there are."))
        propose_re_age(
            loan_id=loan_id, first_on=first_on, instalments=int(times[:4]),
            minimum_payment=amount_given(post.get("minimum_payment", "")), is_willing=post.get("is_willing") == "yes",
            reason=post.get("reason", "").strip(), actor=desk.actor, now=desk.now,
        )  # fmt: skip
    except NotLawful as refusal:
        why = reasons_words(refusal.fields["reasons"])  # type: ignore[arg-type]
        messages.error(request, _("The law does not allow it. %(why)s") % {"why": why})
    except NotCovered:
        messages.error(
            request,
            _(
                "No law entered for this place and product says when arrears may be moved, and the lender's settings "
                "do not allow it: agree on a plan instead."
            ),
        )
    except QingshouError as refusal:
        tell_money_refusal(request, refusal)
    else:
        messages.success(request, _("Asked: a second person decides."))
    return redirect("repayment:statement", loan_id=loan_id)
