"""What moved a debtor's money, step by step in the order of its effect, and how each kind is done. Pure.

A step is done from its facts and the books as they stand before it, so it can be done again after something earlier
has changed. What no longer fits is clipped to what is there: a waiver waives at most what is open, money lands at most
on what is owed, and the rest of it stays unapplied. So no floor can be broken by doing a step again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from qingshou.features.repayment.rules.allocating import allocation
from qingshou.features.repayment.rules.books import (
    CHARGED,
    CHARGED_OFF,
    TAPE,
    WAIVED,
    Books,
    Done,
    Move,
    Slot,
    balanced,
)
from qingshou.features.repayment.rules.loan_terms import Terms
from qingshou.features.repayment.rules.standstill import stand_still
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind


class StepKind(StrEnum):
    """Kinds of steps."""

    TAPE = "TAPE"  # the core system's word: the parts are set to it
    ALLOCATION = "ALLOCATION"
    RESTORE = "RESTORE"  # money that the tape had counted in was taken back
    WAIVER = "WAIVER"
    CHARGE = "CHARGE"
    RE_AGE = "RE_AGE"
    RE_AMORTISE = "RE_AMORTISE"
    CHARGE_OFF = "CHARGE_OFF"
    STANDSTILL = "STANDSTILL"  # what of the tape's figure accrued while charges stood still, and is never owed


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `order` is its place: the date it takes effect, then the order in which it was recorded."""

    kind: StepKind
    effective_date: date
    sequence: int
    facts: Mapping[str, Any]
    loan: UUID | None = None  # None: of an allocation, which may reach several
    receipt: UUID | None = None
    was: Done = field(default_factory=dict)  # what it did when it was done last

    @property
    def order(self) -> tuple[date, int]:
        """Its place among the debtor's steps."""
        return self.effective_date, self.sequence


def do(step: Step, *, books: Books, terms: Terms) -> Done:
    """Return what a step does to the books as they stand; changes nothing.

    Gives   Done  by loan, moves that add up to zero; a loan to which nothing happens is not in it
    """
    if step.kind is StepKind.ALLOCATION:
        if step.receipt is None:
            raise BadInput("An allocation names the receipt it is of.")
        return allocation(receipt=step.receipt, facts=step.facts, books=books, terms=terms)
    if step.loan is None:
        raise BadInput(f"A step of kind {step.kind} names the loan it is of.")
    moves = _DOING[step.kind](step.loan, step.facts, books)
    return {step.loan: moves} if moves else {}


def clipped(step: Step, done: Done) -> Decimal:
    """Return how much less a waiver gave up than was agreed, because less was open; zero for other kinds."""
    if step.kind is not StepKind.WAIVER or "of" in step.facts:  # done again on a new tape: told the first time
        return ZERO
    agreed = sum((Decimal(text) for text in step.facts["amounts"].values()), ZERO)
    given = sum((move.amount for moves in done.values() for move in moves if move.place == WAIVED), ZERO)
    return agreed - given


def slots_as_facts(parts: Mapping[Slot, Decimal]) -> list[list[Any]]:
    """Return parts in the form facts are kept in."""
    return [
        [slot.kind.value, slot.due_date.isoformat() if slot.due_date else None, slot.position, str(amount)]
        for slot, amount in sorted(parts.items(), key=lambda item: item[0].key)
        if amount
    ]


def slots_of(loan: UUID, rows: Iterable[Sequence[Any]]) -> dict[Slot, Decimal]:
    """Return parts from the form facts are kept in."""
    return {
        Slot(loan, PartKind(kind), date.fromisoformat(due) if due else None, position): Decimal(amount)
        for kind, due, position, amount in rows
    }


def _tape(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    """Set the parts to the tape's; what was charged off here stays charged off, whatever a tape says later."""
    if books.is_charged_off(loan):
        return ()
    told, held = slots_of(loan, facts["parts"]), books.parts_of(loan)
    moves = [
        Move(slot, told.get(slot, ZERO) - held.get(slot, ZERO), "TAPE")
        for slot in sorted({*told, *held}, key=lambda slot: slot.key)
    ]
    return balanced(moves, against=TAPE, reason="TAPE")


def _restore(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    if books.is_charged_off(loan):
        return ()
    moves = [Move(slot, amount, "TAKEN_BACK") for slot, amount in slots_of(loan, facts["parts"]).items()]
    return balanced(moves, against=TAPE, reason="TAKEN_BACK")


def _waiver(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    left = {PartKind(kind): Decimal(text) for kind, text in facts["amounts"].items()}
    moves = []
    for slot, amount in books.open_of(loan):
        given = min(left.get(slot.kind, ZERO), amount)
        if given > 0:
            moves.append(Move(slot, -given, _why("WAIVED", facts)))
            left[slot.kind] -= given
    if facts.get("anywhere"):  # money came on this kind since: it is what that money would have paid else
        moves += _off_what_is_open(moves, sum(left.values(), ZERO), loan, books, _why("WAIVED", facts))
    return balanced(moves, against=WAIVED, reason="WAIVED")


def _why(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a part moved; done again on a tape that does not show it, that too."""
    return f"{code}/NOT_ON_TAPE" if "of" in facts else code


def _off_what_is_open(done: Sequence[Move], rest: Decimal, loan: UUID, books: Books, why: str) -> list[Move]:
    taken = {move.place: -move.amount for move in done}
    moves = []
    for slot, amount in sorted(
        books.open_of(loan), key=lambda one: one[0].kind in (PartKind.PRINCIPAL, PartKind.UNSPLIT)
    ):
        given = min(rest, amount - taken.get(slot, ZERO))
        if given > 0:
            moves.append(Move(slot, -given, why))
            rest -= given
    return moves


def _charge(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    if books.is_charged_off(loan):
        return ()
    slot = Slot(loan, PartKind(facts["part"]), date.fromisoformat(facts["due_date"]))
    return balanced([Move(slot, Decimal(facts["amount"]), _why("CHARGED", facts))], against=CHARGED, reason="CHARGED")


def _re_age(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    until = date.fromisoformat(facts["until"])
    late = [(slot, amount) for slot, amount in books.open_of(loan) if slot.due_date and slot.due_date <= until]
    return _laid_anew(_at_most(late, facts.get("most")), facts["to"], _why("RE_AGED", facts))


def _re_amortise(loan: UUID, facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    principal = [(slot, amount) for slot, amount in books.open_of(loan) if slot.kind is PartKind.PRINCIPAL]
    return _laid_anew(_at_most(principal, facts.get("most")), facts["to"], _why("RE_AMORTISED", facts))


def _at_most(parts: Sequence[tuple[Slot, Decimal]], most: str | None) -> list[tuple[Slot, Decimal]]:
    """Return parts, the oldest first, up to a sum: done again on a new tape, no more is moved than was moved first."""
    if most is None:
        return list(parts)
    left, found = Decimal(most), []
    for slot, amount in parts:
        if left > 0:
            found.append((slot, min(left, amount)))
            left -= amount
    return found


def _laid_anew(
    parts: Sequence[tuple[Slot, Decimal]], to: Sequence[Sequence[Any]], reason: str
) -> tuple[Move, ...]:  # fmt: skip
    """Lay parts, the oldest first, on new dates: each takes its amount, the last what is left, less or more."""
    dates = [(date.fromisoformat(day), Decimal(amount)) for day, amount in to]
    moves: dict[Slot, Decimal] = {}
    place, room = 0, dates[0][1]
    for slot, amount in parts:
        left = amount
        while left > 0:
            is_last = place == len(dates) - 1
            put = left if is_last else min(left, room)
            if put > 0:
                target = Slot(slot.loan, slot.kind, dates[place][0])
                moves[slot] = moves.get(slot, ZERO) - put
                moves[target] = moves.get(target, ZERO) + put
                left, room = left - put, room - put
            if left > 0:
                place, room = place + 1, dates[place + 1][1]
    return tuple(Move(slot, amount, reason) for slot, amount in moves.items() if amount)


def _charge_off(loan: UUID, _facts: Mapping[str, Any], books: Books) -> tuple[Move, ...]:
    moves = [Move(slot, -amount, "CHARGED_OFF") for slot, amount in books.open_of(loan)]
    return balanced(moves, against=CHARGED_OFF, reason="CHARGED_OFF")


_DOING: Mapping[StepKind, Callable[[UUID, Mapping[str, Any], Books], tuple[Move, ...]]] = {
    StepKind.TAPE: _tape,
    StepKind.RESTORE: _restore,
    StepKind.WAIVER: _waiver,
    StepKind.CHARGE: _charge,
    StepKind.RE_AGE: _re_age,
    StepKind.RE_AMORTISE: _re_amortise,
    StepKind.CHARGE_OFF: _charge_off,
    StepKind.STANDSTILL: stand_still,
}
