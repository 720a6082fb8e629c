"""The debtor's page as the desk sees it on a case: its links, sending one, taking one back, what was asked for."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import act, case_of, desk_of, facts_of
from qingshou.features.portal.operations.links import hand_over_link, revoke_link, send_link
from qingshou.features.portal.phrases.pages import ASKS, CHANNELS, STATES
from qingshou.features.portal.queries.asks import asks_of
from qingshou.features.portal.queries.links import links_of
from qingshou.features.portal.rules.policy import portal_policy
from qingshou.tenancy.queries import current_tenant


@require_GET
@requires("repayment.view")
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the links of a case's debtor and what the debtor asked for."""
    case, desk = case_of(request, case_id, "cases.view"), desk_of(request)
    policy = portal_policy(current_tenant().settings)
    links = links_of(borrower_id=case.borrower_id)
    context = {
        "case": case,
        "names": names_of_users(usernames=[one.made_by for one in links]),
        "may_work": cast(Any, request.user).has_perm("repayment.work", facts_of(case)) and case.closed_on is None,
        "links": [{"row": one, "is_good": one.revoked_at is None and one.expires_at > desk.now} for one in links],
        "asks": asks_of(borrower_id=case.borrower_id, limit=10),
        "ask_words": ASKS,
        "state_words": STATES,
        "channels": [(one, CHANNELS[one]) for one in policy.link_channels],
        "days": policy.link_days,
        "address": request.session.pop(_shown_once(case_id), ""),
    }
    return render(request, "portal/desk_panel.html", context)


@require_POST
@requires("repayment.work")
@act
def send(request: HttpRequest, case_id: UUID) -> str:
    """Send a link to the debtor's own page, or make one to hand over; its address is shown once."""
    case_of(request, case_id, "repayment.work")
    desk, served_at = desk_of(request), request.build_absolute_uri("/")
    if request.POST.get("channel") == "BY_HAND":
        _link, address = hand_over_link(case_id=case_id, actor=desk.actor, now=desk.now, address=served_at)
        request.session[_shown_once(case_id)] = address
        return _("The link stands on the panel of the debtor's own page, once.")
    send_link(case_id=case_id, channel=request.POST.get("channel", ""), actor=desk.actor, now=desk.now,
              address=served_at, is_asked_for=request.POST.get("asked_for") == "1")  # fmt: skip
    return _("The link to the debtor's own page is on its way.")


@require_POST
@requires("repayment.work")
def revoke(request: HttpRequest, case_id: UUID, link_id: UUID) -> HttpResponse:
    """Take a link back."""

    @act
    def revoking(request: HttpRequest, case_id: UUID) -> str:
        case, desk = case_of(request, case_id, "repayment.work"), desk_of(request)
        revoke_link(link_id=link_id, borrower_id=case.borrower_id, actor=desk.actor, now=desk.now)
        return _("Taken back: the link opens nothing any more.")

    return revoking(request, case_id)


def _shown_once(case_id: UUID) -> str:
    return f"portal-link:{case_id}"
