"""A budget told by word meets the stage's checklist: signed off over a recorded call, where the lender accepts that.

The recording is the document: its hash stands in the checklist as a paper's would.
"""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.operations import give_evidence
from qingshou.features.cases.operations.locked import lock_case
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.queries.calls import calls_of, has_recording
from qingshou.features.repayment.errors import ByWordRefused, NoSuchBudget
from qingshou.features.repayment.models import Budget
from qingshou.features.repayment.operations.budgets import EVIDENCE
from qingshou.features.repayment.operations.negotiation import is_call_with
from qingshou.features.repayment.queries.budgets import latest_budget
from qingshou.features.repayment.rules.by_word import WordFacts, by_word_policy, judge_by_word
from qingshou.tenancy.queries import current_tenant

NOTE = "BY_WORD"


def sign_off_by_word(*, case_id: UUID, budget_id: UUID, call_id: UUID, actor: Actor, role: str, now: datetime) -> Any:
    """Meet the stage's item 'income and spending' by the recording of the call on which it was told.

    Takes   budget_id  the one that holds
            call_id    of contact, with this debtor
            role       the signer's
    Gives   the evidence: its document is the recording
    Stops   NoSuchCase, CaseClosed
            NoSuchBudget   not of this case
            ByWordRefused  with every reason: not accepted by the lender, not this role, not by who took it, a newer
                           budget, no such call, not recorded, nobody identified, too old
            BadCaseInput   the stage has no such item, or it is met already
    """
    with transaction.atomic():
        case = lock_case(case_id)
        budget = Budget.objects.filter(id=budget_id, case=case.id).first()
        if budget is None:
            raise NoSuchBudget("There is no such budget of this case: take income and spending first.")
        lender, on = current_tenant(), working_day(case, now)
        policy = by_word_policy(settings=lender.settings)
        call = calls_of(call_ids=[call_id]).get(call_id) if is_call_with(call_id, case.borrower_id) else None
        facts = WordFacts(
            role=role, is_own=budget.taken_by == actor.name[:60], is_newest=budget == latest_budget(case_id=case.id),
            is_with_debtor=call is not None, is_recorded=call is not None and has_recording(call),
            is_identified=call is not None and call.identity_checked_at is not None,
            called_on=call.begun_at.astimezone(ZoneInfo(lender.time_zone)).date() if call is not None else None,
        )  # fmt: skip
        codes = judge_by_word(policy=policy, facts=facts, on=on)
        if codes or call is None:
            raise ByWordRefused(
                f"This budget cannot be signed off by word: {', '.join(codes)}. File a document instead.",
                reasons=[{"code": one} for one in codes],
            )
        proof = call.recording.document_hash
        evidence = give_evidence(
            case_id=case.id, item=EVIDENCE, actor=actor, now=now, note=NOTE, document_hash=proof
        )  # fmt: skip
        record(
            subject_kind="CASE", subject_id=case.id, action="BUDGET_SIGNED_BY_WORD", actor=actor, now=now,
            facts={"budget": budget.id, "call": call_id, "policy": policy.name}, rule="repayment.by_word",
            document_hash=proof,
        )  # fmt: skip
    return evidence
