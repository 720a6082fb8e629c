"""The terms of a plan as a part of the page on which a second person decides on it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import case_of, desk_of
from qingshou.features.repayment.queries import plans as queries
from qingshou.features.repayment.queries.budgets import latest_budget, shown_of
from qingshou.features.repayment.views import budget_shown
from qingshou.features.repayment.views.offer_shown import card_of
from qingshou.features.repayment.views.plan_shown import shown_plan


@require_GET
@requires("repayment.view")
def terms(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Show what is paid when, what is given up, which limit is passed and by how much, and what can be borne."""
    desk = desk_of(request)
    case = case_of(request, queries.case_of_plan(plan_id=plan_id))
    on = desk.day_of(case)
    page = queries.get_plan(plan_id=plan_id, on=on)
    offer = page.plan.offer
    card = card_of(offer, role=desk.role)
    budget = offer.search.budget if offer.search else latest_budget(case_id=case.id)
    context = {
        **shown_plan(page, on=on, jurisdiction=desk.jurisdiction),
        "case": case,
        "card": card,
        "passed": [one for one in card["limits"] if one["is_passed"]],
        "budget": budget_shown.picture_of(shown_of([budget])[0]) if budget else None,
    }
    return render(request, "repayment/plan_terms.html", context)
