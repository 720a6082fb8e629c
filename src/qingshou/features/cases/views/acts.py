"""What a person does to a case: each a form sent, judged, recorded, and answered with what was done or why not."""

import hashlib
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access.guards import requires
from qingshou.features.cases import operations
from qingshou.features.cases.errors import BadCaseInput
from qingshou.features.cases.phrases import CHECKLIST, NEXT_ACTIONS, STAGES
from qingshou.features.cases.process import Trigger
from qingshou.features.cases.views.shown import act, case_of, day_given, desk_of, uuid_given

_DOCUMENT_BYTES_MAX = 20 << 20


@require_POST
@requires("cases.work")
@act
def set_action(request: HttpRequest, case_id: UUID) -> str:
    """Set the next action and its date."""
    case = case_of(request, case_id, "cases.work")
    desk, due_on = desk_of(request), day_given(request.POST.get("due_on", ""))
    if due_on is None:
        raise BadCaseInput(_("Give the date as year-month-day."))
    on = desk.day_of(case)
    moved = operations.set_next_action(
        case_id=case_id, action=request.POST.get("action", ""), due_on=due_on, actor=desk.actor, on=on, now=desk.now
    )
    return _("Next: %(action)s, %(day)s.") % {"action": NEXT_ACTIONS[moved.next_action], "day": moved.next_action_on}


@require_POST
@requires("cases.work")
@act
def give_evidence(request: HttpRequest, case_id: UUID) -> str:
    """Meet an item of the checklist by a note or a document; of a document its hash is kept."""
    case_of(request, case_id, "cases.work")
    desk, item, document = desk_of(request), request.POST.get("item", ""), request.FILES.get("document")
    digest = ""
    if document is not None:
        if (document.size or 0) > _DOCUMENT_BYTES_MAX:
            raise BadCaseInput(_("The document is larger than 20 MB: give a smaller one."))
        digest = hashlib.sha256(b"".join(document.chunks())).hexdigest()
    operations.give_evidence(
        case_id=case_id,
        item=item,
        actor=desk.actor,
        now=desk.now,
        note=request.POST.get("note", ""),
        document_hash=digest,
    )
    return _("Done: %(item)s.") % {"item": CHECKLIST.get(item, item)}


@require_POST
@requires("cases.work")
@act
def move(request: HttpRequest, case_id: UUID) -> str:
    """Move the case to another stage."""
    case = case_of(request, case_id, "cases.work")
    desk = desk_of(request)
    on = desk.day_of(case)
    trigger, _sep, to = request.POST.get("way", "").partition(":")
    reason = request.POST.get("reason", "")
    if trigger == Trigger.APPROVAL:
        operations.request_exception(case_id=case_id, to=to, actor=desk.actor, on=on, now=desk.now, reason=reason)
        return _("Asked for approval: the case moves when a second person agrees.")
    moved = operations.move_stage(
        case_id=case_id, to=to, actor=desk.actor, role=desk.role, on=on, now=desk.now, reason=reason
    )
    return _("The case is in the stage %(stage)s now.") % {"stage": STAGES.get(moved.stage, moved.stage)}


@require_POST
@requires("cases.assign")
@act
def give_to(request: HttpRequest, case_id: UUID) -> str:
    """Give the case to somebody."""
    case = case_of(request, case_id, "cases.view")
    desk, owner_id = desk_of(request), uuid_given(request.POST.get("owner", ""))
    if owner_id is None:
        raise BadCaseInput(_("Choose who takes it."))
    on = desk.day_of(case)
    operations.assign(
        case_id=case_id, owner_id=owner_id, actor=desk.actor, on=on, now=desk.now, reason=request.POST.get("reason", "")
    )
    return _("The case has a new owner.")


@require_POST
@requires("cases.assign")
@act
def reopen(request: HttpRequest, case_id: UUID) -> str:
    """Reopen a closed case."""
    case = case_of(request, case_id, "cases.view")
    desk = desk_of(request)
    on = desk.day_of(case)
    operations.reopen(case_id=case_id, actor=desk.actor, on=on, now=desk.now, reason=request.POST.get("reason", ""))
    return _("The case is open again.")
