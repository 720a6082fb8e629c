"""A budget told by word on the budget's page: signed off over a recorded call where the lender accepts that."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.operations.locked import process_of
from qingshou.features.cases.views.shown import Desk, case_of, desk_of, uuid_given
from qingshou.features.contact.queries.calls import calls_of_attempts, has_recording, last_attempts
from qingshou.features.repayment.operations.budget_by_word import NOTE, sign_off_by_word
from qingshou.features.repayment.operations.budgets import EVIDENCE
from qingshou.features.repayment.rules.by_word import by_word_policy
from qingshou.features.repayment.views.desk_shown import tell_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

_CALLS_MAX = 20


def by_word_of(case: Any, budget: Any, desk: Desk) -> dict[str, Any] | None:
    """Return how the budget stands by word: signed off over which call, or the calls it may be signed off over.

    Gives   None where the stage asks for no document, one is there, or the lender accepts no word
    """
    wanted = process_of(case).stage(case.stage).item(EVIDENCE)
    if budget is None or wanted is None or wanted.evidence != "DOCUMENT":
        return None
    given = case.evidence.filter(stage=case.stage, item=EVIDENCE).first()
    policy = by_word_policy(settings=current_tenant().settings)
    if (given is not None and given.note != NOTE) or (given is None and not policy.accepted):
        return None
    calls = _recorded(case)
    if given is not None:
        call = next((one for one in calls if one.recording.document_hash == given.document_hash), None)
        return {"given": given, "call": call}
    return {
        "budget": budget, "calls": calls, "days": policy.call_days_max, "may_sign": desk.role in policy.roles,
        "is_own": policy.by_another and budget.taken_by == desk.actor.name[:60],
    }  # fmt: skip


def _recorded(case: Any) -> list[Any]:
    attempts = [one for one in last_attempts(borrower_id=case.borrower_id, limit=_CALLS_MAX) if one.channel == "PHONE"]
    calls = calls_of_attempts(attempt_ids=[one.id for one in attempts])
    return [calls[one.id] for one in attempts if one.id in calls and has_recording(calls[one.id])]


@require_POST
@requires("repayment.work")
def sign(request: HttpRequest, case_id: UUID, budget_id: UUID) -> HttpResponse:
    """Sign a budget off that was told by word."""
    case_of(request, case_id, "repayment.work")
    desk, call_id = desk_of(request), uuid_given(request.POST.get("call", ""))
    if call_id is None:
        messages.error(request, _("Choose the call on which it was told."))
        return redirect("repayment:budget", case_id=case_id)
    try:
        sign_off_by_word(
            case_id=case_id, budget_id=budget_id, call_id=call_id, actor=desk.actor, role=desk.role, now=desk.now
        )
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Signed off: told by word on a recorded call."))
    return redirect("repayment:budget", case_id=case_id)
