"""Agreements on a case's page: the open promise, the plan in force, the last offers, what can be borne."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import case_of, desk_of
from qingshou.features.repayment.phrases.budget import WILLINGNESS
from qingshou.features.repayment.queries.budgets import latest_budget
from qingshou.features.repayment.queries.offers import latest_search
from qingshou.features.repayment.queries.plans import list_plans_of
from qingshou.features.repayment.queries.promises import list_promises_of
from qingshou.features.repayment.views import plans, promise_list, promises
from qingshou.features.repayment.views.desk_shown import may_work
from qingshou.features.repayment.views.offer_shown import card_of

_SHOWN = 3


@require_GET
@requires("repayment.view")
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what was agreed on a case and what may be offered."""
    case, desk = case_of(request, case_id), desk_of(request)
    budget, search = latest_budget(case_id=case_id), latest_search(case_id=case_id)
    rows = list_plans_of(case_id=case_id, on=desk.day_of(case), limit=_SHOWN)
    context = {
        "case": case,
        "may_work": may_work(request, case),
        "promises": promises.lines_of(list_promises_of(case_id=case_id, limit=_SHOWN)),
        "plans": [plans.line_of(one, {}) for one in rows],
        "budget": budget,
        "willingness": WILLINGNESS[budget.willingness] if budget else "",
        "cards": [card_of(one, role=desk.role) for one in search.offers[:_SHOWN]] if search else [],
        "search": search.search if search else None,
        "back": f"/cases/{case_id}/",
        **promise_list.reason_choices(),
    }
    return render(request, "repayment/agreements_panel.html", context)
