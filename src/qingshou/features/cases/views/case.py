"""The page of one case: who, what is owed and why it is classed so, what was done, what comes next."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import ensure, requires
from qingshou.access.queries import names_of_users
from qingshou.features.cases import panels, queries
from qingshou.features.cases.phrases import (
    CHECKLIST,
    EVIDENCE_NOTES,
    NEXT_ACTIONS,
    PROCESSES,
    QUEUE_REASONS,
    SEVERITIES,
    STAGES,
    TRIGGERS,
)
from qingshou.features.cases.views.classes import why_class
from qingshou.features.cases.views.history import history
from qingshou.features.cases.views.picture import draw
from qingshou.features.cases.views.shown import Desk, case_of, desk_of, facts_of
from qingshou.features.delinquency.phrases import BASES, CLASSES
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.operations import reveal as open_sealed
from qingshou.privacy.places import sealed_fields

PERSON_WORDS = {
    "national_id": _("Identity number"),
    "birth_date": _("Birth date"),
    "employer": _("Employer"),
    "address": _("Address"),
}
CHANNELS = {"PHONE": _("Phone"), "EMAIL": _("E-mail"), "POST": _("Post")}
_KINDS = {"PHONE": PersonalKind.PHONE, "EMAIL": PersonalKind.EMAIL, "POST": PersonalKind.ADDRESS}
# a role nobody has: what it is shown is masked throughout
_NOBODY = ""


@require_GET
@requires("cases.view")
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the case."""
    desk, found = desk_of(request), queries.get_case(case_id=case_id)
    user = cast(Any, request.user)
    ensure(user, "cases.view", facts_of(found), name="case")
    page = queries.case_page(case_id=case_id, case=found, on=desk.day_of(found))
    lines = [
        {"loan": loan, "why": why_class(loan, jurisdiction=desk.jurisdiction, law_date=desk.law_date)}
        for loan in page.loans
    ]
    lines_of_history = history(page.timeline)[:60]
    may_work = user.has_perm("cases.work", facts_of(found)) and found.closed_on is None
    may_assign = user.has_perm("cases.assign")
    context = {
        "page": page,
        "case": page.case,
        "lines": lines,
        "law_date": desk.law_date,
        "product_words": desk.product_words,
        "name": _name(page.case, desk),
        "person": _person(page, desk, role=_NOBODY),
        "is_masked": True,
        "history": lines_of_history,
        "names": names_of_users(
            usernames=[
                *(one.actor for one in lines_of_history),
                *(one.given.given_by for one in page.checklist if one.given),
            ]
        ),
        "picture": draw(page.picture.process, here=page.picture.here, past=page.picture.past),
        "process_word": PROCESSES.get(page.case.process_code, page.case.process_code),
        "stage_word": STAGES.get(page.case.stage, page.case.stage),
        "may_work": may_work,
        "may_assign": may_assign,
        "people": queries.list_people(team_id=user.team_id) if may_assign else [],
        "today": desk.day_of(found),
        "panels": list(panels.panels_of(case=found, facts=facts_of(found), asker=user)),
        "acts": list(panels.acts_of(case=found, facts=facts_of(found), asker=user)),
        **_words(),
    }
    return render(request, "cases/case.html", context)


@require_POST
@requires("cases.view")
def reveal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return who the debtor is, as far as the role may see it; this reading is logged as such."""
    desk, found = desk_of(request), case_of(request, case_id)
    page = queries.case_page(case_id=case_id, case=found, on=desk.day_of(found))
    context = {"case": found, "person": _person(page, desk, role=desk.role), "is_masked": False}
    return render(request, "cases/person.html", context)


def _name(found: Any, desk: Desk) -> str | None:
    fields = sealed_fields(found.borrower, ["name"])
    return open_sealed(
        subject_kind="BORROWER", subject_id=found.borrower_id, fields=fields, reader=desk.actor, role=desk.role,
        purpose="CASE_PAGE", now=desk.now,
    )["name"]  # fmt: skip


def _person(page: Any, desk: Desk, *, role: str) -> list[dict[str, Any]]:
    """Return the debtor's facts and contact points as label and value, clear or masked by role."""
    borrower = page.case.borrower
    fields = sealed_fields(borrower, list(PERSON_WORDS))
    for point in page.contact_points:
        kind = _KINDS.get(point.channel, PersonalKind.NOTE)
        fields[str(point.pk)] = sealed_fields(point, ["value"], kinds={"value": kind})["value"]
    shown = open_sealed(
        subject_kind="BORROWER", subject_id=borrower.pk, fields=fields, reader=desk.actor, role=role,
        purpose="CASE_REVEAL" if role else "CASE_PAGE", now=desk.now,
    )  # fmt: skip
    contacts = [
        {
            "label": CHANNELS.get(point.channel, point.channel),
            "value": shown[str(point.pk)],
            "is_struck": point.is_struck,
        }
        for point in page.contact_points
    ]
    return contacts + [{"label": words, "value": shown[name]} for name, words in PERSON_WORDS.items() if shown[name]]


def _words() -> dict[str, Any]:
    return {
        "actions": NEXT_ACTIONS,
        "stages": STAGES,
        "reasons": QUEUE_REASONS,
        "items": CHECKLIST,
        "evidence_notes": EVIDENCE_NOTES,
        "severities": SEVERITIES,
        "classes": CLASSES,
        "bases": BASES,
        "triggers": TRIGGERS,
        "action_choices": [(code, words) for code, words in NEXT_ACTIONS.items() if code != "ASSIGN"],
    }
