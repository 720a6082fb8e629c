"""Acts on a loan's ledger other than payments: waived, charged, moved to new dates, charged off. Each is a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.owing import borrowers_of_loans, class_of_loans
from qingshou.features.repayment.operations.ledger_errors import (
    NeedsSecondPerson,
    NoSuchLoan,
    NothingOpen,
    UnfitAct,
)
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.locked_books import LockedBooks
from qingshou.features.repayment.operations.receipt_rows import check_amount
from qingshou.features.repayment.operations.receipts import day_of
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.operations.replay import run
from qingshou.features.repayment.operations.tape_differences import keep_act
from qingshou.features.repayment.rules.account_settings import waiver_alone_max
from qingshou.features.repayment.rules.books import WAIVED, Move
from qingshou.features.repayment.rules.steps import Step, StepKind
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import KINDS, PartKind
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant

_WAIVABLE = (*KINDS, PartKind.UNSPLIT)


@dataclass(frozen=True, slots=True)
class Acted:
    """What an act moved on a loan, and how many later steps were done again."""

    loan_id: UUID
    amount: Decimal
    owed: Decimal
    redone: int


def waive(
    *,
    loan_id: UUID,
    amounts: Mapping[PartKind, Decimal],
    reason: str,
    actor: Actor,
    now: datetime,
    on: date | None = None,
    under: str = "",
) -> Acted:
    """Give up part of what is owed, kind by kind, the oldest due first.

    Takes   amounts  kind -> amount; what is more than open is not waived, then or when it is done again
            under    what it was agreed and approved under (a plan's number, an approval); without it one person may
                     waive up to the lender's "waiver_alone_max" (settings, "repayment"; 0 where it is not set)
    Gives   Acted    amount: what was really given up
    Stops   NeedsSecondPerson, UnfitAct, NoSuchLoan
            NothingOpen  nothing of these kinds is open
    """
    if not amounts or any(kind not in _WAIVABLE for kind in amounts):
        raise UnfitAct("A waiver names at least one kind of what is owed, with an amount: add it.")
    total = sum(amounts.values(), ZERO)
    if not under and total > waiver_alone_max(current_tenant().settings):
        raise NeedsSecondPerson(
            "This waiver is above what one person may give up alone: ask for approval.", amount=str(total)
        )
    facts = {"amounts": {kind.value: str(amount) for kind, amount in amounts.items()}, "reason": reason, "under": under}
    return _act(
        loan_id, StepKind.WAIVER, facts, on, "LOAN_WAIVED", actor, now, check=list(amounts.values()), measure=WAIVED
    )  # fmt: skip


def charge_costs(
    *,
    loan_id: UUID,
    amount: Decimal,
    reason: str,
    actor: Actor,
    now: datetime,
    on: date | None = None,
    due_date: date | None = None,
    kind: PartKind = PartKind.COSTS,
) -> Acted:
    """Add costs of realising the claim (or a penalty, or interest) to what is owed; due on its day where none is told.

    Stops   UnfitAct, UnfitAmount, NoSuchLoan
            NothingOpen  the loan was charged off: nothing is added to it
    """
    if kind not in (PartKind.COSTS, PartKind.PENALTY, PartKind.INTEREST):
        raise UnfitAct("Only costs, penalty and interest can be charged: principal comes from the core system.")
    day = on or day_of(current_tenant(), now)
    facts = {"part": kind.value, "amount": str(amount), "due_date": (due_date or day).isoformat(), "reason": reason}
    return _act(loan_id, StepKind.CHARGE, facts, day, "LOAN_CHARGED", actor, now, check=[amount])


def re_age(
    *,
    loan_id: UUID,
    to: Sequence[tuple[date, Decimal]],
    reason: str,
    actor: Actor,
    now: datetime,
    on: date | None = None,
    under: str = "",
) -> Acted:
    """Move what is overdue to new due dates, each kind staying what it is.

    Takes   to  (date, amount) in order; each date takes its amount, the last what is left, more or less. Whether the
                law allows it is judged before (plans); this only moves it
    Stops   UnfitAct, NoSuchLoan; NothingOpen  nothing is overdue
    """
    day = on or day_of(current_tenant(), now)
    facts = {"until": day.isoformat(), "to": _dates(to), "reason": reason, "under": under, **_as_it_was(loan_id)}
    return _act(loan_id, StepKind.RE_AGE, facts, day, "LOAN_RE_AGED", actor, now)


def re_amortise(
    *,
    loan_id: UUID,
    to: Sequence[tuple[date, Decimal]],
    reason: str,
    actor: Actor,
    now: datetime,
    on: date | None = None,
    under: str = "",
) -> Acted:
    """Spread the open principal over a new schedule: (date, amount) in order, the last takes what is left.

    Takes   to  whether it may be spread is judged before (operations/re_amortising.py); this only moves it
    Stops   UnfitAct, NoSuchLoan; NothingOpen  no principal is open
    """
    facts = {"to": _dates(to), "reason": reason, "under": under, **_as_it_was(loan_id)}
    return _act(loan_id, StepKind.RE_AMORTISE, facts, on, "LOAN_RE_AMORTISED", actor, now)


def charge_off(
    *, loan_id: UUID, reason: str, actor: Actor, now: datetime, under: str, on: date | None = None
) -> Acted:  # fmt: skip
    """Write off all that is open; what is paid later counts as recovered, at most what was charged off.

    Takes   under  the approval it rests on: nobody does this alone
    Stops   NeedsSecondPerson, NoSuchLoan; NothingOpen
    """
    if not under:
        raise NeedsSecondPerson("A charge-off needs a second person's approval: ask for it.")
    facts = {"reason": reason, "under": under}
    return _act(loan_id, StepKind.CHARGE_OFF, facts, on, "LOAN_CHARGED_OFF", actor, now)


def _act(
    loan_id: UUID,
    kind: StepKind,
    facts: Mapping[str, Any],
    on: date | None,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    check: Sequence[Decimal] = (),
    measure: str = "",
) -> Acted:
    with transaction.atomic():
        lender = current_tenant()
        locked = _locked(loan_id, lender, actor, now)
        currency, today = locked.ledgers[loan_id].currency, day_of(lender, now)
        for amount in check:
            check_amount(amount, currency)
        effect = locked.earliest_effect(on or today, [loan_id])
        step = Step(kind, effect, locked.next_sequence, facts, loan_id)
        found = run(locked, actor=actor, now=now, add=[step])
        (done,) = [one.done for one in found.steps if one.step.order == step.order]
        if not done:
            raise NothingOpen("Nothing is open on this loan that this could change: look at its ledger.")
        if kind is not StepKind.CHARGE_OFF:  # that one stays whatever a tape says
            keep_act(loan_id=loan_id, step=step, moves=done[loan_id], actor=actor, currency=currency)
        acted = Acted(loan_id, _moved(done[loan_id], measure), locked.books.owed(loan_id), len(found.changed) - 1)
        record(
            subject_kind="LOAN", subject_id=loan_id, action=action, actor=actor, now=now,
            facts={"amount": acted.amount, "owed": acted.owed, "currency": currency, "effective_date": effect,
                   "reason": str(facts["reason"])[:40], "under": str(facts.get("under", ""))[:60],
                   "redone": acted.redone},
        )  # fmt: skip
        tell_money_moved(borrower_id=locked.borrower_id, on=today, actor=actor, now=now)
    return acted


def _locked(loan_id: UUID, lender: Tenant, actor: Actor, now: datetime) -> LockedBooks:
    borrower = borrowers_of_loans(loan_ids=[loan_id]).get(loan_id)
    if borrower is None:
        raise NoSuchLoan("There is no such loan in the working set, or it is not for you.")
    locked = lock_books(borrower_id=borrower, lender=lender, actor=actor, now=now)
    if loan_id not in locked.ledgers:
        raise NoSuchLoan("This loan has no ledger: it is closed, or its tape does not tell what is owed on it.")
    return locked


def _moved(moves: Sequence[Move], measure: str) -> Decimal:
    """Return how much an act moved: what went to one account, or everything that was debited."""
    if measure:
        return sum((move.amount for move in moves if move.place == measure), ZERO)
    return sum((move.amount for move in moves if move.amount > 0), ZERO)


def _as_it_was(loan_id: UUID) -> dict[str, Any]:
    """Return what a loan was before its dates were changed, so that they never hide it (queries/observed.py)."""
    was = class_of_loans(loan_ids=[loan_id]).get(loan_id)
    return {} if was is None else {"was": {"class": was[0], "is_non_performing": was[1]}}


def _dates(to: Sequence[tuple[date, Decimal]]) -> list[list[str]]:
    days = [day for day, _ in to]
    if not to or days != sorted(set(days)) or any(amount < 0 for _, amount in to):
        raise UnfitAct("New due dates come in order, each once, with amounts of zero or more: correct them.")
    return [[day.isoformat(), str(amount)] for day, amount in to]
