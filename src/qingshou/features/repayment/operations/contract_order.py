"""The contract's own order of a loan's payments: kept on its ledger, for what comes from then on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.owing import borrowers_of_loans
from qingshou.features.repayment.models import LoanLedger
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan, ReasonMissing, UnfitAct
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.replay import run, steps_from
from qingshou.features.repayment.rules.steps import StepKind
from qingshou.kernel.errors import BadInput
from qingshou.law.allocation.terms import Future, PartKind, check_kinds
from qingshou.law.allocation.terms import Sequence as InTurn
from qingshou.tenancy.queries import current_tenant

_REASON_LENGTH_MIN = 3


def set_contract_order(
    *, loan_id: UUID, kinds: Sequence[str], sequence: str, future: str, reason: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Keep what a loan's contract says of the order of payments; it goes before the lender's for that loan.

    What was applied before keeps the order it was applied by, also when it is done again.

    Takes   kinds     the four kinds from the first paid to the last; none: the lender's
            sequence  KIND_FIRST or DUE_FIRST; empty: the lender's
            future    what is done with money for what is not due yet; empty: the lender's
    Gives   the order as facts keep it
    Stops   NoSuchLoan, UnfitAct, ReasonMissing
    """
    order = _checked(kinds, sequence, future)
    if len(reason.strip()) < _REASON_LENGTH_MIN:
        raise ReasonMissing("Say why, in a few words: it is kept in the record.", field="reason")
    borrower = borrowers_of_loans(loan_ids=[loan_id]).get(loan_id)
    if borrower is None:
        raise NoSuchLoan("There is no such loan in the working set, or it is not for you.")
    with transaction.atomic():
        locked = lock_books(borrower_id=borrower, lender=current_tenant(), actor=actor, now=now)
        if loan_id not in locked.ledgers:
            raise NoSuchLoan("This loan has no ledger: it is closed, or its tape does not tell what is owed on it.")
        before = locked.orders.get(str(loan_id), {})
        recorded = steps_from(locked, (date.min, 0))
        unsaid = [step for step in recorded.steps if step.kind is StepKind.ALLOCATION and "orders" not in step.facts]
        if unsaid:  # of a version that did not keep it: they had the order of before
            run(locked, actor=actor, now=now, changed_facts={step.order: {"orders": locked.orders} for step in unsaid})
        LoanLedger.objects.filter(id=loan_id).update(
            order_kinds=list(kinds), order_sequence=sequence, order_future=future
        )
        record(
            subject_kind="LOAN", subject_id=loan_id, action="CONTRACT_ORDER_SET", actor=actor, now=now,
            facts={"before": before, "order": order, "reason": reason.strip()[:120]},
        )  # fmt: skip
    return dict(order)


def _checked(kinds: Sequence[str], sequence: str, future: str) -> Mapping[str, Any]:
    try:
        if kinds:
            check_kinds(tuple(PartKind(kind) for kind in kinds))
        said: dict[str, Any] = {"kinds": list(kinds)} if kinds else {}
        said |= {"sequence": InTurn(sequence).value} if sequence else {}
        return said | ({"future": Future(future).value} if future else {})
    except (ValueError, BadInput) as error:
        raise UnfitAct(f"This is no order of payments: {error}.") from None
