"""Paying in parts: the offers, an own proposal with its figures as one types, a plan read and accepted by a code."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qingshou.features.cases.views.shown import uuid_given
from qingshou.features.portal.errors import NoSuchPage
from qingshou.features.portal.operations.proposals import Figures, choose_offer, figures_of, propose
from qingshou.features.portal.phrases.pages import DOOR_PROBLEMS, OFFERS, PROBLEMS
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.offers import own_offers
from qingshou.features.portal.views.asks import confirmed
from qingshou.features.portal.views.forms import Field, amount_given, digits_given, set_problem
from qingshou.features.portal.views.home import WORDS
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.errors import CodeRefused, OffersNotPossible, PlanNotNow, PlanRefused
from qingshou.features.repayment.operations.agreements import make_agreement
from qingshou.features.repayment.operations.documents import open_document
from qingshou.features.repayment.operations.plan_accepting import accept_by_code, ask_code
from qingshou.features.repayment.queries.budgets import latest_budget
from qingshou.features.repayment.queries.documents import documents_of_case
from qingshou.features.repayment.queries.plans import PlanPage, get_plan, plan_of_debtor
from qingshou.kernel.errors import BadInput

_DAY_MAX = 31


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def plan(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the offers and take the debtor's own proposal; where a plan waits or is in force, that one."""
    held = plan_of_debtor(borrower_id=visitor.borrower_id)
    budget = latest_budget(case_id=visitor.case.id)
    fields = _fields(request.POST if request.method == "POST" else request.GET, visitor)
    figures: Figures | None = None
    if request.method == "POST" and budget is not None and held is None:
        amount, day = _read(fields)
        if amount is not None and day is not None:
            try:
                made = propose(case=visitor.case, borrower_id=visitor.borrower_id, budget=budget, amount=amount,
                               day=day, on=visitor.today, now=visitor.now)  # fmt: skip
            except (BadInput, OffersNotPossible, PlanRefused, PlanNotNow) as refusal:
                fields[0].problem = _why_not(refusal)
            else:
                is_ask = hasattr(made, "answer_due_on")
                return confirmed(visitor, made) if is_ask else _to_plan(visitor, made.id)
    elif fields[0].value and budget is not None and held is None:
        figures = _figures(visitor, budget, fields)
    problems = [one for one in fields if one.problem]
    offers = own_offers(case_id=visitor.case.id) if budget is not None and held is None else []
    return visitor.page(
        request, "plan", status=422 if problems and request.method == "POST" else 200, fields=fields,
        problems=problems if request.method == "POST" else [], figures=figures, offers=[_shown(one) for one in offers],
        has_budget=budget is not None, held=get_plan(plan_id=held.id, on=visitor.today) if held else None,
        problem=PROBLEMS["NOT_NOW"] if request.GET.get("not") else "", **WORDS,
    )  # fmt: skip


@require_safe
@inside
def figures(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Return what a proposal comes to, for the page that is being typed into."""
    fields = _fields(request.GET, visitor)
    budget = latest_budget(case_id=visitor.case.id)
    found = _figures(visitor, budget, fields) if budget is not None and fields[0].value else None
    problem = next((one.problem for one in fields if one.problem), "") if fields[0].value else ""
    return visitor.page(request, "figures", figures=found, problem=problem)


@require_POST
@inside
def choose(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make a plan of one of the offers."""
    offer_id = uuid_given(request.POST.get("offer", ""))
    if offer_id is None:
        raise NoSuchPage("There is no such offer for this debtor.")
    try:
        made = choose_offer(case_id=visitor.case.id, offer_id=offer_id, now=visitor.now)
    except (PlanRefused, PlanNotNow):
        return redirect(f"{_address(visitor)}?not=1")
    return _to_plan(visitor, made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def one_plan(request: HttpRequest, visitor: Visitor, plan_id: UUID) -> HttpResponse:
    """Show a plan; while it waits, send the code and take it."""
    found = _own(visitor, plan_id)
    problem: object = ""
    is_sent = False
    if request.method == "POST":
        try:
            if request.POST.get("what") == "code":
                ask_code(plan_id=plan_id, actor=DEBTOR, now=visitor.now, is_asked_by_debtor=True)
                is_sent = True
            else:
                is_sent = True
                digits = digits_given(request.POST.get("code", ""))
                if digits:
                    accept_by_code(plan_id=plan_id, digits=digits, actor=DEBTOR, now=visitor.now,
                                   channel="PORTAL")  # fmt: skip
                    return redirect("portal:one_plan", lender=visitor.tenant.code, plan_id=plan_id)
                problem = DOOR_PROBLEMS["NO_DIGITS"]  # nothing was tried: it costs none of the tries
        except CodeRefused:
            problem = PROBLEMS["WRONG_CODE"]
        except PlanRefused:
            problem, is_sent = PROBLEMS["NOT_SENT"], False
        except PlanNotNow:
            problem, is_sent = PROBLEMS["NOT_NOW"], False
        found = _own(visitor, plan_id)
    return visitor.page(
        request, "one_plan", status=422 if problem else 200, plan=found, problem=problem, is_sent=is_sent, **WORDS
    )  # fmt: skip


@require_POST
@inside
def agreement(request: HttpRequest, visitor: Visitor, plan_id: UUID) -> HttpResponse:  # noqa: ARG001
    """Give the agreement as PDF, drawn up where it was not yet; that it was opened is recorded."""
    found = _own(visitor, plan_id)
    digest = found.plan.agreement_hash
    if not digest:
        made = make_agreement(plan_id=plan_id, language=visitor.language, actor=DEBTOR, now=visitor.now)
        digest = made.pdf.document_hash
    papers = documents_of_case(case_id=found.plan.case_id, kinds=("AGREEMENT",), limit=200)
    paper = next((one for one in papers if one.document_hash == digest), None)
    if paper is None:
        raise NoSuchPage("The agreement is not there.")
    _row, content = open_document(document_id=paper.id, case_id=found.plan.case_id, actor=DEBTOR, now=visitor.now)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.plan.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _own(visitor: Visitor, plan_id: UUID) -> PlanPage:
    found = get_plan(plan_id=plan_id, on=visitor.today)
    if found.plan.borrower_id != visitor.borrower_id:
        raise NoSuchPage("There is no such plan of this debtor.")
    return found


def _address(visitor: Visitor) -> str:
    return f"/my/{visitor.tenant.code}/plan/"


def _to_plan(visitor: Visitor, plan_id: UUID) -> HttpResponse:
    return redirect("portal:one_plan", lender=visitor.tenant.code, plan_id=plan_id)


def _fields(given: Any, visitor: Visitor) -> list[Field]:
    live = {"hx-get": f"{_address(visitor)}figures/", "hx-target": "#figures", "hx-include": "closest form",
            "hx-trigger": "input changed delay:350ms"}  # fmt: skip
    amount = Field("amount", _("How much can you pay each month?"), "money", value=given.get("amount", "")[:20],
                   unit=visitor.case.currency, attributes=live)  # fmt: skip
    day = Field("day", _("On which day of the month?"), value=given.get("day", "")[:2] or "10",
                attributes=live | {"inputmode": "numeric"},
                hint=_("For example the day after your pay comes."))  # fmt: skip
    return [amount, day]


def _read(fields: list[Field]) -> tuple[Decimal | None, int | None]:
    amount, text = amount_given(fields[0].value), fields[1].value.strip()
    day = int(text) if text.isascii() and text.isdigit() else 0
    if amount is None:
        set_problem(fields, "amount", "NO_AMOUNT")
    elif amount <= 0:
        set_problem(fields, "amount", "TOO_LITTLE")
        amount = None
    if not 1 <= day <= _DAY_MAX:
        set_problem(fields, "day", "NO_DAY")
        return amount, None
    return amount, day


def _figures(visitor: Visitor, budget: Any, fields: list[Field]) -> Figures | None:
    amount, day = _read(fields)
    if amount is None or day is None:
        return None
    try:
        return figures_of(case=visitor.case, budget=budget, amount=amount, day=day, on=visitor.today)
    except (BadInput, OffersNotPossible) as refusal:
        fields[0].problem = _why_not(refusal)
        return None


def _why_not(refusal: Exception) -> object:
    if isinstance(refusal, PlanNotNow | PlanRefused):
        return PROBLEMS["NOT_NOW"]
    return PROBLEMS["NO_PLAN"]


def _shown(offer: Any) -> dict[str, Any]:
    first = offer.schedule[0]
    return {
        "id": offer.id, "label": OFFERS.get(offer.label, OFFERS["ALTERNATIVE"]), "currency": offer.currency,
        "amount": Decimal(str(first["amount"])), "count": len(offer.schedule), "first_on": first["due_on"],
        "ends_on": offer.ends_on, "total": offer.total, "cost": offer.total_cost,
        "new_interest": Decimal(str(offer.terms.get("new_interest", "0"))),
    }  # fmt: skip
