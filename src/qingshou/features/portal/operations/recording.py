"""What every act of the debtor's page shares: who acts, and in whose chain it is recorded."""

from datetime import datetime
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.queries import latest_case_of


def note(
    *, borrower_id: UUID, action: str, actor: Actor, now: datetime, case_id: UUID | None = None, law: str = "",
    **facts: object,
) -> None:  # fmt: skip
    """Record an act in the chain of the debtor's case, or the debtor's own where there is none."""
    case_id = case_id or latest_case_of(borrower_ids=[borrower_id])
    kind, subject_id = ("CASE", case_id) if case_id else ("BORROWER", borrower_id)
    record(subject_kind=kind, subject_id=subject_id, action=action, actor=actor, now=now, facts=facts, law=law)
