"""Offers to a debtor side by side; own terms with live figures; what is offered, countered, refused or made a plan."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import Desk, case_of, desk_of, uuid_given
from qingshou.features.repayment.errors import BadAgreementInput, OffersNotPossible
from qingshou.features.repayment.operations import offers as operations
from qingshou.features.repayment.operations.negotiation import note_step
from qingshou.features.repayment.phrases import negotiation as talk_words
from qingshou.features.repayment.phrases import offers as words
from qingshou.features.repayment.queries import offers as queries
from qingshou.features.repayment.queries.budgets import latest_budget
from qingshou.features.repayment.queries.negotiating import Negotiable, negotiable_of
from qingshou.features.repayment.queries.negotiation import proposers_of
from qingshou.features.repayment.rules.offer_policy import offer_policy
from qingshou.features.repayment.rules.owed import PARTS
from qingshou.features.repayment.views.desk_shown import (
    article_words,
    calls_to_choose,
    head_of,
    policy_words,
    tell_refusal,
)
from qingshou.features.repayment.views.offer_shown import PARTS as PART_WORDS
from qingshou.features.repayment.views.offer_shown import card_of
from qingshou.features.repayment.views.own_terms import kept_fields, loans_wished, terms_given, wish_given
from qingshou.kernel.errors import QingshouError
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.queries import current_tenant

_PERIODS_SHOWN_MAX, _PERIODS_USUAL = 60, 12
SAYABLE = ("OFFERED", "REFUSED", "WITHDRAWN")


@require_GET
@requires("repayment.view")
def offers(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the offers of the last search side by side."""
    case, desk = case_of(request, case_id), desk_of(request)
    return render(request, "repayment/offers.html", page_of(request, case, desk))


def page_of(
    request: HttpRequest, case: Any, desk: Desk, *, given: Any = None, loans: Collection[UUID] = ()
) -> dict[str, Any]:
    """Return all the page shows; `loans` those that were ticked last."""
    budget, found = latest_budget(case_id=case.id), queries.latest_search(case_id=case.id)
    debt, why_not = _debt(case)
    on = desk.day_of(case)
    is_stale = found is not None and (
        budget is None or found.search.budget_id != budget.id or found.search.inputs["request"]["on"] != on.isoformat()
    )
    return {
        **head_of(request, case, desk, "offers"),
        "budget": budget,
        "debt": debt,
        "parts": _parts(debt) if debt else [],
        "why_not": why_not,
        "loan_choices": _loan_choices(debt, found, loans, desk),
        "search": found.search if found else None,
        "people": names_of_users(usernames=[found.search.searched_by] if found else []),
        "search_role": words.ROLES.get(found.search.role, found.search.role) if found else "",
        "is_stale": is_stale,
        "reasons": [(words.offer_reason_words(one), article_words(one.article)) for one in found.reasons]
        if found else [],
        "cards": [card_of(one, role=desk.role) for one in found.offers] if found else [],
        "proposed": _proposed(case, desk),
        "policy": policy_words(found.search.policy) if found else ("", ""),
        "observed": found.offers[0].terms.get("observed", 0) if found and found.offers else 0,
        "has_role": _has_role(desk),
        "today": on,
        "given": given or kept_fields({"periods": str(_usual_count(found)), "kind": "PLAN"}),
        "frequencies": list(words.FREQUENCIES.items()),
        "graces": list(words.GRACES.items()),
        "reasons_to_say": list(talk_words.REASONS.items()),
        "channels": list(talk_words.CHANNELS.items()),
        "calls": calls_to_choose(case),
    }  # fmt: skip


def _proposed(case: Any, desk: Desk) -> list[dict[str, Any]]:
    """Return what was proposed outside a search, each with who put it forward and when."""
    offers = queries.list_proposed(case_id=case.id, limit=4)
    first = proposers_of(offer_ids=[one.id for one in offers])
    return [
        card_of(one, role=desk.role)
        | ({"by": talk_words.PARTIES[step.party], "by_on": step.at} if (step := first.get(one.id)) else {})
        for one in offers
    ]


def _usual_count(found: queries.SearchShown | None) -> int:
    """Return where own terms begin: the number of payments of the best offer."""
    counts = [len(one.schedule) for one in found.offers if one.kind == "PLAN"] if found else []
    return counts[0] if counts and counts[0] <= _PERIODS_SHOWN_MAX else _PERIODS_USUAL


def _parts(debt: Negotiable) -> list[tuple[object, Decimal]]:
    """Return what is owed by kind; what the tape does not split is reckoned as principal, and said to be so."""
    unsplit = sum((one.by_kind().get(PartKind.UNSPLIT, ZERO) for one, _owed in debt.loans), ZERO)
    told = {part: getattr(debt.owed, part) for part in PARTS}
    told["principal"] = max(told["principal"] - unsplit, ZERO)
    shown = [(PART_WORDS[part], told[part]) for part in PARTS]
    return [*shown, (_("Not split up, reckoned as principal"), unsplit)] if unsplit else shown


def _loan_choices(
    debt: Negotiable | None, found: queries.SearchShown | None, ticked: Collection[UUID], desk: Desk
) -> list[dict[str, Any]]:
    """Return the loans an offer may be about, where there are several; those of the last search are ticked."""
    if debt is None or len(debt.loans) < 2:
        return []
    kept = found.search.inputs.get("about_ids", ()) if found else ()
    chosen = {str(one) for one in ticked} or set(kept)
    return [
        {
            "loan": one,
            "is_ticked": not chosen or str(one.loan_id) in chosen,
            "owed": parts.total,
            "product": desk.product_words.get(one.product, one.product),
        }
        for one, parts in debt.loans
    ]


def _debt(case: Any) -> tuple[Negotiable | None, str]:
    try:
        return negotiable_of(case=case), ""
    except OffersNotPossible as refusal:
        return None, _(refusal.message)


def _has_role(desk: Desk) -> bool:
    policy = offer_policy(current_tenant().settings)
    return desk.role in {*policy.roles, *policy.same_as}


@require_POST
@requires("repayment.work")
def search(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Search the offers anew."""
    case_of(request, case_id, "repayment.work")
    desk, budget = desk_of(request), latest_budget(case_id=case_id)
    if budget is None:
        messages.error(request, _("Take income and spending first."))
        return redirect("repayment:budget", case_id=case_id)
    try:
        operations.search_offers(
            case_id=case_id, budget_id=budget.id, actor=desk.actor, role=desk.role, now=desk.now,
            wish=wish_given(cast(Any, request.POST)),
        )  # fmt: skip
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    return redirect("repayment:offers", case_id=case_id)


@require_POST
@requires("repayment.view")
def try_own(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return own terms worked out as they are typed; nothing is kept."""
    case, desk = case_of(request, case_id), desk_of(request)
    context: dict[str, Any] = {"periods": request.POST.get("periods", "")}
    try:
        offer = operations.preview_own(
            case=case, role=desk.role, actor=desk.actor, now=desk.now, **_own(request, case, desk)
        )
        context["card"] = card_of(offer, role=desk.role)
    except QingshouError as refusal:
        context["refusal"] = words.unpayable_words(refusal)
    return render(request, "repayment/own_figures.html", context)


@require_POST
@requires("repayment.work")
def own(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Put own terms on file: an offer of ours, or what the debtor proposes instead."""
    case, desk, post = case_of(request, case_id, "repayment.work"), desk_of(request), request.POST
    party = "DEBTOR" if post.get("party") == "DEBTOR" else "LENDER"
    try:
        given = _own(request, case, desk)
        offer = operations.propose_own(
            case_id=case_id, budget_id=given["budget"].id, terms=given["terms"], wish=given["wish"], party=party,
            actor=desk.actor, role=desk.role, now=desk.now, reason=post.get("reason", ""), said=post.get("said", ""),
            channel=post.get("channel", ""), call_id=uuid_given(post.get("call", "")),
        )  # fmt: skip
    except QingshouError as refusal:
        if refusal.http_status in (403, 404):
            raise
        messages.error(request, str(words.unpayable_words(refusal)))
        context = page_of(request, case, desk, given=kept_fields(post), loans=loans_wished(post))
        return render(request, "repayment/offers.html", context, status=422)
    if offer.needs_role == "NOBODY":
        messages.warning(request, _("On file. No role may agree to these terms: see which limit they pass."))
    else:
        messages.success(request, _("On file in the negotiation."))
    return redirect("repayment:offers", case_id=case_id)


def _own(request: HttpRequest, case: Any, desk: Desk) -> dict[str, Any]:
    budget = latest_budget(case_id=case.id)
    if budget is None:
        raise BadAgreementInput(_("Take income and spending first."))
    post = cast(Any, request.POST)
    wish = wish_given(post)
    owed = negotiable_of(case=case, loan_ids=wish.loan_ids).owed
    return {"budget": budget, "terms": terms_given(post, owed=owed, on=desk.day_of(case)), "wish": wish}


@require_POST
@requires("repayment.work")
def say(request: HttpRequest, case_id: UUID, offer_id: UUID) -> HttpResponse:
    """Note that an offer was made, refused or withdrawn."""
    case_of(request, case_id, "repayment.work")
    desk, post = desk_of(request), request.POST
    kind = post.get("kind", "")
    try:
        if kind not in SAYABLE:
            raise BadAgreementInput(_("Choose what was said."))
        note_step(
            case_id=case_id, offer_id=offer_id, party="DEBTOR" if kind == "REFUSED" else "LENDER", kind=kind,
            reason=post.get("reason", "") if kind == "REFUSED" else "", said=post.get("said", ""),
            channel=post.get("channel", ""), call_id=uuid_given(post.get("call", "")), actor=desk.actor, now=desk.now,
        )  # fmt: skip
        messages.success(request, _("On file in the negotiation."))
    except QingshouError as refusal:
        tell_refusal(request, refusal)
    return redirect("repayment:offers", case_id=case_id)


@require_POST
@requires("repayment.work")
def take(request: HttpRequest, case_id: UUID, offer_id: UUID) -> HttpResponse:
    """Make a plan of an offer."""
    case_of(request, case_id, "repayment.work")
    desk, post = desk_of(request), request.POST
    try:
        plan = operations.agree_on(
            case_id=case_id, offer_id=offer_id, actor=desk.actor, role=desk.role, now=desk.now,
            reason=post.get("reason", "").strip(), is_accepted=post.get("accepted") == "1", said=post.get("said", ""),
            channel=post.get("channel", ""), call_id=uuid_given(post.get("call", "")),
        )  # fmt: skip
    except QingshouError as refusal:
        tell_refusal(request, refusal)
        return redirect("repayment:offers", case_id=case_id)
    if plan.state == "AWAITING_APPROVAL":
        messages.success(request, _("The plan waits for a second person."))
    else:
        messages.success(request, _("The plan waits for the debtor's signature or code."))
    return redirect("repayment:plan", plan_id=plan.id)
