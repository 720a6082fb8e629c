"""The way in: a link, then a code to a known number or address; out again by one button."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from qingshou.edges import clock, words
from qingshou.features.cases.views.shown import uuid_given
from qingshou.features.contact.queries.values import details_of
from qingshou.features.contact.templating.variables import nearest_language
from qingshou.features.portal.errors import CannotReach, NoSuchPage, TooOften
from qingshou.features.portal.operations.links import find_link
from qingshou.features.portal.operations.visits import (
    begin_unsent,
    begin_visit,
    confirm_visit,
    current_visit,
    end_visit,
)
from qingshou.features.portal.phrases.pages import CHANNELS, DOOR_PROBLEMS
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.queries.points import ways_of
from qingshou.features.portal.rules.policy import portal_policy
from qingshou.features.portal.views.forms import digits_given
from qingshou.features.portal.views.visiting import (
    COOKIE,
    LANGUAGE_COOKIE,
    PATH,
    Visitor,
    at_door,
    finished,
    give_cookie,
    inside,
    is_pressing,
    nothing_here,
)
from qingshou.tenancy.models import Tenant


@require_http_methods(["GET", "HEAD", "POST"])
@at_door
def door(request: HttpRequest, tenant: Tenant | None, token: str) -> HttpResponse:
    """Ask where the code is to go; with the answer, send it."""
    now = clock.now()
    link = find_link(token=token, now=now)
    if tenant is None or link is None:
        raise NoSuchPage("No such link.")
    with translation.override(_language(request, link)):
        if request.method != "POST":
            return _choose(request, tenant, link)
        policy = portal_policy(tenant.settings)
        if is_pressing(request, what="codes", most=policy.throttle["codes_per_address_hour"]):
            return _choose(request, tenant, link, problem="TOO_OFTEN", status=429)
        point_id = uuid_given(request.POST.get("way", ""))
        if point_id is None:
            return _choose(request, tenant, link, problem="CHOOSE", status=422)
        try:
            begun = begin_visit(link_id=link.id, point_id=point_id, language=translation.get_language(), now=now)
        except (TooOften, CannotReach) as refusal:
            # the same answer as if it had been sent: who holds a link is not told what was asked for or is allowed
            try:
                begun = begin_unsent(link_id=link.id, why=str(refusal.fields.get("why", refusal.code)), now=now)
            except TooOften as pressing:
                return _choose(request, tenant, link, problem="TOO_OFTEN", status=pressing.http_status)
        return give_cookie(redirect("portal:code", lender=tenant.code), begun.secret)


def _language(request: HttpRequest, link: Any) -> str:
    chosen = nearest_language(request.GET.get("language", "") or request.COOKIES.get(LANGUAGE_COOKIE, ""))
    return chosen or link.language or translation.get_language()


def _choose(request: HttpRequest, tenant: Tenant, link: Any, *, problem: str = "", status: int = 200) -> HttpResponse:
    policy = portal_policy(tenant.settings)
    ways = ways_of(borrower_id=link.borrower_id, policy=policy, reader=DEBTOR, now=clock.now())
    context = {
        "ways": [{"id": one.id, "masked": one.masked, "channel": CHANNELS[one.channel]} for one in ways],
        "problem": DOOR_PROBLEMS.get(problem, ""), "phone": details_of(tenant)["contact_phone"],
        "language": translation.get_language(), "languages": words.LANGUAGES,
    }  # fmt: skip
    return render(request, "portal/door.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@at_door
def code(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    """Take the code; the right one opens the page."""
    now = clock.now()
    secret = request.COOKIES.get(COOKIE, "")
    visit = current_visit(secret=secret, now=now, is_confirmed=False) if tenant is not None and secret else None
    if tenant is None or visit is None:
        raise NoSuchPage("No visit waits for a code here.")
    with translation.override(_language(request, visit.link)):
        if request.method != "POST":
            return _code_page(request, tenant)
        digits = digits_given(request.POST.get("code", ""))
        if not digits:
            return _code_page(request, tenant, problem="NO_DIGITS", status=422)
        opened = confirm_visit(secret=secret, digits=digits, now=now)
        if opened is None:
            return _code_page(request, tenant, problem="WRONG_CODE", status=422)
        return give_cookie(redirect("portal:home", lender=tenant.code), opened.secret)


def _code_page(request: HttpRequest, tenant: Tenant, *, problem: str = "", status: int = 200) -> HttpResponse:
    policy = portal_policy(tenant.settings)
    context = {
        "problem": DOOR_PROBLEMS.get(problem, ""), "minutes": policy.code["minutes"], "digits": policy.code["digits"],
        "phone": details_of(tenant)["contact_phone"], "most": policy.throttle["codes_per_link_hour"],
        "language": translation.get_language(), "languages": words.LANGUAGES,
    }  # fmt: skip
    return render(request, "portal/code.html", context, status=status)


@require_POST
@inside
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End the visit."""
    end_visit(visit_id=visitor.visit.id, now=visitor.now)
    context = {"language": visitor.language, "has_left": True}
    response = render(request, "portal/left.html", context)
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


@csrf_exempt
def no_page(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer every other address below /my/ as a link that opens nothing."""
    return finished(request, nothing_here(request), "")
