"""Reads of a negotiation: its steps in order, with the offers they speak of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.repayment.models import NegotiationStep, Offer
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a negotiation; `said` stays sealed here (`has_words`), and is opened by `open_words`."""

    id: UUID
    at: datetime
    party: str
    kind: str
    reason: str
    channel: str
    offer: Offer | None
    call_id: UUID | None
    document_hash: str
    has_words: bool
    made_by: str


def list_steps(*, case_id: UUID, limit: int = 200) -> list[StepLine]:
    """Return the steps of a case's negotiation, newest first; one query."""
    rows = NegotiationStep.objects.filter(case=case_id).select_related("offer").order_by("-at", "-id")[:limit]
    return [_line(one) for one in rows]


def proposers_of(*, offer_ids: Collection[UUID]) -> dict[UUID, StepLine]:
    """Return the step by which each offer was first put forward, where one was; one query."""
    rows = NegotiationStep.objects.filter(offer__in=offer_ids, kind__in=("OFFERED", "COUNTERED"))
    first: dict[UUID, StepLine] = {}
    for one in rows.select_related("offer").order_by("at", "id"):
        if one.offer is not None:
            first.setdefault(one.offer.id, _line(one))
    return first


def _line(one: NegotiationStep) -> StepLine:
    return StepLine(
        id=one.id, at=one.at, party=one.party, kind=one.kind, reason=one.reason, channel=one.channel,
        offer=one.offer, call_id=one.call_id, document_hash=one.document_hash, has_words=one.said is not None,
        made_by=one.made_by,
    )  # fmt: skip


def open_words(*, step_id: UUID, reader: Actor, role: str, now: datetime) -> str:
    """Return what was said in a step, the opening logged; '' where nothing was, or it is not for this role."""
    step = NegotiationStep.objects.select_related("case").filter(id=step_id).first()
    if step is None or step.said is None:
        return ""
    borrower_id = step.case.borrower_id
    shown = reveal_many(
        subject_kind="BORROWER", rows={borrower_id: sealed_fields(step, ["said"])}, reader=reader, role=role,
        purpose="NEGOTIATION", now=now,
    )  # fmt: skip
    return shown[borrower_id]["said"] or ""


def case_of_step(*, step_id: UUID) -> UUID | None:
    """Return whose negotiation a step is of; None where there is none."""
    return NegotiationStep.objects.filter(id=step_id).values_list("case_id", flat=True).first()
