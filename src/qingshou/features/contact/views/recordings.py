"""Recordings of calls: played to who may hear them, each playing logged; added by hand where no exchange records."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import ensure, requires
from qingshou.features.cases.views.shown import desk_of, facts_of
from qingshou.features.contact.operations.calls import store_recording
from qingshou.features.contact.queries.calls import get_call
from qingshou.features.contact.queries.recordings import get_recording, open_recording
from qingshou.features.contact.views.refused import tell_refusal
from qingshou.kernel.errors import Forbidden, QingshouError
from qingshou.privacy.clearance import sees_clear
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import log_read


@require_GET
@requires("contact.view")
def recording(request: HttpRequest, call_id: UUID) -> HttpResponseBase:
    """Play the recording of a call; what is said there is for those who may read notes."""
    found = get_recording(call_id=call_id)
    case = found.call.attempt.case
    ensure(cast(Any, request.user), "cases.view", facts_of(case), name="recording")
    desk = desk_of(request)
    if not sees_clear(desk.role, PersonalKind.NOTE):
        raise Forbidden("Your role does not hear recordings.")
    chunks = open_recording(recording=found)
    log_read(subject_kind="BORROWER", subject_id=found.call.attempt.borrower_id, names=["recording"],
             reader=desk.actor, role=desk.role, purpose="RECORDING", now=desk.now)  # fmt: skip
    answer = StreamingHttpResponse(chunks, content_type=found.content_type)
    answer["Content-Length"] = str(found.size_bytes)
    answer["Content-Disposition"] = f'inline; filename="{found.document_hash[:12]}"'
    return answer


@require_POST
@requires("contact.work")
def add(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Add a recording by hand."""
    call = get_call(call_id=call_id)
    ensure(cast(Any, request.user), "contact.work", facts_of(call.attempt.case), name="call")
    desk, sent = desk_of(request), request.FILES.get("recording")
    if sent is None:
        messages.error(request, _("Choose a file."))
        return redirect("contact:calls")
    try:
        store_recording(call_id=call_id, chunks=sent.chunks(1 << 20), actor=desk.actor, now=desk.now)
    except QingshouError as refusal:
        if refusal.http_status == 500:  # a fault of ours is no refusal
            raise
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("Recording stored, sealed."))
    return redirect("contact:calls")
