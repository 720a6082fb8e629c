"""The page of a plan: its schedule and state, acceptance by code or signature, the agreement, taking it back."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import Refused, requires
from qingshou.access.queries import names_of_users
from qingshou.approvals.queries import list_requests_of
from qingshou.features.cases.views.shown import case_of, desk_of
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.repayment.errors import BadAgreementInput
from qingshou.features.repayment.operations import plan_accepting, plans
from qingshou.features.repayment.operations.agreements import make_agreement
from qingshou.features.repayment.operations.documents import open_document, store_document
from qingshou.features.repayment.phrases import agreements as words
from qingshou.features.repayment.queries import plans as queries
from qingshou.features.repayment.queries.budgets import latest_budget, shown_of
from qingshou.features.repayment.queries.documents import documents_of_case
from qingshou.features.repayment.rules.document_kinds import BYTES_MAX
from qingshou.features.repayment.rules.plan_policy import plan_policy
from qingshou.features.repayment.rules.plan_states import CANCEL_REASONS, PlanState, may_become
from qingshou.features.repayment.views import budget_shown
from qingshou.features.repayment.views.desk_shown import head_of, tell_refusal
from qingshou.features.repayment.views.offer_shown import card_of
from qingshou.features.repayment.views.plan_shown import accepted_effects, shown_plan
from qingshou.kernel.errors import QingshouError
from qingshou.privacy.clearance import sees_clear
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.queries import current_tenant

LANGUAGES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
_BY_PERSON = ("DEBTOR_WITHDREW", "LENDER_WITHDREW", "BY_AGREEMENT", "WRONG_TERMS")


@require_GET
@requires("repayment.view")
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Show a plan."""
    desk = desk_of(request)
    case = case_of(request, queries.case_of_plan(plan_id=plan_id))
    on = desk.day_of(case)
    page = queries.get_plan(plan_id=plan_id, on=on)
    budget = page.plan.offer.search.budget if page.plan.offer.search else latest_budget(case_id=case.id)
    state, asked = PlanState(page.plan.state), _asked(page.plan)
    context = {
        **head_of(request, case, desk, ""),
        **shown_plan(page, on=on, jurisdiction=desk.jurisdiction),
        "accepted": accepted_effects(page, queries.acceptance_of(plan=page.plan)),
        "card": card_of(page.plan.offer, role=desk.role),
        "budget": budget_shown.picture_of(shown_of([budget])[0]) if budget else None,
        "asked": asked,
        "people": names_of_users(usernames=[page.plan.made_by, asked.requested_by_name if asked else ""]),
        "documents": [
            budget_shown.document_line(one)
            for one in documents_of_case(case_id=case.id, kinds=("SIGNED_AGREEMENT", "AGREEMENT"))
        ],
        "languages": list(LANGUAGES.items()),
        "channels": [(code, CHANNELS[code]) for code in plan_policy(settings=current_tenant().settings).channels],
        "cancel_reasons": [(code, words.END_REASONS[code]) for code in CANCEL_REASONS if code in _BY_PERSON],
        "may_cancel": may_become(state, PlanState.CANCELLED) and page.plan.ended_on is None,
        "today": on,
    }
    return render(request, "repayment/plan.html", context)


def _asked(plan: Any) -> Any:
    """Return the request for approval of a plan, where one was made."""
    requests = list_requests_of(subject_id=plan.case_id)
    return next((one for one in requests if one.kind == plans.KIND and one.payload.get("plan") == str(plan.id)), None)


def _act(view: Callable[..., str]) -> Callable[..., HttpResponse]:
    """Turn a function that changes a plan and says what was done into a view: back to the plan with a message."""

    @wraps(view)
    def acting(request: HttpRequest, plan_id: UUID) -> HttpResponse:
        case = case_of(request, queries.case_of_plan(plan_id=plan_id), "repayment.work")
        try:
            done = view(request, plan_id, case)
        except QingshouError as refusal:
            tell_refusal(request, refusal)
        else:
            messages.success(request, done)
        return redirect("repayment:plan", plan_id=plan_id)

    return acting


@require_POST
@requires("repayment.work")
@_act
def ask_code(request: HttpRequest, plan_id: UUID, _case: Any) -> str:
    """Send the one-time code to the debtor."""
    desk = desk_of(request)
    plan_accepting.ask_code(plan_id=plan_id, channel=request.POST.get("channel", ""), actor=desk.actor, now=desk.now)
    return _("The code is on its way to the debtor.")


@require_POST
@requires("repayment.work")
@_act
def accept_code(request: HttpRequest, plan_id: UUID, _case: Any) -> str:
    """Accept by the code the debtor says."""
    desk = desk_of(request)
    plan_accepting.accept_by_code(plan_id=plan_id, digits=request.POST.get("digits", "")[:20], actor=desk.actor,
                                  now=desk.now)  # fmt: skip
    return _("The plan is accepted and in force.")


@require_POST
@requires("repayment.work")
@_act
def accept_signature(request: HttpRequest, plan_id: UUID, case: Any) -> str:
    """File the signed agreement and accept by it."""
    desk, sent = desk_of(request), request.FILES.get("signed")
    if sent is None:
        raise BadAgreementInput(_("Add the signed agreement, as a PDF or a picture."))
    filed = store_document(
        case_id=case.id, kind="SIGNED_AGREEMENT", content=sent.read(BYTES_MAX + 1),
        file_name=sent.name or "", actor=desk.actor, now=desk.now,
    )  # fmt: skip
    plan_accepting.accept_by_signature(plan_id=plan_id, document_hash=filed.document_hash, actor=desk.actor,
                                       now=desk.now)  # fmt: skip
    return _("The plan is accepted and in force.")


@require_POST
@requires("repayment.work")
@_act
def cancel(request: HttpRequest, plan_id: UUID, _case: Any) -> str:
    """Take a plan back."""
    desk = desk_of(request)
    plans.cancel_plan(plan_id=plan_id, reason=request.POST.get("reason", ""), actor=desk.actor, now=desk.now)
    return _("The plan is taken back. What was paid stays paid.")


@require_POST
@requires("repayment.work")
def agreement(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Draw up the agreement in a language and give it as PDF or Word."""
    case = case_of(request, queries.case_of_plan(plan_id=plan_id), "repayment.work")
    desk, post = desk_of(request), request.POST
    try:
        made = make_agreement(plan_id=plan_id, language=post.get("language", ""), actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        tell_refusal(request, refusal)
        return redirect("repayment:plan", plan_id=plan_id)
    row = made.word if post.get("form") == "docx" else made.pdf
    return _file(row.id, case.id, desk, name=f"{queries.get_plan(plan_id=plan_id, on=desk.today).plan.number}")


@require_GET
@requires("repayment.view")
def document(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """Open a document of a case; that it was opened is recorded."""
    case, desk = case_of(request, case_id), desk_of(request)
    if not sees_clear(desk.role, PersonalKind.NOTE):
        raise Refused(_("Documents are opened by roles that may read notes in clear."))
    return _file(document_id, case.id, desk, name=case.number)


def _file(document_id: UUID, case_id: UUID, desk: Any, *, name: str) -> HttpResponse:
    row, content = open_document(document_id=document_id, case_id=case_id, actor=desk.actor, now=desk.now)
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp",
              "image/heic": "heic"}.get(row.content_type, "docx")  # fmt: skip
    answer = HttpResponse(content, content_type=row.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{row.document_hash[:8]}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
