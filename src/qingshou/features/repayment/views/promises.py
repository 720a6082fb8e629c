"""Promises: what falls due, what was broken, what was kept; one taken at the desk, taken back, struck out."""

from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import Desk, case_of, day_given, desk_of, uuid_given
from qingshou.features.cases.views.whose import WHOSE, allowed_scopes, first_scope, owners_of
from qingshou.features.contact.phrases.calls import PAY_BY
from qingshou.features.repayment.errors import PromiseRefused
from qingshou.features.repayment.operations import promises as operations
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.phrases.promise_pages import FIGURES, SHELVES
from qingshou.features.repayment.queries import promises as queries
from qingshou.features.repayment.rules.promise_policy import promise_policy
from qingshou.features.repayment.rules.promises import CANCEL_REASONS, INVALID_REASONS
from qingshou.features.repayment.views.desk_shown import amount_given, head_of, tell_refusal
from qingshou.features.repayment.views.names import day_of_list, names_of
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

_TONES = {"OPEN": "note", "KEPT": "good", "BROKEN": "bad"}
_DAYS_BACK = 30


@require_GET
@requires("repayment.view")
def promises(request: HttpRequest) -> HttpResponse:
    """List promises by shelf, with how many were kept of those that fell due."""
    desk = desk_of(request)
    on = day_of_list(desk)
    shelf = request.GET.get("shelf", "")
    shelf = shelf if shelf in queries.SHELVES else "DUE_TODAY"
    whose, owners = _whose(request, desk)
    page = queries.list_promises(on=on, shelf=shelf, owner_ids=owners, after=_after(request))
    counts = queries.count_promises(on=on, owner_ids=owners)
    rates = queries.kept_rates(from_date=on - timedelta(days=_DAYS_BACK), until_date=on, owner_ids=owners)
    names = names_of([one.borrower_id for one in page.rows], desk, purpose="PROMISES")
    context = {
        "shelves": [
            {"code": code, "words": SHELVES[code], "count": counts.get(code), "is_here": code == shelf}
            for code in queries.SHELVES
        ],
        "shelf": shelf,
        "lines": [line_of(one, names) for one in page.rows],
        "after": f"{page.after[0].isoformat()}.{page.after[1]}" if page.after else "",
        "whose": whose,
        "scopes": [(code, WHOSE[code]) for code in allowed_scopes(desk.role)],
        "rates": rates,
        "formulas": FIGURES,
        "days_back": _DAYS_BACK,
        "today": on,
        **reason_choices(),
    }
    return render(request, "repayment/promises.html", context)


def _whose(request: HttpRequest, desk: Desk) -> tuple[str, tuple[Any, ...] | None]:
    allowed = allowed_scopes(desk.role)
    whose = request.GET.get("whose", "")
    whose = whose if whose in allowed else first_scope(desk.role)
    return whose, owners_of(whose, desk)


def _after(request: HttpRequest) -> tuple[date, UUID] | None:
    day, _dot, row = request.GET.get("after", "").partition(".")
    found, row_id = day_given(day), uuid_given(row)
    return (found, row_id) if found and row_id else None


def line_of(row: Any, names: Any) -> dict[str, Any]:
    """Return a promise as a list shows it."""
    return {
        "row": row, "name": names.get(row.borrower_id), "state": words.PROMISE_STATES[row.state],
        "tone": _TONES.get(row.state, ""), "kind": words.PROMISE_KINDS[row.kind],
        "reason": words.END_REASONS.get(row.ended_reason, ""), "pay_by": PAY_BY.get(row.pay_by, ""),
        "is_open": row.state == "OPEN",
    }  # fmt: skip


def reason_choices() -> dict[str, Any]:
    """Return why a promise may be taken back or struck out, in words."""
    return {
        "cancel_reasons": [(code, words.END_REASONS[code]) for code in CANCEL_REASONS],
        "invalid_reasons": [(code, words.END_REASONS[code]) for code in INVALID_REASONS],
    }


@require_http_methods(["GET", "POST"])
@requires("repayment.work")
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the form of a promise, or take it: what is wrong is named at its field."""
    case, desk = case_of(request, case_id, "repayment.work"), desk_of(request)
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in ("amount", "due_on", "pay_by")}
    problems: dict[str, object] = {}
    if request.method == "POST":
        amount, due_on = amount_given(given["amount"]), day_given(given["due_on"])
        if amount is None:
            problems["amount"] = words.REFUSALS["AMOUNT_NOT_ABOVE_ZERO"]
        if due_on is None:
            problems["due_on"] = _("Give the date promised.")
        if amount is not None and due_on is not None:
            try:
                promise = operations.record_promise(
                    case_id=case_id, amount=amount, due_on=due_on, pay_by=given["pay_by"], actor=desk.actor,
                    now=desk.now,
                )  # fmt: skip
            except PromiseRefused as refusal:
                found = cast(Any, refusal.fields["problems"])
                problems = {field: words.REFUSALS.get(code, code) for field, code in found.items()}
            else:
                messages.success(
                    request,
                    _("Promise taken: %(amount)s %(currency)s by %(day)s.")
                    % {"amount": f"{promise.amount:,.2f}", "currency": promise.currency, "day": promise.due_on},
                )
                return redirect("cases:case", case_id=case_id)
    return _form(request, case, desk, given, problems)


def _form(
    request: HttpRequest, case: Any, desk: Desk, given: dict[str, Any], problems: dict[str, object]
) -> HttpResponse:
    policy = promise_policy(settings=current_tenant().settings, severity=case.severity, product=case.product)
    on = desk.day_of(case)
    lines = [line_of(one, {}) for one in queries.list_promises_of(case_id=case.id, limit=10)]
    context = {
        **head_of(request, case, desk, ""), "given": given, "problems": problems, "today": on,
        "latest": on + timedelta(days=policy.days_ahead_max),
        "pay_by": [one for one in PAY_BY.items() if one[0] in policy.pay_by],
        "policy": policy, "lines": lines,
    }  # fmt: skip
    return render(request, "repayment/promise_form.html", context, status=422 if problems else 200)


@require_POST
@requires("repayment.work")
def end(request: HttpRequest, promise_id: UUID) -> HttpResponse:
    """Take a promise back, or strike it out, for a reason."""
    case_id = queries.case_of_promise(promise_id=promise_id)
    case_of(request, case_id, "repayment.work")
    desk, post = desk_of(request), request.POST
    said: dict[str, Any] = {"promise_id": promise_id, "reason": post.get("reason", ""), "actor": desk.actor,
                            "now": desk.now}  # fmt: skip
    try:
        if post.get("what") == "invalidate":
            operations.invalidate_promise(**said)
            messages.success(request, _("The promise is struck out."))
        else:
            operations.cancel_promise(**said)
            messages.success(request, _("The promise is taken back."))
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    back = post.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("cases:case", case_id=case_id)
