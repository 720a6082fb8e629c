"""What every page of the debtor shares: whose page it is, in which language, for how long; and one page for no page.

A visit has its own cookie and never looks at who is signed in at the desk; the desk never looks at a visit.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from qingshou.edges import clock, words
from qingshou.edges.products import product_words
from qingshou.features.cases.queries import get_case, latest_case_of
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.queries.values import details_of
from qingshou.features.contact.templating.variables import nearest_language
from qingshou.features.portal.operations.throttles import is_too_much
from qingshou.features.portal.operations.visits import current_visit
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.rules.policy import PortalPolicy, portal_policy
from qingshou.kernel.errors import NotFound
from qingshou.kernel.lender_settings import SettingsUnfit
from qingshou.privacy.clearance import SUBJECT
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import sealed_fields
from qingshou.tenancy.context import using
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import get_tenant_by_code

COOKIE = "__Secure-visit" if settings.PRODUCTION else "visit"
LANGUAGE_COOKIE = "visit_language"
_log = logging.getLogger("qingshou.portal")
PATH = "/my/"
PURPOSE = "OWN_PAGE"
_LANGUAGE_AGE_S = 90 * 24 * 3600

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A debtor on their own page."""

    tenant: Tenant
    policy: PortalPolicy
    visit: Any
    borrower_id: UUID
    case: Any
    name: str
    lender_name: str
    lender_phone: str
    language: str
    now: datetime
    today: date

    def page(self, request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Return a page with what all of them show."""
        shared = {
            "visitor": self, "lender": self.tenant.code, "language": self.language, "languages": words.LANGUAGES,
            "is_inside": True, "product_words": product_words(self.tenant.settings),
        }  # fmt: skip
        return render(request, f"portal/{template}.html", shared | context, status=status)


def at_door(view: View) -> View:
    """Make a page before the second factor: the lender in force where there is one, no visit, one answer for no page.

    The view takes the lender (or None) and stops with NotFound where nothing is to be shown.
    """

    @wraps(view)
    def answering(request: HttpRequest, lender: str, **parts: Any) -> HttpResponse:
        tenant = tenant_of(lender)
        with using(tenant.id if tenant else None):
            language = asked_language(request)
            try:
                with translation.override(language or own_language(request)):
                    response = view(request, tenant, **parts)
            except NotFound:
                response = nothing_here(request)
            except SettingsUnfit as error:
                response = out_of_order(request, tenant, error)
        return finished(request, response, language)

    return answering


def inside(view: View) -> View:
    """Make a page of an open visit; whoever has none, and whatever is not the debtor's, gets the page for no page."""

    @wraps(view)
    def answering(request: HttpRequest, lender: str, **parts: Any) -> HttpResponse:
        tenant = tenant_of(lender)
        with using(tenant.id if tenant else None):
            asked = asked_language(request)
            try:
                visitor = _visitor_of(request, tenant, asked)
                with translation.override(visitor.language):
                    response = view(request, visitor, **parts)
            except NotFound:
                response = nothing_here(request)
            except SettingsUnfit as error:
                response = out_of_order(request, tenant, error)
        return finished(request, response, asked)

    return answering


def _visitor_of(request: HttpRequest, tenant: Tenant | None, asked: str) -> Visitor:
    now = clock.now()
    secret = request.COOKIES.get(COOKIE, "")
    visit = current_visit(secret=secret, now=now) if tenant is not None and secret else None
    if visit is None or tenant is None:
        raise NotFound("No visit is open here.")
    borrower_id = visit.link.borrower_id
    case_id = latest_case_of(borrower_ids=[borrower_id])
    if case_id is None:
        raise NotFound("Nothing is kept of this debtor.")
    case = get_case(case_id=case_id)
    details = details_of(tenant)
    return Visitor(
        tenant=tenant, policy=portal_policy(tenant.settings), visit=visit, borrower_id=borrower_id, case=case,
        name=_name_of(case, now), lender_name=details["lender_name"] or tenant.name,
        lender_phone=details["contact_phone"], now=now, today=working_day(case, now),
        language=asked or request.COOKIES.get(LANGUAGE_COOKIE, "") or visit.link.language or own_language(request),
    )  # fmt: skip


def _name_of(case: Any, now: datetime) -> str:
    fields = sealed_fields(case.borrower, ["name"])
    shown = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=fields, reader=DEBTOR, role=SUBJECT,
                   purpose=PURPOSE, now=now)  # fmt: skip
    return shown["name"] or ""


def tenant_of(code: str) -> Tenant | None:
    """Return the lender of an address, or None."""
    try:
        return get_tenant_by_code(code=code)
    except NotFound:
        return None


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Return the one page for a wrong, old or unknown link, a visit that ended, and what is another's."""
    with translation.override(own_language(request)):
        return render(request, "portal/nothing_here.html", {"language": translation.get_language()}, status=404)


def out_of_order(request: HttpRequest, tenant: Tenant | None, error: SettingsUnfit) -> HttpResponse:
    """Return the one page for a lender whose settings have to be corrected first; the debtor is told no more."""
    _log.error("the debtor's page of a lender cannot be shown: %s", error.fields.get("key"))
    with translation.override(own_language(request)):
        context = {"language": translation.get_language(), "lender_name": tenant.name if tenant else ""}
        return render(request, "portal/out_of_order.html", context, status=error.http_status)


def finished(request: HttpRequest, response: HttpResponse, asked_language: str) -> HttpResponse:
    """Add what every answer carries: nothing is kept by browsers or proxies, nothing is found by search engines."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    if asked_language and request.COOKIES.get(LANGUAGE_COOKIE) != asked_language:
        response.set_cookie(LANGUAGE_COOKIE, asked_language, max_age=_LANGUAGE_AGE_S, path=PATH, httponly=True,
                            secure=settings.PRODUCTION, samesite="Lax")  # fmt: skip
    return response


def give_cookie(response: HttpResponse, secret: str) -> HttpResponse:
    """Put the visit's secret into the browser: until it is closed, for these pages alone."""
    response.set_cookie(COOKIE, secret, path=PATH, httponly=True, secure=settings.PRODUCTION, samesite="Lax")
    return response


def asked_language(request: HttpRequest) -> str:
    """Return the language the debtor chose on this page, or nothing."""
    return nearest_language(request.GET.get("language", ""))


def own_language(request: HttpRequest) -> str:
    """Return the language of a browser that nothing else is known of."""
    kept = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return asked_language(request) or nearest_language(kept) or translation.get_language_from_request(request)


def address_of(request: HttpRequest) -> str:
    """Return the network address a request comes from; only the word of our own proxies is believed."""
    return str(get_adapter(request).get_client_ip(request) or "")


def is_pressing(request: HttpRequest, *, what: str, most: int) -> bool:
    """Count one more of something from this address; whether that is too many for an hour."""
    return is_too_much(what=what, address=address_of(request), most=most)
