"""All that the page of one case shows, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q

from qingshou.audit.queries import list_events
from qingshou.features.cases.errors import NoSuchCase
from qingshou.features.cases.models import Case, SavedView, StageEvidence
from qingshou.features.cases.process import Process, Trigger
from qingshou.features.cases.process_reading import get_process
from qingshou.features.delinquency.queries import list_movements
from qingshou.kernel.money import total_of

_PARTS = ("arrears", "arrears_principal", "arrears_interest", "arrears_penalty", "arrears_fees", "balance", "provision")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened to the case or its loans."""

    at: datetime
    kind: str  # EVENT or MOVEMENT
    code: str
    actor: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One item of the stage's checklist, and what met it."""

    item: str
    evidence_kind: str
    given: StageEvidence | None


@dataclass(frozen=True, slots=True)
class WayOut:
    """A move a person may ask for from here, and what it still needs."""

    to: str
    trigger: str
    roles: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessPicture:
    """The process with the place of a case in it: for drawing."""

    process: Process
    here: str
    past: tuple[str, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(self.process.stages)

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        pairs = {(code, move.to): None for code, stage in self.process.stages.items() for move in stage.moves}
        return tuple(pairs)


@dataclass(frozen=True, slots=True)
class CasePage:
    """The case with all that stands on its page. Personal fields of `case.borrower` stay sealed until the edge."""

    case: Case
    loans: tuple[Any, ...]
    totals: Mapping[str, Any]
    contact_points: tuple[Any, ...]
    timeline: tuple[TimelineEntry, ...]
    checklist: tuple[ChecklistLine, ...]
    ways_out: tuple[WayOut, ...]
    picture: ProcessPicture
    earlier_cases: tuple[Case, ...]
    is_past_deadline: bool


def get_case(*, case_id: UUID) -> Case:
    """Return a case with its owner and debtor's row; stops with NoSuchCase."""
    case = Case.objects.select_related("owner", "owner__team", "borrower").filter(id=case_id).first()
    if case is None:
        raise NoSuchCase("There is no such case. It may belong to someone else.")
    return case


def latest_case_of(*, borrower_ids: Sequence[UUID]) -> UUID | None:
    """Return the newest case of any of these debtors, open or closed; None where there is none."""
    rows = Case.objects.filter(borrower__in=borrower_ids).order_by("-opened_on", "-number")
    return rows.values_list("id", flat=True).first()


def case_page(*, case_id: UUID, case: Case | None = None, on: date | None = None, events_max: int = 100) -> CasePage:
    """Return everything the case's page shows; eight queries whatever the number of loans.

    Takes   case  the case where it was read already (to judge who may see it): then it is not read again
            on  today, to judge deadlines; the case's own day where none is given
    """
    case = case or get_case(case_id=case_id)
    process = get_process(case.process_code, case.process_version)
    loans = tuple(case.borrower.loans.order_by("is_closed", "-overdue_days", "loan_ref"))
    evidence = list(case.evidence.order_by("given_at"))
    timeline = tuple(_timeline(case, loans, events_max))
    past = [one.facts.get("from") for one in timeline if one.code in ("CASE_MOVED", "CASE_CLOSED")]
    day = on or case.as_of
    return CasePage(
        case=case,
        loans=loans,
        totals=_totals(loans),
        contact_points=tuple(case.borrower.contact_points.order_by("channel", "position")),
        timeline=timeline,
        checklist=tuple(_checklist(case, process, evidence)),
        ways_out=tuple(_ways_out(case, process, evidence)),
        picture=ProcessPicture(process, case.stage, tuple(dict.fromkeys(str(code) for code in reversed(past) if code))),
        earlier_cases=tuple(
            Case.objects.filter(borrower=case.borrower_id).exclude(id=case.id).order_by("-opened_on")[:20]
        ),
        is_past_deadline=case.stage_due_on is not None and case.stage_due_on < day,
    )


def process_picture(*, case: Case) -> ProcessPicture:
    """Return the process of a case and where the case is and was."""
    events = list_events(subject_kind="CASE", subject_id=case.id, limit=200)
    past = [event.facts.get("from") for event in reversed(events) if event.action in ("CASE_MOVED", "CASE_CLOSED")]
    process = get_process(case.process_code, case.process_version)
    return ProcessPicture(process, case.stage, tuple(dict.fromkeys(str(code) for code in past if code)))


def list_saved_views(*, user_id: UUID) -> list[SavedView]:
    """Return a user's own views and those shared with all, by name."""
    return list(SavedView.objects.filter(Q(user=user_id) | Q(is_shared=True)).order_by("name", "id"))


def _timeline(case: Case, loans: tuple[Any, ...], limit: int) -> list[TimelineEntry]:
    entries = [
        TimelineEntry(event.at, "EVENT", event.action, event.actor_name, event.facts)
        for event in list_events(subject_kind="CASE", subject_id=case.id, limit=limit)
    ]
    for move in list_movements(loan_refs=[loan.loan_ref for loan in loans])[:limit]:
        facts = {
            "loan_ref": move.loan_ref,
            "bucket_before": move.bucket_before,
            "bucket_after": move.bucket_after,
            "severity_before": move.severity_before,
            "severity_after": move.severity_after,
            "class_before": move.class_before,
            "class_after": move.class_after,
            "overdue_days": move.overdue_days_after,
        }
        entries.append(TimelineEntry(datetime.combine(move.as_of, time.min, UTC), "MOVEMENT", move.kind, "", facts))
    return sorted(entries, key=lambda one: one.at, reverse=True)


def _totals(loans: tuple[Any, ...]) -> dict[str, Any]:
    """Sum each amount over the open loans; None where none is known, or where currencies differ."""
    live = [loan for loan in loans if not (loan.is_closed or loan.is_written_off)]
    if len({loan.currency for loan in live}) > 1:
        return dict.fromkeys(_PARTS)
    return {name: total_of(getattr(loan, name) for loan in live) for name in _PARTS}


def _checklist(case: Case, process: Process, evidence: list[StageEvidence]) -> list[ChecklistLine]:
    given = {one.item: one for one in evidence if one.stage == case.stage}
    stage = process.stage(case.stage)
    return [ChecklistLine(item.item, item.evidence, given.get(item.item)) for item in stage.checklist]


def _ways_out(case: Case, process: Process, evidence: list[StageEvidence]) -> list[WayOut]:
    done = {one.item for one in evidence if one.stage == case.stage}
    return [
        WayOut(
            move.to,
            move.trigger.value,
            tuple(sorted(move.roles)),
            tuple(one for one in move.needs if one not in done),
        )
        for move in process.stage(case.stage).moves
        if move.trigger in (Trigger.OPERATOR, Trigger.APPROVAL)
    ]
