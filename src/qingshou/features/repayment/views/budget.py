"""The budget of a debtor: the short form first, totals while one types, the last budgets beside."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import Desk, case_of, desk_of
from qingshou.features.repayment.errors import BudgetRefused, DocumentRefused
from qingshou.features.repayment.operations.budgets import our_balance, record_budget
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.phrases import budget as words
from qingshou.features.repayment.phrases.desk import ORIGINS, PROBLEMS
from qingshou.features.repayment.queries.budgets import country_of, judge_told, list_budgets, shown_of
from qingshou.features.repayment.queries.documents import documents_of_case
from qingshou.features.repayment.rules.budget_forms import FORMS, BudgetForm
from qingshou.features.repayment.rules.document_kinds import BYTES_MAX
from qingshou.features.repayment.rules.told_budget import problems_of_budget
from qingshou.features.repayment.views import budget_shown as drawn
from qingshou.features.repayment.views.budget_by_word import by_word_of
from qingshou.features.repayment.views.budget_form import carried_of, form_of, groups_of, told_of, values_of
from qingshou.features.repayment.views.desk_shown import head_of, may_work, tell_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

_COMPARED = 3
_NEW = "0" * 64  # stands for the file that is sent along, while one only looks


@require_http_methods(["GET", "POST"])
@requires("repayment.view")
def budget(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the budget of a case's debtor, or take a new one."""
    case, desk = case_of(request, case_id), desk_of(request)
    if request.method == "POST":
        return _take(request, case_of(request, case_id, "repayment.work"), desk)
    return _page(request, case, desk)


def _take(request: HttpRequest, case: Any, desk: Desk) -> HttpResponse:
    post = cast(Any, request.POST)
    form = form_of(post.get("form", ""))
    try:
        told = told_of(post, form, new_document=_sent(request, case, desk))
        taken = record_budget(
            case_id=case.id, told=told, actor=desk.actor, now=desk.now, note=post.get("note", "").strip(),
            source="CALL" if post.get("origin") == "CALL" else "DESK",
        )  # fmt: skip
    except BudgetRefused as refusal:
        problems: Any = refusal.fields["problems"]
        messages.error(request, _("The budget is not saved yet: look at the fields marked."))
        return _page(request, case, desk, given=post, problems=problems, status=422)
    except DocumentRefused as refusal:
        tell_refusal(request, refusal)
        return _page(request, case, desk, given=post, problems={"document": "DOCUMENT_MISSING"}, status=422)
    messages.success(
        request,
        _("Budget taken: %(low)s to %(high)s %(currency)s a month can be borne.")
        % {"low": f"{taken.band_low:,.2f}", "high": f"{taken.band_high:,.2f}", "currency": taken.currency},
    )
    return redirect("repayment:offers" if taken.band_high > 0 else "repayment:budget", case_id=case.id)


def _sent(request: HttpRequest, case: Any, desk: Desk) -> str:
    """File the document that came along; gives its hash."""
    sent = request.FILES.get("document")
    if sent is None:
        return ""
    row = store_document(
        case_id=case.id, kind="INCOME_PROOF", content=sent.read(BYTES_MAX + 1),
        file_name=sent.name or "", actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return str(row.document_hash)


def _page(
    request: HttpRequest, case: Any, desk: Desk, *, given: Any = None, problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    budgets = shown_of(list_budgets(case_id=case.id, limit=_COMPARED))
    latest = budgets[0] if budgets else None
    asked = (given or request.GET).get("form", "")
    form = form_of(asked, otherwise=latest.budget.form if latest else "SHORT")
    values = given if given is not None else values_of(latest, form)
    documents = documents_of_case(case_id=case.id, kinds=("INCOME_PROOF", "HARDSHIP_PROOF", "OTHER"))
    by_word = by_word_of(case, latest.budget if latest else None, desk)
    context = {
        **head_of(request, case, desk, "budget"),
        "form": form,
        "forms": [(code, words.FORMS[code]) for code in FORMS],
        "form_words": words.FORMS[form.code],
        "groups": groups_of(form, values, problems or {}),
        "carried": carried_of(latest, form) if given is None else None,
        "values": _household(values, desk),
        "problems": {field: PROBLEMS.get(code, code) for field, code in (problems or {}).items()},
        "documents": [drawn.document_line(one) for one in documents],
        "every": list(words.EVERY.items()),
        "sources": list(words.SOURCES.items()),
        "willingness": list(words.WILLINGNESS.items()),
        "latest": drawn.picture_of(latest) if latest else None,
        "by_word": by_word,
        "people": _people(latest, by_word),
        "compared": drawn.compared(budgets) if len(budgets) > 1 else None,
        "origins": ORIGINS,
    }
    return render(request, "repayment/budget.html", context, status=status)


def _people(latest: Any, by_word: dict[str, Any] | None) -> dict[str, str]:
    """Return the names of who took the latest budget and who signed it off."""
    given = (by_word or {}).get("given")
    return names_of_users(usernames=[latest.budget.taken_by if latest else "", given.given_by if given else ""])


def _household(values: Any, desk: Desk) -> dict[str, str]:
    return {
        "adults": values.get("adults", "") or "1", "children": values.get("children", "") or "0",
        "place": values.get("place", "") or country_of(desk.jurisdiction),
        "willingness": values.get("willingness", "") or "UNKNOWN", "note": values.get("note", ""),
        "origin": values.get("origin", ""),
    }  # fmt: skip


@require_POST
@requires("repayment.view")
def figures(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return the totals of what stands in the form now; nothing is kept."""
    case, desk = case_of(request, case_id), desk_of(request)
    form: BudgetForm = form_of(request.POST.get("form", ""))
    told = told_of(cast(Any, request.POST), form, new_document=_NEW)
    problems = problems_of_budget(told=told, currency=case.currency)
    picture = None
    if not problems:
        try:
            judged = judge_told(
                told=told, currency=case.currency, on=desk.day_of(case), settings=current_tenant().settings,
                our_balance=our_balance(case),
            )  # fmt: skip
            picture = drawn.picture_of_judged(judged)
        except QingshouError as refusal:
            problems = []
            return render(request, "repayment/budget_figures.html", {"refusal": _(refusal.message)})
    wrong = [
        {"field": words.HEADINGS.get(one.field, ""), "words": PROBLEMS.get(one.code, one.code)}
        for one in problems
        if one.code != "NOTHING_TOLD"
    ]
    return render(request, "repayment/budget_figures.html", {
        "picture": picture, "wrong": wrong, "case": case, "may_work": may_work(request, case),
    })  # fmt: skip
