"""Plans by shelf: those at risk first, so that a call comes before a break."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import case_of, desk_of, uuid_given
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.phrases.promise_pages import PLAN_SHELVES, SHELF_EMPTY
from qingshou.features.repayment.queries import plans as queries
from qingshou.features.repayment.views.names import day_of_list, names_of
from qingshou.features.repayment.views.plan_shown import TONES


@require_GET
@requires("repayment.view")
def plans(request: HttpRequest) -> HttpResponse:
    """List plans by shelf."""
    desk = desk_of(request)
    on = day_of_list(desk)
    allowed = allowed_scopes(desk.role)
    whose = request.GET.get("whose", "")
    whose = whose if whose in allowed else first_scope(desk.role)
    owners = owners_of(whose, desk)
    shelf = request.GET.get("shelf", "")
    shelf = shelf if shelf in queries.SHELVES else "AT_RISK"
    page = queries.list_plans(on=on, shelf=shelf, owner_ids=owners, after=_after(request))
    counts = queries.count_plans(on=on, owner_ids=owners)
    names = names_of([one.borrower_id for one in page.rows], desk, purpose="PLANS")
    context = {
        "shelves": [
            {"code": code, "words": PLAN_SHELVES[code], "count": counts.get(code), "is_here": code == shelf}
            for code in queries.SHELVES
        ],
        "shelf": shelf,
        "shelf_words": PLAN_SHELVES[shelf],
        "empty_text": SHELF_EMPTY[shelf],
        "lines": [line_of(one, names) for one in page.rows],
        "after": f"{page.after[0].isoformat()}~{page.after[1]}" if page.after else "",
        "whose": whose,
        "scopes": [(code, WHOSE[code]) for code in allowed],
        "today": on,
    }
    return render(request, "repayment/plans.html", context)


def line_of(row: Any, names: Any) -> dict[str, Any]:
    """Return a plan as a list shows it."""
    return {"row": row, "name": names.get(row.borrower_id), "state": words.PLAN_STATES[row.state],
            "tone": TONES.get(row.state, ""), "kind": words.PLAN_KINDS[row.kind]}  # fmt: skip


def _after(request: HttpRequest) -> tuple[datetime, UUID] | None:
    text, _mark, row = request.GET.get("after", "").partition("~")
    row_id = uuid_given(row)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at, row_id) if row_id and at.tzinfo else None


@require_GET
@requires("repayment.view")
def waiting(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Lead whoever decides to the plan of a case that waits, or to the case where none does."""
    case_of(request, case_id)
    plan_id = queries.waiting_plan_of(case_id=case_id)
    if plan_id is None:
        return redirect("cases:case", case_id=case_id)
    return redirect("repayment:plan", plan_id=plan_id)
