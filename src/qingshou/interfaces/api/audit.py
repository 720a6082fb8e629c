"""The record: what was done, by whom, under which rule. It is only read here."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.audit import queries
from qingshou.audit.phrases import action_words
from qingshou.rest.paging import decode_cursor, page
from qingshou.rest.principal import permitted
from qingshou.rest.schemas import Code, Page, Paging, Ref

router = Router(tags=["audit"])


class EventOut(Schema):
    """One recorded event. `hash` covers it and the event before it in its chain."""

    id: int
    subject_kind: str = Field(examples=["CASE"])
    subject_id: UUID | None = None
    seq: int = Field(description="Place in the subject's chain, from 1.")
    at: datetime
    actor_kind: str = Field(examples=["USER"])
    actor_name: str
    action: str = Field(examples=["CASE_MOVED"])
    action_words: str = Field(examples=["Moved to another stage"])
    facts: dict[str, Any] = Field(description="Codes, amounts, dates and ids; never personal data.")
    rule: str
    law: str
    document_hash: str
    hash: str


class EventFilters(Paging):
    """Filters of the record."""

    action: Code | None = Field(None, examples=["CASE_OPENED"])
    actor_name: Ref | None = None
    subject_kind: Code | None = Field(None, examples=["CASE"])
    since: datetime | None = None
    until: datetime | None = Field(None, description="Not included.")


class AnchorOut(Schema):
    """One day's seal over every chain."""

    on_date: date
    made_at: datetime
    chains_count: int
    events_count: int
    root: str


def shown_event(event: Any) -> dict[str, Any]:
    """Return an event as the API shows it."""
    return {**asdict(event), "action_words": action_words(event.action)}


@router.get("/events", response=Page[EventOut], summary="List recorded events")
@permitted("audit.view")
def list_events(request: HttpRequest, asked: Query[EventFilters]) -> dict[str, Any]:
    """Newest first."""
    filters = asked.filters()
    (before_id,) = decode_cursor(listing="audit", filters=filters, cursor=asked.cursor) or (None,)
    events = queries.search_events(
        action=asked.action or "",
        actor_name=asked.actor_name or "",
        subject_kind=asked.subject_kind or "",
        since=asked.since,
        until=asked.until,
        limit=asked.limit + 1,
        before_id=before_id,
    )
    shown, following = page(
        events, limit=asked.limit, listing="audit", filters=filters, position=lambda event: (event.id,)
    )
    return {"items": [shown_event(event) for event in shown], "next_cursor": following}


@router.get("/anchors", response=list[AnchorOut], summary="List the latest daily anchors")
@permitted("audit.view")
def list_anchors(request: HttpRequest) -> list[dict[str, Any]]:
    """The last sixty; keep a copy elsewhere, so that a rebuilt chain can be told from the true one."""
    return queries.list_anchors()
