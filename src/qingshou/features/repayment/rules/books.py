"""What a debtor's loans stand at, in memory: parts of debts, money not yet applied, what was charged off. Pure.

Every movement is a list of moves that add up to zero. A move never takes a part below zero, and never takes more of a
receipt than is left of it: whoever makes moves asks the books first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

# the lender's own side
TAPE, WAIVED, CHARGED, CHARGED_OFF, RECOVERED = "TAPE", "WAIVED", "CHARGED", "CHARGED_OFF", "RECOVERED"
FROZEN = "FROZEN"  # what the core system books in a standstill and nobody owes


@dataclass(frozen=True, slots=True)
class Slot:
    """The smallest piece of a debt: one kind of one due date of one loan."""

    loan: UUID
    kind: PartKind
    due_date: date | None = None
    position: int = 0

    @property
    def key(self) -> str:
        """Its name within the loan, in the order of due dates."""
        return f"{self.due_date or 'undated'}:{self.position:06d}:{self.kind}"


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What is left of a receipt."""

    receipt: UUID


Place = Slot | Unapplied | str  # a text: one of the lender's own accounts


@dataclass(frozen=True, slots=True)
class Move:
    """One side of a movement: debit where positive, credit where negative."""

    place: Place
    amount: Decimal
    reason: str = ""
    law: str = ""


# what a step does: loan -> moves that add up to zero
Done = Mapping[UUID, tuple[Move, ...]]


@dataclass(slots=True)
class Books:
    """A debtor's loans and the receipts that touch them, as of one point in the order of steps."""

    loans: frozenset[UUID]
    parts: dict[Slot, Decimal] = field(default_factory=dict)
    unapplied: dict[UUID, Decimal] = field(default_factory=dict)
    written_off: dict[UUID, Decimal] = field(default_factory=dict)  # charged off and not recovered yet

    def copy(self) -> "Books":
        """Return books that can be changed apart from these."""
        return Books(self.loans, dict(self.parts), dict(self.unapplied), dict(self.written_off))

    def parts_of(self, loan: UUID) -> dict[Slot, Decimal]:
        """Return the parts of one loan, those at zero too."""
        return {slot: amount for slot, amount in self.parts.items() if slot.loan == loan}

    def open_of(self, loan: UUID) -> Iterator[tuple[Slot, Decimal]]:
        """Yield what is open of one loan, the oldest due date first, what has none last."""
        for slot in sorted((slot for slot in self.parts if slot.loan == loan), key=lambda slot: slot.key):
            if self.parts[slot] > 0:
                yield slot, self.parts[slot]

    def owed(self, loan: UUID) -> Decimal:
        """Return all that is owed on one loan."""
        return sum((amount for slot, amount in self.parts.items() if slot.loan == loan), ZERO)

    def is_charged_off(self, loan: UUID) -> bool:
        """Tell whether the loan was charged off; recovered in full counts as well."""
        return loan in self.written_off

    def do(self, done: Done) -> None:
        """Make the moves."""
        self._move(done, 1)

    def undo(self, done: Done) -> None:
        """Take the moves back."""
        self._move(done, -1)

    def _move(self, done: Done, sign: int) -> None:
        for loan, moves in done.items():
            for move in moves:
                self._one(loan, move, sign * move.amount)
            if any(move.place == CHARGED_OFF for move in moves) and sign < 0:
                self.written_off.pop(loan, None)

    def _one(self, loan: UUID, move: Move, amount: Decimal) -> None:
        place = move.place
        if isinstance(place, Slot):
            self.parts[place] = self.parts.get(place, ZERO) + amount
        elif isinstance(place, Unapplied):
            self.unapplied[place.receipt] = self.unapplied.get(place.receipt, ZERO) - amount
        elif place in (CHARGED_OFF, RECOVERED):
            self.written_off[loan] = self.written_off.get(loan, ZERO) + amount


def balanced(moves: Iterable[Move], *, against: Place, reason: str = "", law: str = "") -> tuple[Move, ...]:
    """Return the moves that are not zero with their sum on the other side; nothing where nothing moves."""
    kept = tuple(move for move in moves if move.amount)
    total = sum((move.amount for move in kept), ZERO)
    return (*kept, Move(against, -total, reason, law)) if total else kept
