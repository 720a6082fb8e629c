"""Hardship on a case's page: what stands still and until when; reporting it, deciding on it, ending it."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases.views.shown import Desk, act, case_of, day_given, desk_of, facts_of, tell_refusal
from qingshou.features.repayment.errors import DocumentRefused, NoSuchHardship
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.operations.hardship import (
    NOTE_PLACE,
    accept_hardship,
    decline_hardship,
    end_hardship,
    report_hardship,
)
from qingshou.features.repayment.phrases.hardship import ENDS, KINDS, STATES
from qingshou.features.repayment.queries.hardship import get_hardship, hardships_of_case
from qingshou.features.repayment.rules.document_kinds import BYTES_MAX
from qingshou.features.repayment.rules.hardship import BREATHING_SPACE, LIVE, hardship_kinds
from qingshou.features.repayment.views.money_shown import NotFilledIn
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed
from qingshou.tenancy.queries import current_tenant

_TONES = {"REPORTED": "note", "ACCEPTED": "good", "DECLINED": "", "ENDED": ""}


@require_GET
@requires("repayment.view")
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the hardships of a case, the newest first."""
    case, desk = case_of(request, case_id, "cases.view"), desk_of(request)
    may_work = cast(Any, request.user).has_perm("repayment.work", facts_of(case)) and case.closed_on is None
    kinds = hardship_kinds(current_tenant().settings)
    reportable = [code for code in kinds if code != BREATHING_SPACE or desk.jurisdiction == "uk"]
    rows = hardships_of_case(case_id=case_id)
    context = {
        "case": case,
        "may_work": may_work,
        "lines": [_line(one, kinds, case, desk) for one in rows],
        "people": names_of_users(usernames=[one.reported_by for one in rows]),
        "kinds": [(code, KINDS[code]) for code in reportable],
        "has_breathing_space": BREATHING_SPACE in reportable,
        "today": desk.today,
    }
    return render(request, "repayment/hardship_panel.html", context)


def _line(row: Any, kinds: Any, case: Any, desk: Desk) -> dict[str, Any]:
    note = ""
    if row.note:
        sealed = {"note": Sealed(NOTE_PLACE, row.id, PersonalKind.NOTE, row.note)}
        note = reveal(subject_kind="BORROWER", subject_id=case.borrower_id, fields=sealed, reader=desk.actor,
                      role=desk.role, purpose="HARDSHIP", now=desk.now)["note"] or ""  # fmt: skip
    is_live = row.state in LIVE
    return {
        "row": row, "words": KINDS[row.kind], "state": STATES[row.state], "tone": _TONES[row.state], "note": note,
        "ended": ENDS.get(row.ended_reason, ""), "is_live": is_live,
        "may_accept": is_live and row.entered_on is None, "may_decline": row.state == "REPORTED",
        "needs_proof": kinds[row.kind].needs_proof and not row.document_hash if row.kind in kinds else False,
    }  # fmt: skip


@require_POST
@requires("repayment.work")
@act
def report(request: HttpRequest, case_id: UUID) -> str:
    """Take the news of a hardship: contact pauses at once, also where the paper that came with it cannot be kept."""
    case_of(request, case_id, "repayment.work")
    desk, post = desk_of(request), request.POST
    if not post.get("kind"):
        raise NotFilledIn(_("Choose what the hardship is."))
    proof = ""
    try:
        proof = _proof(request, case_id, desk)
    except DocumentRefused as refusal:
        tell_refusal(request, refusal)
    row = report_hardship(
        case_id=case_id, kind=post.get("kind", ""), actor=desk.actor, now=desk.now, note=post.get("note", ""),
        entered_on=day_given(post.get("entered_on", "")), register_ref=post.get("register_ref", ""),
        document_hash=proof,
    )  # fmt: skip
    return _("%(hardship)s is noted; contact pauses until %(day)s.") % {
        "hardship": KINDS[row.kind], "day": row.until_on.isoformat() if row.until_on else "",
    }  # fmt: skip


@require_POST
@requires("repayment.work")
def decide(request: HttpRequest, case_id: UUID, hardship_id: UUID) -> HttpResponse:
    """Accept, decline or end a hardship of this case."""

    @act
    def deciding(request: HttpRequest, case_id: UUID) -> str:
        case_of(request, case_id, "repayment.work")
        if get_hardship(hardship_id=hardship_id).case_id != case_id:
            raise NoSuchHardship("There is no such hardship of this case.")
        desk, post = desk_of(request), request.POST
        actor, now, reason = desk.actor, desk.now, post.get("reason", "")
        if post.get("what") == "accept":
            if post.get("until_on", "").strip() and day_given(post["until_on"]) is None:
                raise NotFilledIn(_("Write the last day as YYYY-MM-DD, or leave it empty: then the policy says it."))
            row = accept_hardship(hardship_id=hardship_id, actor=actor, now=now,
                                  until_on=day_given(post.get("until_on", "")),
                                  document_hash=_proof(request, case_id, desk))  # fmt: skip
            return _("Accepted; contact pauses until %(day)s.") % {"day": row.until_on}
        if post.get("what") == "decline":
            decline_hardship(hardship_id=hardship_id, actor=actor, now=now, reason=reason)
            return _("Declined; contact may go on.")
        end_hardship(hardship_id=hardship_id, actor=actor, now=now, reason=reason)
        return _("Ended; contact may go on.")

    return deciding(request, case_id)


def _proof(request: HttpRequest, case_id: UUID, desk: Desk) -> str:
    """File the document that came with a form, where one came; gives its hash."""
    sent = request.FILES.get("proof")
    if sent is None:
        return ""
    row = store_document(
        case_id=case_id, kind="HARDSHIP_PROOF", content=sent.read(BYTES_MAX + 1),
        file_name=sent.name or "", actor=desk.actor, now=desk.now,
    )  # fmt: skip
    return str(row.document_hash)
