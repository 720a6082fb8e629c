"""One promise: taken at the desk, taken back, struck out."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.edges.figures import money
from qingshou.features.cases.views.shown import Desk, case_of, day_given, desk_of
from qingshou.features.contact.phrases.calls import PAY_BY
from qingshou.features.repayment.errors import PromiseRefused
from qingshou.features.repayment.operations import promises as operations
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.queries import promises as queries
from qingshou.features.repayment.queries.owed import owed_of_borrower
from qingshou.features.repayment.rules.promise_policy import promise_policy
from qingshou.features.repayment.views.desk_shown import amount_given, head_of, tell_refusal
from qingshou.features.repayment.views.promise_list import TONES
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.money import ZERO
from qingshou.tenancy.queries import current_tenant


def lines_of(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return promises of one case as its pages show them, with what the core system booked towards each."""
    by_core = queries.list_booked_by_core(promise_ids=[one.id for one in rows])
    return [{**line_of(one, {}), "by_core": by_core.get(one.id, ())} for one in rows]


def line_of(row: Any, names: Any) -> dict[str, Any]:
    """Return a promise as a list shows it."""
    return {
        "row": row, "name": names.get(row.borrower_id), "state": words.PROMISE_STATES[row.state],
        "tone": TONES.get(row.state, ""), "kind": words.PROMISE_KINDS[row.kind],
        "reason": words.END_REASONS.get(row.ended_reason, ""), "pay_by": PAY_BY.get(row.pay_by, ""),
        "is_open": row.state == "OPEN",
    }  # fmt: skip


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
            problems["amount"] = _("Write the amount as a number, for example 1234.50.")
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
                    % {
                        "amount": money(promise.amount, promise.currency),
                        "currency": promise.currency,
                        "day": promise.due_on,
                    },
                )
                return redirect("cases:case", case_id=case_id)
    return _form(request, case, desk, given, problems)


def _form(
    request: HttpRequest, case: Any, desk: Desk, given: dict[str, Any], problems: dict[str, object]
) -> HttpResponse:
    policy = promise_policy(settings=current_tenant().settings, severity=case.severity, product=case.product)
    on = desk.day_of(case)
    lines = lines_of(queries.list_promises_of(case_id=case.id, limit=10))
    context = {
        **head_of(request, case, desk, ""), "given": given, "problems": problems, "today": on,
        "latest": on + timedelta(days=policy.days_ahead_max),
        "pay_by": [one for one in PAY_BY.items() if one[0] in policy.pay_by],
        "people": names_of_users(usernames=[one["row"].taken_by for one in lines]),
        "policy": policy, "lines": lines, **_owing(case, on),
    }  # fmt: skip
    return render(request, "repayment/promise_form.html", context, status=422 if problems else 200)


def _owing(case: Any, on: date) -> dict[str, Decimal | None]:
    """Return what the debtor owes now in the case's currency, payments of today taken off; None: nobody knows."""
    owed = [one for one in owed_of_borrower(borrower_id=case.borrower_id) if one.currency == case.currency]
    standings = [one.standing(on=on) for one in owed]
    return {
        "in_all": sum((one.total for one in owed), ZERO) if all(one.parts is not None for one in owed) else None,
        "overdue": sum((one.overdue for one in standings), ZERO) if all(one.is_due_known for one in owed) else None,
    }


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
