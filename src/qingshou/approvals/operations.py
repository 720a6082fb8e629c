"""Asking, approving, rejecting, withdrawing, letting lapse: the row is locked, judged, changed and recorded in one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from qingshou.access.actors import actor_of
from qingshou.approvals.kinds import Decided, kind_of
from qingshou.approvals.limits import limits_of
from qingshou.approvals.models import ApprovalRequest
from qingshou.approvals.rules import MAY, Person, Status, judge_decision
from qingshou.audit.actors import SYSTEM, Actor
from qingshou.audit.operations import record
from qingshou.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from qingshou.kernel.verdict import Verdict
from qingshou.tenancy.queries import current_tenant

LIFE_DEFAULT = timedelta(days=7)
REASON_LENGTH_MAX = 400


class ApprovalRefused(Forbidden):
    """This person may not decide this request."""

    code = "APPROVAL_REFUSED"


class NotPending(Conflict):
    """The request was decided, withdrawn or has lapsed."""

    code = "APPROVAL_NOT_PENDING"


class AlreadyAsked(Conflict):
    """The same is asked for already."""

    code = "APPROVAL_ALREADY_ASKED"


class NoReason(BadInput):
    """A request or a rejection was given without a reason."""

    code = "NO_REASON"


def request(
    *,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    actor: Actor,
    reason: str,
    now: datetime,
    subject_label: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    payload: Mapping[str, Any] | None = None,
    life: timedelta = LIFE_DEFAULT,
) -> ApprovalRequest:
    """Ask for a second person's consent.

    Takes   payload  what `on_approved` needs to act; plain JSON, no personal data
    Stops   UnknownKind, NoReason, AlreadyAsked
    """
    kind_of(kind)
    if actor.user_id is None:
        raise Forbidden("Only a person or a client of the interface can ask for approval.")
    asked = ApprovalRequest(
        id=uuid4(), kind=kind, subject_kind=subject_kind, subject_id=subject_id, subject_label=subject_label,
        amount=amount, currency=currency, reason=_reason(reason), payload=dict(payload or {}),
        requested_by_id=actor.user_id, requested_by_name=actor.name, requested_at=now, expires_at=now + life,
    )  # fmt: skip
    with transaction.atomic():
        _expire_pending(kind, subject_id, now)
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
        except IntegrityError:
            raise AlreadyAsked("This has been asked for already and waits to be decided.") from None
        _record(asked, "APPROVAL_REQUESTED", actor, now, amount=amount, currency=currency)
    return asked


def judge(*, request_id: UUID, decider: Any, now: datetime) -> Verdict:
    """Return whether this user may decide this request now, with the reasons against; changes nothing."""
    asked = ApprovalRequest.objects.filter(id=request_id).first()
    if asked is None:
        raise NotFound("There is no such request.")
    return _judged(asked, decider, now)


def approve(*, request_id: UUID, decider: Any, now: datetime, note: str = "") -> ApprovalRequest:
    """Approve, and do what was asked for, in one transaction.

    Takes   decider  the signed-in user
    Stops   ApprovalRefused  own request, above the limit, role or permission missing
            NotPending       somebody was first, or it lapsed
            whatever the effect stops with; then nothing is approved
    """
    with transaction.atomic():
        asked = _locked(request_id)
        _ensure_may(asked, decider, now)
        actor = actor_of(decider)
        # the effect first: it locks its own rows before the subject's chain, as every other writer does
        kind_of(asked.kind).on_approved(_decided(asked), actor, now)
        _decide(asked, Status.APPROVED, actor, now, note)
    return asked


def reject(*, request_id: UUID, decider: Any, now: datetime, note: str) -> ApprovalRequest:
    """Reject, with a reason; the same people may reject as may approve."""
    with transaction.atomic():
        asked = _locked(request_id)
        _ensure_may(asked, decider, now)
        reason, actor = _reason(note), actor_of(decider)
        _release(asked, Status.REJECTED, actor, now)
        _decide(asked, Status.REJECTED, actor, now, reason)
    return asked


def withdraw(*, request_id: UUID, actor: Actor, now: datetime) -> ApprovalRequest:
    """Take one's own request back."""
    with transaction.atomic():
        asked = _locked(request_id)
        if asked.requested_by_id != actor.user_id:
            raise ApprovalRefused("Only who asked can withdraw a request.")
        if asked.status != Status.PENDING:
            raise NotPending("This request has been decided already.", status=asked.status)
        _release(asked, Status.WITHDRAWN, actor, now)
        asked.status, asked.decided_at = Status.WITHDRAWN, now
        asked.save()
        _record(asked, "APPROVAL_WITHDRAWN", actor, now)
    return asked


def expire_due(*, now: datetime, actor: Actor = SYSTEM) -> int:
    """Let every request of the lender in force lapse whose time is over; run by the day."""
    with transaction.atomic():
        due = ApprovalRequest.objects.select_for_update(no_key=True, skip_locked=True).filter(
            status=Status.PENDING, expires_at__lte=now
        )
        lapsed = list(due.order_by("id"))
        for asked in lapsed:
            _lapse(asked, actor, now)
    return len(lapsed)


def _judged(asked: ApprovalRequest, decider: Any, now: datetime) -> Verdict:
    requester = get_user_model().objects.filter(id=asked.requested_by_id).first()
    return judge_decision(
        status=asked.status,
        requester=Person(asked.requested_by_id, email=requester.email if requester else ""),
        decider=Person(decider.id, decider.role, getattr(decider, "email", "")),
        amount=asked.amount,
        expires_at=asked.expires_at,
        limits=limits_of(current_tenant().settings, asked.kind),
        now=now,
    )


def _ensure_may(asked: ApprovalRequest, decider: Any, now: datetime) -> None:
    verdict = _judged(asked, decider, now)
    codes = {reason.code for reason in verdict.reasons}
    if codes & {"NOT_PENDING", "EXPIRED"}:
        raise NotPending("This request has been decided, withdrawn or has lapsed already.", status=asked.status)
    if not decider.has_perm(kind_of(asked.kind).permission):
        codes.add("ROLE_MAY_NOT")
    if verdict.value != MAY or codes:
        raise ApprovalRefused(
            "You may not decide this request: it is your own, or lies above what your role may approve. "
            "Ask someone whose role may.",
            reasons=sorted(codes),
        )


def _decide(asked: ApprovalRequest, status: Status, actor: Actor, now: datetime, note: str) -> None:
    asked.status, asked.decided_at, asked.decision_note = status, now, note[:REASON_LENGTH_MAX]
    asked.decided_by_id, asked.decided_by_name = actor.user_id, actor.name
    asked.save()
    _record(asked, f"APPROVAL_{status}", actor, now, amount=asked.amount, requested_by=asked.requested_by_name)


def _expire_pending(kind: str, subject_id: UUID, now: datetime) -> None:
    """A lapsed request nobody swept up yet does not stand in the way of a new one."""
    rows = ApprovalRequest.objects.select_for_update(no_key=True).filter(
        kind=kind, subject_id=subject_id, status=Status.PENDING, expires_at__lte=now
    )
    for asked in rows:
        _lapse(asked, SYSTEM, now)


def _release(asked: ApprovalRequest, status: Status, actor: Actor, now: datetime) -> None:
    """Let go what waited for a request that comes to nothing; before the subject's chain, as an effect is."""
    release = kind_of(asked.kind).on_declined
    if release is not None:
        release(_decided(asked), status.value, actor, now)


def _lapse(asked: ApprovalRequest, actor: Actor, now: datetime) -> None:
    _release(asked, Status.EXPIRED, actor, now)
    asked.status, asked.decided_at = Status.EXPIRED, now
    asked.save()
    _record(asked, "APPROVAL_EXPIRED", actor, now)


def _locked(request_id: UUID) -> ApprovalRequest:
    asked = ApprovalRequest.objects.select_for_update(no_key=True).filter(id=request_id).first()
    if asked is None:
        raise NotFound("There is no such request.")
    return asked


def _reason(text: str) -> str:
    if not text.strip():
        raise NoReason("Say why: the reason is kept and shown.")
    return text.strip()[:REASON_LENGTH_MAX]


def _decided(asked: ApprovalRequest) -> Decided:
    return Decided(asked.id, asked.kind, asked.subject_kind, asked.subject_id, asked.amount, asked.currency,
                   asked.reason, asked.payload, asked.requested_by_id, asked.requested_by_name)  # fmt: skip


def _record(asked: ApprovalRequest, action: str, actor: Actor, now: datetime, **facts: object) -> None:
    """In the chain of the subject: who reads a case's record reads what was approved for it."""
    record(subject_kind=asked.subject_kind, subject_id=asked.subject_id, action=action, actor=actor, now=now,
           facts={"request": asked.id, "kind": asked.kind, **facts})  # fmt: skip
