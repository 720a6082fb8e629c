"""Open principal spread over a new schedule: the form on the account, and asking a second person."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import Desk, day_given
from qingshou.features.repayment.operations.re_amortising import propose_re_amortise
from qingshou.features.repayment.queries.owed import OwedOfLoan
from qingshou.features.repayment.views.loan_acts import acting, ensure_works
from qingshou.features.repayment.views.money_shown import NotFilledIn


@require_POST
@requires("repayment.work")
@acting
def ask(request: HttpRequest, owed: OwedOfLoan, desk: Desk) -> str:
    """Ask for the open principal to be spread over new due dates."""
    ensure_works(request, owed)
    first_on, times = day_given(request.POST.get("first_on", "")), request.POST.get("instalments", "")
    if first_on is None or not times.isascii() or not times.isdigit():
        raise NotFilledIn(_("Give the first new due date, and how many there are."))
    propose_re_amortise(
        loan_id=owed.loan_id, first_on=first_on, instalments=int(times[:4]),
        reason=request.POST.get("reason", "").strip(), actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return _("Asked: a second person decides.")
