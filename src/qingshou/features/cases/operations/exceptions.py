"""Exceptions to the process: a move it does not allow by itself, made because a second person approved it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from qingshou.approvals.kinds import Decided
from qingshou.approvals.operations import request
from qingshou.audit.actors import Actor
from qingshou.features.cases.errors import MoveRefused
from qingshou.features.cases.operations.lifecycle import move_stage
from qingshou.features.cases.operations.locked import lock_case, process_of, record_case
from qingshou.features.cases.process import Trigger

KIND = "CASE_EXCEPTION"
PERMISSION = "approvals.decide"


def request_exception(*, case_id: UUID, to: str, actor: Actor, on: date, now: datetime, reason: str) -> UUID:
    """Ask for approval of a move that the checklist or the role does not allow.

    Takes   on  the day the move is to bear once it is approved
    Gives   the request's id; the move happens in the transaction of its approval
    Stops   MoveRefused  the process knows no move by approval from here to there
    """
    with transaction.atomic():
        case = lock_case(case_id)
        moves = process_of(case).stage(case.stage).moves
        if not any(move.trigger is Trigger.APPROVAL and move.to == to for move in moves):
            raise MoveRefused(
                f"From {case.stage} to {to} the process allows no exception.",
                reasons=[{"code": "NO_SUCH_MOVE", "stage": case.stage, "to": to, "trigger": "APPROVAL"}],
            )
        asked = request(
            kind=KIND, subject_kind="CASE", subject_id=case.id, subject_label=case.number, actor=actor, reason=reason,
            now=now, payload={"from": case.stage, "to": to, "on": on.isoformat()},
        )  # fmt: skip
        record_case(case, "CASE_EXCEPTION_ASKED", actor=actor, now=now, facts={"to": to, "approval": asked.id})
    return asked.id


def move_as_approved(decided: Decided, decider: Actor, now: datetime) -> None:
    """Make the move an approval was given for; it is judged again, for the case may have moved on meanwhile."""
    move_stage(
        case_id=decided.subject_id,
        to=str(decided.payload["to"]),
        actor=decider,
        role="",
        on=date.fromisoformat(decided.payload["on"]),
        now=now,
        reason=decided.reason,
        is_approved=True,
        approval_id=decided.id,
    )
