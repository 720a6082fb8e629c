"""What a plan gives up: waived on the ledger once it is kept, taken back where the money that kept it was."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.repayment.models import Account, LedgerEvent, Plan, PlanLoan
from qingshou.features.repayment.operations.ledger_errors import NothingOpen
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.loan_acts import waive
from qingshou.features.repayment.operations.receipts import day_of
from qingshou.features.repayment.operations.replay import run
from qingshou.features.repayment.operations.tape_differences import drop_act
from qingshou.features.repayment.rules.plans import amounts_given_up
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.queries import current_tenant

WAIVER, PLAN_KEPT = "WAIVER", "PLAN_KEPT"


def give_up(plan: Plan, *, on: date, actor: Actor, now: datetime) -> Decimal:
    """Waive what was agreed on each loan of a plan that is kept, wherever it is still open (amounts_given_up).

    Gives   how much was really given up
    """
    total = Decimal(0)
    for loan in _loans(plan):
        agreed = {kind: Decimal(text) for kind, text in loan.waivers.items()}
        if loan.waiver_event_id is not None or not any(agreed.values()):
            continue
        wanted = amounts_given_up(agreed=agreed, open_amounts=_open_amounts(loan))
        if not wanted:
            continue
        amounts = {PartKind(kind): amount for kind, amount in wanted.items()}
        with suppress(NothingOpen):
            acted = waive(loan_id=loan.ledger_id, amounts=amounts, reason=PLAN_KEPT, actor=actor, now=now, on=on,
                          under=plan.number)  # fmt: skip
            total += acted.amount
            events = LedgerEvent.objects.filter(
                ledger=loan.ledger_id, kind=WAIVER, is_undone=False, facts__under=plan.number, facts__of__isnull=True
            )
            loan.waiver_event_id = events.order_by("-sequence").values_list("id", flat=True)[0]
            loan.save(update_fields=["waiver_event_id"])
    return total


def take_back(plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Undo what a plan gave up, and do again what came after it: the plan is not kept any more."""
    for loan in _loans(plan):
        if loan.waiver_event_id is None:
            continue
        event = LedgerEvent.objects.get(id=loan.waiver_event_id)
        locked = lock_books(borrower_id=plan.borrower_id, lender=current_tenant(), actor=actor, now=now)
        drop = drop_act(event=event, actor=actor, on=day_of(locked.lender, now))
        run(locked, actor=actor, now=now, drop=drop)
        loan.waiver_event_id = None
        loan.save(update_fields=["waiver_event_id"])
        record(subject_kind="LOAN", subject_id=loan.ledger_id, action="LOAN_WAIVER_TAKEN_BACK", actor=actor, now=now,
               facts={"event": event.id, "under": plan.number})  # fmt: skip


def _open_amounts(loan: PlanLoan) -> dict[str, Decimal]:
    rows = Account.objects.filter(ledger=loan.ledger_id, balance__gt=0).values("kind").annotate(open=Sum("balance"))
    return {row["kind"]: row["open"] for row in rows}


def _loans(plan: Plan) -> list[PlanLoan]:
    return list(PlanLoan.objects.filter(plan=plan.id).order_by("ledger_id"))
