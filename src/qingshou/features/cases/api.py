"""Cases over REST: the queue, one case with all that happened, and the work on it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.audit.queries import list_events
from qingshou.features.cases import operations, queries
from qingshou.features.cases.callers import case_for, owners_seen
from qingshou.rest.paging import decode_cursor, encode_cursor, page
from qingshou.rest.principal import Principal, permitted, principal_of
from qingshou.rest.schemas import Code, Day, Note, Page, Paging, Ref
from qingshou.tenancy.queries import get_tenant

router = Router(tags=["cases"])


class CaseOut(Schema):
    """A debtor's case. Amounts are null where unknown; no personal data: see the borrower for that."""

    id: UUID
    number: str = Field(examples=["2005-00000042"])
    borrower_id: UUID
    borrower_ref: str
    stage: str = Field(examples=["FIRST_CONTACT"])
    stage_entered_on: date
    stage_due_on: date | None = None
    severity: str = Field(examples=["MILD"])
    overdue_days: int | None = Field(None, examples=[12])
    loans_count: int
    balance: Decimal | None = None
    arrears: Decimal | None = None
    currency: str
    product: str
    branch: str
    owner_id: UUID | None = None
    owner: str | None = Field(None, description="Sign-in of the owner.", examples=["chen.wei"])
    next_action: str = Field(examples=["CONTACT_DEBTOR"])
    next_action_on: date | None = None
    queue_tier: int = Field(description="1 is taken up first.")
    queue_reason: str = Field(examples=["NEW_ENTRY"])
    opened_on: date
    as_of: date
    closed_on: date | None = None
    closed_reason: str


class ChecklistOut(Schema):
    """One item of the stage's checklist."""

    item: str
    evidence_kind: str
    is_done: bool
    given_by: str | None = None
    given_at: datetime | None = None


class WayOutOut(Schema):
    """A move that a person may ask for from here."""

    to: str
    trigger: str
    roles: list[str]
    missing: list[str] = Field(description="Items of the checklist that must be done before.")


class CaseDetail(CaseOut):
    """A case with its checklist and the ways out of its stage."""

    loan_ids: list[UUID]
    checklist: list[ChecklistOut]
    ways_out: list[WayOutOut]
    is_past_deadline: bool


class CaseFilters(Paging):
    """Filters of the queue."""

    owner_id: UUID | None = Field(None, description="Cases of one person; without it all that the caller may see.")
    severity: Code | None = Field(None, examples=["SEVERE"])
    stage: Code | None = Field(None, examples=["LEGAL"])
    product: Ref | None = None
    branch: Ref | None = None
    next_action: Code | None = None
    overdue_days_min: int | None = Field(None, ge=0, le=40_000)
    overdue_days_max: int | None = Field(None, ge=0, le=40_000)
    due_by: Day | None = Field(None, description="Next action due on or before.")
    sort: Code = Field("queue", description="queue, days, arrears or due", examples=["queue"])


class CaseEventOut(Schema):
    """One event of the case's chain."""

    seq: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str = Field(examples=["CASE_MOVED"])
    facts: dict[str, Any]
    rule: str
    law: str
    document_hash: str
    hash: str


class NextActionIn(Schema):
    """What is to be done next."""

    action: Code = Field(examples=["CALL_BACK"])
    due_on: Day = Field(examples=["2026-11-27"])


class AssignmentIn(Schema):
    """Who takes the case."""

    owner_id: UUID
    reason: Note = Field(min_length=3, examples=["Speaks the debtor's language"])


class EvidenceIn(Schema):
    """What proves a step of the checklist."""

    item: Code = Field(examples=["REASON_RECORDED"])
    note: Note = Field("", description="Kept with the case, not in the record.")
    document_hash: str = Field("", pattern="^([0-9a-f]{64})?$", description="SHA-256 of the document.")


class MoveIn(Schema):
    """Where the case is to go."""

    to: Code = Field(examples=["REPAYMENT_PLAN"])
    reason: Note = Field(min_length=3, examples=["Debtor asked for a plan"])


def _shown(case: Any) -> dict[str, Any]:
    own = {"borrower_ref", "owner"}
    return {
        **{name: getattr(case, name) for name in CaseOut.model_fields if name not in own},
        "borrower_ref": case.borrower.borrower_ref,
        "owner": case.owner.username if case.owner else None,
    }


def _day(request: HttpRequest, case: Any, caller: Principal) -> date:
    """Return the day a case is worked on: the book's own where the book is of the past, else today at the lender's."""
    tenant = get_tenant(tenant_id=caller.tenant_id)
    return case.as_of if tenant.is_demo else request.now.astimezone(ZoneInfo(tenant.time_zone)).date()


def _owners(caller: Principal, owner_id: UUID | None) -> tuple[UUID, ...] | None:
    """Return whose cases are listed: of those the caller sees, one person's where one is asked for."""
    seen = owners_seen(caller)
    if owner_id is None:
        return seen
    return (owner_id,) if seen is None or owner_id in seen else ()


@router.get("", response=Page[CaseOut], summary="List live cases in the order of the queue")
@permitted("worklist.view")
def list_cases(request: HttpRequest, asked: Query[CaseFilters]) -> dict[str, Any]:
    """The caller's own, the team's or all, as the role may see; paged by the queue's own key."""
    filters, caller = asked.filters(), principal_of(request)
    place = decode_cursor(listing="cases", filters=filters, cursor=asked.cursor)
    found = queries.list_worklist(
        filters=queries.WorklistFilter(
            owner_ids=_owners(caller, asked.owner_id),
            severity=asked.severity or "",
            stage=asked.stage or "",
            product=asked.product or "",
            branch=asked.branch or "",
            next_action=asked.next_action or "",
            days_min=asked.overdue_days_min,
            days_max=asked.overdue_days_max,
            due_by=asked.due_by,
        ),
        sort=asked.sort,
        after=queries.After(place[0], place[1]) if place else None,
        limit=asked.limit,
    )
    following = found.next_after
    cursor = None
    if following is not None:
        cursor = encode_cursor(listing="cases", filters=filters, position=(following.key, following.case_id))
    return {"items": [_shown(case) for case in found.rows], "next_cursor": cursor}


@router.get("/{case_id}", response=CaseDetail, summary="Get a case")
@permitted("cases.view")
def get_case(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """With its loans' ids, its checklist and the ways out of its stage."""
    case, caller = case_for(request, case_id, "cases.view")
    found = queries.case_page(case_id=case_id, case=case, on=_day(request, case, caller), events_max=1)
    return {
        **_shown(found.case),
        "loan_ids": [loan.id for loan in found.loans],
        "checklist": [
            {
                "item": line.item,
                "evidence_kind": line.evidence_kind,
                "is_done": line.given is not None,
                "given_by": line.given.given_by if line.given else None,
                "given_at": line.given.given_at if line.given else None,
            }
            for line in found.checklist
        ],
        "ways_out": [
            {"to": way.to, "trigger": way.trigger, "roles": list(way.roles), "missing": list(way.missing)}
            for way in found.ways_out
        ],
        "is_past_deadline": found.is_past_deadline,
    }


@router.get("/{case_id}/events", response=Page[CaseEventOut], summary="List what happened to a case")
@permitted("cases.view")
def list_case_events(request: HttpRequest, case_id: UUID, asked: Query[Paging]) -> dict[str, Any]:
    """The newest first; each event's hash covers the one before it."""
    case_for(request, case_id, "cases.view")
    bound = {"case": case_id}
    (before,) = decode_cursor(listing="case-events", filters=bound, cursor=asked.cursor) or (None,)
    events = list_events(subject_kind="CASE", subject_id=case_id, limit=asked.limit + 1, before_seq=before)
    shown, following = page(
        events, limit=asked.limit, listing="case-events", filters=bound, position=lambda event: (event.seq,)
    )
    return {"items": list(shown), "next_cursor": following}


@router.post("/{case_id}/next-action", response=CaseOut, summary="Set what is to be done next")
@permitted("cases.work")
def set_next_action(request: HttpRequest, case_id: UUID, given: NextActionIn) -> dict[str, Any]:
    """An action and its date, today or later; the case takes its new place in the queue."""
    case, caller = case_for(request, case_id, "cases.work")
    operations.set_next_action(
        case_id=case_id,
        action=given.action,
        due_on=given.due_on,
        actor=caller.actor,
        on=_day(request, case, caller),
        now=request.now,
    )
    return _shown(queries.get_case(case_id=case_id))


@router.post("/{case_id}/assignment", response=CaseOut, summary="Give a case to a person")
@permitted("cases.assign")
def assign(request: HttpRequest, case_id: UUID, given: AssignmentIn) -> dict[str, Any]:
    """A case that waited to be assigned gets the first action of its stage."""
    case, caller = case_for(request, case_id, "cases.view")
    operations.assign(
        case_id=case_id,
        owner_id=given.owner_id,
        actor=caller.actor,
        on=_day(request, case, caller),
        now=request.now,
        reason=given.reason,
    )
    return _shown(queries.get_case(case_id=case_id))


@router.post("/{case_id}/evidence", response=CaseDetail, summary="Meet an item of the checklist")
@permitted("cases.work")
def give_evidence(request: HttpRequest, case_id: UUID, given: EvidenceIn) -> dict[str, Any]:
    """By a note, or by the hash of a document where the item asks for one. What is given stays."""
    _, caller = case_for(request, case_id, "cases.work")
    operations.give_evidence(
        case_id=case_id,
        item=given.item,
        actor=caller.actor,
        now=request.now,
        note=given.note,
        document_hash=given.document_hash,
    )
    return get_case(request, case_id)


@router.post("/{case_id}/moves", response=CaseOut, summary="Move a case to another stage")
@permitted("cases.work")
def move(request: HttpRequest, case_id: UUID, given: MoveIn) -> dict[str, Any]:
    """As the process allows; a refusal (409 MOVE_REFUSED) names everything that is missing."""
    case, caller = case_for(request, case_id, "cases.work")
    operations.move_stage(
        case_id=case_id,
        to=given.to,
        actor=caller.actor,
        role=caller.role,
        on=_day(request, case, caller),
        now=request.now,
        reason=given.reason,
    )
    return _shown(queries.get_case(case_id=case_id))
