"""What accrued while charges stood still, told from what did not: the tape says one amount, this says what of it. Pure.

The core system often goes on booking interest, penalty and costs in a standstill. What of its figure is never owed is
kept by kind and taken off each of its figures anew. Where money came that the core system laid on such charges, the
sum moves to the kind that our books laid the money on, so that it is taken off what is really too high.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from qingshou.features.repayment.rules.books import FROZEN, Books, Move, Slot, balanced
from qingshou.kernel.days import add_months
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.law.allocation.terms import PartKind

CHARGES = (PartKind.INTEREST, PartKind.PENALTY, PartKind.COSTS)
BODY = PartKind.PRINCIPAL  # with what nobody split up
REASON = "STOOD_STILL"

Amounts = Mapping[PartKind, Decimal]


@dataclass(frozen=True, slots=True)
class Span:
    """Days in which charges stand still; both days belong.

    arrears_only  interest that falls due by the contract is owed all the same (secured debts, SI 2020/1311 reg. 7(9))
    law           articles as postings keep them
    """

    from_date: date
    until_date: date
    hardship: UUID | None = None
    arrears_only: bool = False
    law: str = ""
    said: str = ""

    def holds(self, day: date) -> bool:
        """Tell whether charges stand still on a day."""
        return self.from_date <= day <= self.until_date


@dataclass(frozen=True, slots=True)
class NewlyDue:
    """A charge of the schedule that fell due since the tape before, and since when it had been growing."""

    kind: PartKind
    from_date: date
    due_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One tape of one loan beside our books before it, by kind: charges that are due, and all of the body.

    taken_off     what these books had taken off the tape before it as never owed
    paid          what payments have put on charges in our books since the tape before
    paid_body     the same of the body
    is_revolving  more may be lent on it at any time
    """

    currency: str
    since: date
    as_of: date
    told: Amounts
    held: Amounts
    taken_off: Amounts = field(default_factory=dict)
    paid: Decimal = ZERO
    paid_body: Decimal = ZERO
    newly_due: Sequence[NewlyDue] = ()
    is_split: bool = True
    is_revolving: bool = False


def frozen_days(*, spans: Iterable[Span], after: date, until: date, contract: bool = False) -> int:
    """Return on how many of the days after one day, up to another, charges stood still.

    Takes   contract  only days on which interest of the contract stands still too
    """
    found: set[date] = set()
    for span in spans:
        if contract and span.arrears_only:
            continue
        first, last = max(span.from_date, after + timedelta(days=1)), min(span.until_date, until)
        found.update(first + timedelta(days=number) for number in range((last - first).days + 1))
    return len(found)


def never_owed(*, before: Amounts, figures: Figures, spans: Sequence[Span]) -> dict[PartKind, Decimal]:
    """Return what of a tape's figures is never owed, by kind.

    Takes   before   what of the tape before it was never owed
            spans    all standstills of the debtor, past ones too
    Gives   dict     `before`, less what the core system has taken back since, and what accrued on days of a standstill:
                     of charges of the schedule their days' share, of the rest the share of the days since the tape
                     before; each part cent is the debtor's
    """
    kinds = (*CHARGES, BODY)
    grown = {
        kind: figures.told.get(kind, ZERO) - figures.held.get(kind, ZERO) - figures.taken_off.get(kind, ZERO)
        for kind in kinds
    }
    left = {kind: before.get(kind, ZERO) for kind in kinds}
    _lay_as_core(grown, left, figures)
    pool = fallen = ZERO
    for kind in kinds:
        less = min(left[kind], max(-grown[kind], ZERO))
        left[kind], pool, grown[kind] = left[kind] - less, pool + less, grown[kind] + less
        fallen += max(-grown[kind], ZERO)
    for kind in (BODY, *CHARGES):  # less on one kind and more on another: the money went on what was never owed
        moved = min(pool, max(grown[kind], ZERO))
        left[kind], pool, grown[kind] = left[kind] + moved, pool - moved, grown[kind] - moved
    other = min(fallen, figures.paid)  # what the core system laid on another kind than we did has not accrued
    for kind in CHARGES if figures.is_split else kinds:
        same = min(other, max(grown[kind], ZERO))
        other -= same
        left[kind] += _frozen_of(kind, grown[kind] - same, figures, spans)
    for kind in CHARGES:  # paid there with the debtor's money: it comes off what that money would have paid else
        over = max(left[kind] - figures.told.get(kind, ZERO), ZERO)
        left[kind], left[BODY] = left[kind] - over, left[BODY] + over
    left[BODY] = min(left[BODY], figures.told.get(BODY, ZERO))
    return {kind: amount for kind, amount in left.items() if amount > 0}


def _lay_as_core(grown: dict[PartKind, Decimal], left: Amounts, figures: Figures) -> None:
    """Find what the core system laid on charges of a payment that our books laid on the body: those had accrued.

    Where more may be lent at any time only as much as is known to be never owed: the rest may be new debt.
    """
    fallen = sum((max(-grown[kind] - left[kind], ZERO) for kind in CHARGES), ZERO)
    moved = max(min(grown[BODY], figures.paid_body) - fallen, ZERO)
    if figures.is_revolving:
        moved = min(moved, sum((left[kind] for kind in CHARGES), ZERO))
    grown[BODY] -= moved
    kind = max(CHARGES, key=lambda one: (left[one], figures.told.get(one, ZERO), figures.held.get(one, ZERO)))
    grown[kind] += moved


def _frozen_of(kind: PartKind, grown: Decimal, figures: Figures, spans: Sequence[Span]) -> Decimal:
    if grown <= 0:
        return ZERO
    found, rest = ZERO, grown
    for due in sorted((one for one in figures.newly_due if one.kind is kind), key=lambda one: one.due_date):
        amount = min(rest, due.amount)
        found, rest = found + _share_of_due(due, amount, figures.currency, spans), rest - amount
    days = frozen_days(spans=spans, after=figures.since, until=figures.as_of)
    return found + _share(rest, days, (figures.as_of - figures.since).days, figures.currency)


def _share_of_due(due: NewlyDue, amount: Decimal, currency: str, spans: Sequence[Span]) -> Decimal:
    if due.kind is not PartKind.INTEREST:  # a fee grows on no day but its own
        return amount if any(span.holds(due.due_date) for span in spans) else ZERO
    days = frozen_days(spans=spans, after=due.from_date, until=due.due_date, contract=True)
    return _share(amount, days, (due.due_date - due.from_date).days, currency)


def _share(amount: Decimal, days: int, of_days: int, currency: str) -> Decimal:
    if days <= 0 or amount <= 0:
        return ZERO
    if days >= of_days:
        return amount
    return min(amount, round_money(amount * days / of_days, currency, Rounding.UP))


def figures_of(
    *, loan: UUID, currency: str, facts: Mapping[str, Any], moves: Iterable[Move], since: date,
    told: Mapping[Slot, Decimal], taken_off: Amounts, paid: Decimal = ZERO, paid_body: Decimal = ZERO,
    tape_paid: Amounts | None = None, is_revolving: bool = False,
) -> Figures:  # fmt: skip
    """Return a tape's figures beside the books before it, from the step that set the books to it.

    Takes   facts      of that step: as_of; dues: what fell due of the schedule since the tape before
            moves      what it did: the tape's figure less what the books held
            tape_paid  by kind, payments that only the tape knows of
    """
    as_of = date.fromisoformat(facts["as_of"])
    dues = {(row[0], row[1]): date.fromisoformat(row[2]) for row in facts.get("dues", ())}
    changed = {move.place: move.amount for move in moves if isinstance(move.place, Slot) and move.place.loan == loan}
    said: dict[PartKind, Decimal] = {}
    held: dict[PartKind, Decimal] = {kind: -amount for kind, amount in (tape_paid or {}).items()}
    newly = []
    for slot in {*told, *changed}:
        amount, is_body = told.get(slot, ZERO), slot.kind not in CHARGES
        kind = BODY if is_body else slot.kind
        if not is_body and (slot.due_date is None or slot.due_date > as_of):
            continue
        said[kind] = said.get(kind, ZERO) + amount
        grew_from = dues.get((slot.due_date.isoformat() if slot.due_date else "", slot.position))
        if is_body or grew_from is None:
            held[kind] = held.get(kind, ZERO) + amount - changed.get(slot, ZERO)
        elif slot.due_date is not None and amount > 0:
            newly.append(NewlyDue(kind, grew_from, slot.due_date, amount))
    return Figures(
        currency=currency, since=since, as_of=as_of, told=said, held=held, taken_off=taken_off, paid=paid,
        paid_body=paid_body, newly_due=newly, is_split=all(slot.kind is not PartKind.UNSPLIT for slot in told),
        is_revolving=is_revolving,
    )  # fmt: skip


def dues_between(*, dues: Iterable[tuple[date, int]], since: date, as_of: date) -> list[list[Any]]:
    """Return what fell due of a schedule after one tape and up to the next, each with the due date before it."""
    days = sorted(dues)
    found = []
    for due_date, position in days:
        if since < due_date <= as_of:
            earlier = [day for day, _ in days if day < due_date]
            found.append([due_date.isoformat(), position, max(earlier, default=add_months(due_date, -1)).isoformat()])
    return found


def stand_still(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    """Take off what is never owed: each kind from its newest due date back, the body from its oldest.

    Where money has come meanwhile that left less of a kind than is to be taken off, the rest comes off what that money
    would have paid else.
    """
    if books.is_charged_off(loan):
        return ()
    as_of, law = date.fromisoformat(facts["as_of"]), str(facts.get("law", ""))
    open_parts = {
        slot: amount
        for slot, amount in books.open_of(loan)
        if slot.kind not in CHARGES or (slot.due_date is not None and slot.due_date <= as_of)
    }
    taken: dict[Slot, Decimal] = {}
    rest = ZERO
    for kind, text in facts["frozen"].items():
        rest += _take(taken, _of_kind(open_parts, PartKind(kind)), Decimal(text), open_parts)
    _take(taken, [slot for kind in (*CHARGES, BODY) for slot in _of_kind(open_parts, kind)], rest, open_parts)
    return balanced(
        [Move(slot, -amount, REASON, law) for slot, amount in taken.items()], against=FROZEN, reason=REASON, law=law
    )


def _of_kind(parts: Mapping[Slot, Decimal], kind: PartKind) -> list[Slot]:
    if kind is BODY:
        return [slot for slot in parts if slot.kind not in CHARGES]
    return [slot for slot in reversed(list(parts)) if slot.kind is kind]


def _take(
    taken: dict[Slot, Decimal], slots: Iterable[Slot], amount: Decimal, parts: Mapping[Slot, Decimal]
) -> Decimal:  # fmt: skip
    """Take an amount off parts in turn; gives what is left of it."""
    for slot in slots:
        here = min(amount, parts[slot] - taken.get(slot, ZERO))
        if here > 0:
            taken[slot], amount = taken.get(slot, ZERO) + here, amount - here
    return amount


def amounts_of(texts: Mapping[str, str]) -> dict[PartKind, Decimal]:
    """Return amounts by kind from the form facts are kept in."""
    return {PartKind(kind): Decimal(text) for kind, text in texts.items()}
