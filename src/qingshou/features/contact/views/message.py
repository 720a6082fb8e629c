"""Writing to one debtor from the case: an approved wording, previewed with the case's own values, through the door."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases.views.shown import Desk, case_of, desk_of
from qingshou.features.contact.errors import BadContactInput
from qingshou.features.contact.operations.door import clear_many
from qingshou.features.contact.operations.outbox import ToSend, queue
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.queries.templates import approved_version, short_parts
from qingshou.features.contact.queries.values import values_of
from qingshou.features.contact.rules.asked import Asked
from qingshou.features.contact.templating.rendering import render as word
from qingshou.features.contact.views.call_shown import language_of, light_of
from qingshou.features.contact.views.refused import tell_refusal
from qingshou.kernel.errors import QingshouError
from qingshou.law.contact.terms import WRITTEN, Channel
from qingshou.tenancy.queries import current_tenant


def _wanted(request: HttpRequest, case: Any, desk: Desk) -> tuple[Channel, Any]:
    """Return the channel and the approved wording that was chosen."""
    channel, code = request.POST.get("channel", ""), request.POST.get("code", "")
    if channel not in WRITTEN:
        raise BadContactInput(_("Choose a channel."))
    version = approved_version(
        code=code, channel=channel, language=language_of(case, desk), tone=request.POST.get("tone", "NEUTRAL")
    )
    if version is None:
        raise BadContactInput(_("There is no approved wording of this for the channel and the debtor's language."))
    return Channel(channel), version


@require_POST
@requires("contact.work")
def preview(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return what would be sent and what the door says; nothing is reserved."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    context: dict[str, Any] = {}
    try:
        channel, version = _wanted(request, case, desk)
        values = values_of(case_ids=[case.id], now=desk.now, reader=desk.actor, role=desk.role)[case.id]
        body = word(version.body, values)
        asked = Asked(borrower_id=case.borrower_id, channel=channel, case_id=case.id)
        context |= {
            "version": version, "body": body, "subject": word(version.subject, values) if version.subject else "",
            "light": light_of(clear_many(asked=[asked], now=desk.now)[0], desk.now),
            "parts": short_parts(body, tenant=current_tenant()) if channel is Channel.SMS else None,
        }  # fmt: skip
    except QingshouError as refusal:
        if refusal.http_status in (403, 404, 500):
            raise
        context["problem"] = refusal.message
    return render(request, "contact/panel_preview.html", context)


@require_POST
@requires("contact.work")
def send(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Queue the message; the door may refuse it, with every reason."""
    case, desk = case_of(request, case_id, "contact.work"), desk_of(request)
    try:
        channel, version = _wanted(request, case, desk)
        values = values_of(case_ids=[case.id], now=desk.now)[case.id]
        asked = Asked(borrower_id=case.borrower_id, channel=channel, case_id=case.id, key=f"case:{uuid4()}")
        queue(to_send=ToSend(asked=asked, version=version, values=values), actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        if refusal.http_status == 500:  # a fault of ours is no refusal
            raise
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Queued: %(channel)s.") % {"channel": CHANNELS[channel.value]})
    return redirect("cases:case", case_id=case_id)
