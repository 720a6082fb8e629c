"""The queue of requests."""

from uuid import UUID

from qingshou.approvals.models import ApprovalRequest
from qingshou.approvals.rules import Status
from qingshou.kernel.errors import NotFound


def list_requests(
    *, status: str = "", kind: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[ApprovalRequest], int]:
    """Return one page of requests, the oldest pending first and decided ones newest first, and how many there are."""
    rows = ApprovalRequest.objects.all()
    if status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    order = "requested_at" if status == Status.PENDING else "-requested_at"
    return list(rows.order_by(order, "id")[offset : offset + limit]), rows.count()


def list_requests_of(*, subject_id: UUID) -> list[ApprovalRequest]:
    """Return a subject's requests, newest first."""
    return list(ApprovalRequest.objects.filter(subject_id=subject_id).order_by("-requested_at"))


def count_pending() -> int:
    """Return how many requests wait."""
    return ApprovalRequest.objects.filter(status=Status.PENDING).count()


def get_request(*, request_id: UUID) -> ApprovalRequest:
    """Return a request; stops with NotFound."""
    asked = ApprovalRequest.objects.filter(id=request_id).first()
    if asked is None:
        raise NotFound("There is no such request.")
    return asked
