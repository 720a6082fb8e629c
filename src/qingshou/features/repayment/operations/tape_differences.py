"""What we did and the tape does not show: kept, done again on top of each tape, settled by it or by a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.repayment.models import LedgerEvent, PlanLoan, TapeDifference
from qingshou.features.repayment.operations.ledger_errors import (
    DifferenceSettled,
    GivenUpByPlan,
    NoSuchDifference,
    ReasonMissing,
)
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.operations.received import tell_money_moved
from qingshou.features.repayment.operations.replay import Order, run
from qingshou.features.repayment.rules.books import Books, Move, Slot
from qingshou.features.repayment.rules.pending import Act, again, gaps, is_moved_still, not_booked
from qingshou.features.repayment.rules.steps import Step, StepKind, slots_of
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind
from qingshou.tenancy.queries import current_tenant

_WEIGHED = (StepKind.WAIVER, StepKind.CHARGE)
_REASON_LENGTH_MIN = 3


@dataclass(slots=True)
class Pending:
    """The acts of many loans that no tape has shown yet, and what a tape makes of them."""

    rows: Mapping[UUID, Sequence[TapeDifference]] = field(default_factory=dict)  # loan -> the oldest first
    acts: Mapping[UUID, Sequence[Act]] = field(default_factory=dict)
    with_money: frozenset[UUID] = frozenset()  # loans on which money came since the tape before
    changed: list[TapeDifference] = field(default_factory=list)

    def judge(self, tape: Step, *, held: Books, frozen: Mapping[PartKind, Decimal]) -> frozenset[UUID]:
        """Return which acts a tape does not show; what it shows is settled by it.

        Takes   held    our books up to its day
                frozen  by kind, what the tape before it had too much because charges stood still
        """
        loan = tape.loan
        acts = self.acts.get(loan, ()) if loan is not None else ()
        if loan is None or not acts or held.is_charged_off(loan):
            return frozenset()
        as_of, told, mine = tape.effective_date, slots_of(loan, tape.facts["parts"]), held.parts_of(loan)
        more = gaps(told=told, held=mine, as_of=as_of)
        more |= {kind: more.get(kind, ZERO) - amount for kind, amount in frozen.items()}
        weighed = not_booked(acts=acts, gaps=more, has_money=loan in self.with_money)
        missing = set()
        for act, row in zip(acts, self.rows[loan], strict=True):
            is_weighed = act.kind in _WEIGHED
            is_missing = act.id in weighed if is_weighed else is_moved_still(act=act, told=told, held=mine, as_of=as_of)
            self._tell(row, is_missing, as_of)
            missing |= {act.id} if is_missing else set()
        return frozenset(missing)

    def lacking(self, loan: UUID, missing: frozenset[UUID]) -> dict[PartKind, Decimal]:
        """Return by kind what a tape is higher by because it does not show these acts."""
        found: dict[PartKind, Decimal] = {}
        for act in self.acts.get(loan, ()):
            if act.id in missing and act.kind in _WEIGHED:
                for kind, amount in act.lacking().items():
                    found[kind] = found.get(kind, ZERO) + amount
        return found

    def steps_after(self, tape: Step, missing: frozenset[UUID]) -> list[Step]:
        """Return the acts done again on top of a tape that does not show them."""
        if tape.loan is None:
            return []
        acts = [act for act in self.acts.get(tape.loan, ()) if act.id in missing]
        return [
            Step(act.kind, tape.effective_date, tape.sequence + 2 + place, again(act=act, as_of=tape.effective_date),
                 tape.loan)
            for place, act in enumerate(acts)
        ]  # fmt: skip

    def _tell(self, row: TapeDifference, is_missing: bool | None, as_of: date) -> None:
        if is_missing:
            row.missing_since, row.missing_as_of = row.missing_since or as_of, as_of
        else:
            row.state = "OVER" if is_missing is None else "BOOKED"
            row.settled_by, row.settled_on = "tape", as_of
        self.changed.append(row)

    def write(self) -> None:
        """Store what the tape made of them."""
        TapeDifference.objects.bulk_update(
            self.changed, ["state", "missing_since", "missing_as_of", "settled_by", "settled_on"]
        )


def load_pending(*, loans: Collection[UUID], as_of: date, since: Mapping[UUID, date]) -> Pending:
    """Return what no tape has shown yet of loans, as far as it was done up to a day.

    Takes   since  loan -> the tape it agreed with before
    """
    rows = TapeDifference.objects.filter(ledger_id__in=loans, state="OPEN", event__effective_date__lte=as_of)
    found: dict[UUID, list[TapeDifference]] = defaultdict(list)
    for row in rows.select_related("event").order_by("event__effective_date", "event__sequence"):
        found[row.ledger_id].append(row)
    if not found:
        return Pending()
    first = min(since[loan] for loan in found)
    money = LedgerEvent.objects.filter(
        ledger_id__in=found, kind=StepKind.ALLOCATION.value, is_undone=False, effective_date__gte=first,
        effective_date__lte=as_of,
    ).values_list("ledger_id", "effective_date")  # fmt: skip
    with_money = frozenset(loan for loan, on in money if on >= since[loan])
    return Pending(found, {loan: [_act(row) for row in mine] for loan, mine in found.items()}, with_money)


def keep_act(*, loan_id: UUID, step: Step, moves: Sequence[Move], actor: Actor, currency: str) -> None:
    """Keep an act until a tape shows it; in the transaction that does it."""
    event = LedgerEvent.objects.get(ledger_id=loan_id, sequence=step.sequence)
    sign = -1 if step.kind is StepKind.WAIVER else 1
    amounts: dict[str, Decimal] = {}
    for move in moves:
        if isinstance(move.place, Slot) and sign * move.amount > 0:
            kind = move.place.kind.value
            amounts[kind] = amounts.get(kind, ZERO) + sign * move.amount
    TapeDifference.objects.create(
        ledger_id=loan_id, event=event, kind=step.kind.value, amount=sum(amounts.values(), ZERO), currency=currency,
        amounts={kind: str(amount) for kind, amount in amounts.items()}, acted_on=step.effective_date,
        acted_by=actor.name[:60],
    )  # fmt: skip


def orders_of_act(*, event: LedgerEvent) -> list[Order]:
    """Return the places of an act's step and of those that do it again; the caller's locks."""
    again_rows = LedgerEvent.objects.filter(ledger=event.ledger_id, facts__of=str(event.id), is_undone=False)
    places = [(row.effective_date, row.sequence) for row in again_rows.order_by("effective_date", "sequence")]
    return places if event.is_undone else [(event.effective_date, event.sequence), *places]


def drop_act(*, event: LedgerEvent, actor: Actor, on: date) -> list[Order]:
    """Close what is kept of an act that is taken back; gives the places to drop; the caller's locks."""
    TapeDifference.objects.filter(event=event, state="OPEN").update(
        state="TAKEN_BACK", settled_by=actor.name[:60], settled_on=on
    )
    return orders_of_act(event=event)


def confirm_booked(*, difference_id: UUID, reason: str, actor: Actor, now: datetime, on: date) -> TapeDifference:
    """Settle a finding: the core system has it, whatever the tape seems to say; its figures hold from now on.

    Stops   NoSuchDifference, DifferenceSettled, ReasonMissing
    """
    return _settle(difference_id, "CONFIRMED", reason, actor, now, on)


def take_ours_back(*, difference_id: UUID, reason: str, actor: Actor, now: datetime, on: date) -> TapeDifference:
    """Settle a finding: what we did does not hold any more.

    Stops   NoSuchDifference, DifferenceSettled, ReasonMissing
            GivenUpByPlan  a plan that is kept has promised it: the core system must book it
    """
    return _settle(difference_id, "TAKEN_BACK", reason, actor, now, on)


def _settle(difference_id: UUID, state: str, reason: str, actor: Actor, now: datetime, on: date) -> TapeDifference:
    if len(reason.strip()) < _REASON_LENGTH_MIN:
        raise ReasonMissing("Say why, in a few words: it is kept in the record.", field="reason")
    looked = TapeDifference.objects.filter(id=difference_id).values_list("ledger__borrower_id", flat=True).first()
    if looked is None:
        raise NoSuchDifference("There is no such difference, or it is not for you.")
    with transaction.atomic():
        locked = lock_books(borrower_id=looked, lender=current_tenant(), actor=actor, now=now)
        row = TapeDifference.objects.select_for_update(no_key=True).select_related("event").get(id=difference_id)
        if row.state != "OPEN":
            raise DifferenceSettled("This difference has been settled already.", state=row.state)
        before = locked.books.owed(row.ledger_id)
        drop = orders_of_act(event=row.event)
        if state == "TAKEN_BACK":
            if PlanLoan.objects.filter(waiver_event_id=row.event_id).exists():
                raise GivenUpByPlan(
                    "A plan that is kept has given this up: it cannot be taken back. Have the core system book it."
                )
        elif row.missing_since is None:
            drop = []  # no tape has spoken yet: the next one is taken at its word
        else:
            tape = _last_tape(row.ledger_id)
            drop = [order for order in drop if order > tape]
        if drop:
            run(locked, actor=actor, now=now, drop=drop)
        row.state, row.settled_by, row.settled_on = state, actor.name[:60], on
        row.save(update_fields=["state", "settled_by", "settled_on"])
        record(
            subject_kind="LOAN", subject_id=row.ledger_id, action="TAPE_DIFFERENCE_SETTLED", actor=actor, now=now,
            facts={"difference": row.id, "kind": row.kind, "state": state, "amount": row.amount, "before": before,
                   "owed": locked.books.owed(row.ledger_id), "reason": reason.strip()[:120]},
        )  # fmt: skip
        tell_money_moved(borrower_id=looked, on=on, actor=actor, now=now)
    return row


def _last_tape(loan: UUID) -> Order:
    rows = LedgerEvent.objects.filter(ledger=loan, kind=StepKind.TAPE.value, is_undone=False)
    found: Order = rows.order_by("-effective_date", "-sequence").values_list("effective_date", "sequence")[0]
    return found


def _act(row: TapeDifference) -> Act:
    amounts = {PartKind(kind): Decimal(text) for kind, text in row.amounts.items()}
    return Act(row.event_id, StepKind(row.kind), amounts, row.event.facts)
