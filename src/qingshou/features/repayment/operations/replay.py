"""Steps put in their place or taken out under lock: what came after is reversed, the newest first, and done again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from qingshou.audit.actors import Actor
from qingshou.features.repayment.models import LedgerEvent, Posting
from qingshou.features.repayment.operations.locked_books import LockedBooks, load_receipts
from qingshou.features.repayment.operations.posting import Writing, balances_of, state_of
from qingshou.features.repayment.rules.books import Move, Place, Slot, Unapplied
from qingshou.features.repayment.rules.replaying import Redone, Replayed, replay
from qingshou.features.repayment.rules.steps import Step, StepKind
from qingshou.law.allocation.terms import PartKind

Order = tuple[date, int]
# facts of an allocation that the rule it followed is named by
_LAW = "LAW"


@dataclass(slots=True)
class Recorded:
    """Steps read back, with the rows behind them."""

    steps: list[Step] = field(default_factory=list)
    events: dict[Order, dict[UUID, UUID]] = field(default_factory=lambda: defaultdict(dict))  # loan -> event
    live: dict[tuple[Order, UUID], UUID] = field(default_factory=dict)  # its transaction that is not reversed


def steps_from(locked: LockedBooks, point: Order) -> Recorded:
    """Return the debtor's steps at or after a point, in order, with what each did."""
    events = (
        LedgerEvent.objects.filter(ledger_id__in=list(locked.ledgers), is_undone=False)
        .filter(Q(effective_date__gt=point[0]) | Q(effective_date=point[0], sequence__gte=point[1]))
        .order_by("effective_date", "sequence", "ledger_id")
        .values_list("id", "ledger_id", "kind", "effective_date", "sequence", "receipt_id", "facts")
    )
    return _read(locked, list(events))


def steps_of_receipt(locked: LockedBooks, receipt: UUID) -> list[Order]:
    """Return the places of the steps by which a receipt was applied to this debtor's loans."""
    events = LedgerEvent.objects.filter(
        ledger_id__in=list(locked.ledgers), receipt_id=receipt, is_undone=False, kind=StepKind.ALLOCATION.value
    )
    return sorted(set(events.values_list("effective_date", "sequence")))


def run(
    locked: LockedBooks,
    *,
    actor: Actor,
    now: datetime,
    add: Sequence[Step] = (),
    drop: Sequence[Order] = (),
    changed_facts: Mapping[Order, Mapping[str, Any]] | None = None,
    tape_as_of: Mapping[UUID, date] | None = None,
    later: Recorded | None = None,
    writing: Writing | None = None,
    end: Callable[[Writing, LockedBooks], None] | None = None,
) -> Replayed:
    """Put steps in, take steps out, and write what follows; the books in `locked` are those after it.

    Takes   tape_as_of  ledgers that agree with a newer tape from now on
            later       the steps from the point on, where the caller has read them already
            writing     rows are added to it and written by the caller; else they are written here
            end         adds rows of its own, and changes the books, before balances are stored
    """
    points = [step.order for step in add] + list(drop) + list(changed_facts or ())
    recorded = later or _steps_after(locked, points)
    touched = {step.receipt for step in (*recorded.steps, *add) if step.receipt is not None}
    load_receipts(locked, touched)
    before = balances_of(locked)
    found = replay(
        books=locked.books, later=recorded.steps, terms=locked.terms, add=add, drop=drop, changed_facts=changed_facts
    )
    rows = writing or Writing(locked.lender.id, actor, now)
    new = {step.order for step in add}
    changed = [one for one in found.steps if one.is_changed]
    for one in reversed(changed):
        _reverse(rows, locked, recorded, one)
    for one in found.steps:
        if one.step.order in new:
            _record(rows, locked, recorded, one)
    for order in drop:
        rows.rows["undone"] += [{"id": event} for event in recorded.events[order].values()]
    for order in changed_facts or ():
        step = next(one.step for one in found.steps if one.step.order == order)
        rows.rows["facts"] += [{"id": event, "facts": step.facts} for event in recorded.events[order].values()]
    for one in changed:
        _post(rows, locked, recorded, one)
    locked.books = found.books
    locked.latest_on = max([locked.latest_on, *(step.effective_date for step in add)])
    if end is not None:
        end(rows, locked)
    rows.set_balances(locked, before=before, after=balances_of(locked))
    _set_ledgers(rows, locked, add, tape_as_of or {})
    if writing is None:
        rows.write()
    return found


def _steps_after(locked: LockedBooks, points: Sequence[Order]) -> Recorded:
    """Read the steps from the first point on; often there are none, since a new step comes after all of its day."""
    if not points or min(points) >= (locked.latest_on, locked.next_sequence):
        return Recorded()
    return steps_from(locked, min(points))


def _read(locked: LockedBooks, events: Sequence[tuple[Any, ...]]) -> Recorded:
    recorded = Recorded()
    place: dict[UUID, tuple[Order, UUID]] = {}
    for event, ledger, _, effective_date, sequence, _, _ in events:
        recorded.events[effective_date, sequence][ledger] = event
        place[event] = ((effective_date, sequence), ledger)
    done: dict[Order, dict[UUID, list[Move]]] = defaultdict(lambda: defaultdict(list))
    if events:
        for event, transaction, move in _moves(locked, [row[0] for row in events]):
            order, ledger = place[event]
            done[order][ledger].append(move)
            recorded.live[order, ledger] = transaction
    seen: set[Order] = set()
    for _, ledger, kind, effective_date, sequence, receipt, facts in events:
        order = (effective_date, sequence)
        if order in seen:
            continue
        seen.add(order)
        is_joint = kind == StepKind.ALLOCATION
        recorded.steps.append(
            Step(
                StepKind(kind), effective_date, sequence, facts, None if is_joint else ledger, receipt,
                {loan: tuple(moves) for loan, moves in done[order].items()},
            )
        )  # fmt: skip
    return recorded


def _moves(locked: LockedBooks, events: list[UUID]) -> Iterable[tuple[UUID, UUID, Move]]:
    """Yield (event, transaction, move) of what these events posted last."""
    rows = (
        Posting.objects.filter(
            transaction__event_id__in=events, transaction__reverses__isnull=True,
            transaction__reversed_by__isnull=True,
        )
        .order_by("id")
        .values_list(
            "transaction__event_id", "transaction_id", "account_id", "account__ledger_id", "account__receipt_id",
            "account__kind", "account__due_date", "account__position", "amount", "reason", "law",
        )
    )  # fmt: skip
    for event, transaction, account, ledger, receipt, kind, due_date, position, amount, reason, law in rows:
        place: Place
        if ledger is not None:
            place = Slot(ledger, PartKind(kind), due_date, position)
        elif receipt is not None:
            place = Unapplied(receipt)
        else:
            place = kind
        if not isinstance(place, str):
            locked.accounts.setdefault(place, account)
        yield event, transaction, Move(place, amount, reason, law)


def _record(rows: Writing, locked: LockedBooks, recorded: Recorded, one: Redone) -> None:
    """Add the events of a new step: one a loan it reached; an allocation that reached none stands on the first."""
    step = one.step
    loans = [step.loan] if step.loan is not None else sorted(one.done) or sorted(locked.ledgers)[:1]
    for loan in loans:
        _event(rows, recorded, step, loan)


def _event(rows: Writing, recorded: Recorded, step: Step, loan: UUID) -> UUID:
    known = recorded.events[step.order]
    if loan not in known:
        known[loan] = rows.add_event(
            ledger=loan, kind=step.kind.value, effective_date=step.effective_date, sequence=step.sequence,
            receipt=step.receipt, facts=step.facts,
        )  # fmt: skip
    return known[loan]


def _reverse(rows: Writing, locked: LockedBooks, recorded: Recorded, one: Redone) -> None:
    for loan, moves in one.step.was.items():
        if _is_same(one, loan):
            continue
        transaction = rows.add_transaction(
            kind="REVERSAL", effective_date=one.step.effective_date, ledger=loan,
            event=recorded.events[one.step.order][loan], receipt=one.step.receipt,
            reverses=recorded.live[one.step.order, loan],
        )  # fmt: skip
        rows.add_moves(
            locked, transaction=transaction, currency=locked.ledgers[loan].currency, moves=moves, sign=-1
        )  # fmt: skip


def _post(rows: Writing, locked: LockedBooks, recorded: Recorded, one: Redone) -> None:
    step = one.step
    for loan, moves in one.done.items():
        if _is_same(one, loan):
            continue
        transaction = rows.add_transaction(
            kind=step.kind.value, effective_date=step.effective_date, ledger=loan,
            event=_event(rows, recorded, step, loan), receipt=step.receipt, rule=rule_of(step, locked, loan),
        )  # fmt: skip
        rows.add_moves(locked, transaction=transaction, currency=locked.ledgers[loan].currency, moves=moves)


def _is_same(one: Redone, loan: UUID) -> bool:
    """Of a receipt on several loans only those are posted anew whose share changed."""
    return one.step.was.get(loan) == one.done.get(loan)


def rule_of(step: Step, locked: LockedBooks, loan: UUID) -> str:
    """Name the order a payment followed: the contract's, the lender's policy or the law's."""
    if step.kind is not StepKind.ALLOCATION:
        return ""
    if _contract_order(step, locked, loan):
        return "CONTRACT"
    policy = step.facts.get("policy", {})
    return "OWN_ORDER" if "kinds" in policy else str(policy.get("policy", _LAW))


def _contract_order(step: Step, locked: LockedBooks, loan: UUID) -> bool:
    if "orders" in step.facts:
        return bool(step.facts["orders"].get(str(loan)))
    return locked.terms.loans[loan].has_contract_order


def _set_ledgers(
    rows: Writing, locked: LockedBooks, add: Sequence[Step], tape_as_of: Mapping[UUID, date]
) -> None:  # fmt: skip
    # the place after a tape is kept free: what of it is never owed is taken off right there (standstill.py)
    last = max((step.sequence + (step.kind is StepKind.TAPE) for step in add), default=0)
    for row in locked.ledgers.values():
        state, sequence = state_of(locked, row.id), max(row.sequence, last)
        as_of = tape_as_of.get(row.id, row.tape_as_of)
        if (state, sequence, as_of) != (row.state, row.sequence, row.tape_as_of):
            row.state, row.sequence, row.tape_as_of = state, sequence, as_of
            rows.rows["ledgers"].append({"id": row.id, "state": state, "sequence": sequence, "tape_as_of": as_of})
