"""What we did to a loan and its core system may or may not have booked: judged by the tape's figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID

from qingshou.features.repayment.rules.books import Slot
from qingshou.features.repayment.rules.standstill import BODY, CHARGES
from qingshou.features.repayment.rules.steps import StepKind
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

_TOGETHER_MAX = 8  # acts on one loan that are weighed against each other; older ones are judged with the oldest of them


@dataclass(frozen=True, slots=True)
class Act:
    """One of our acts, the oldest first where there are several.

    amounts  kind -> amount given up or charged; of new dates, kind -> amount moved
    facts    of its step, as it was done first
    """

    id: UUID
    kind: StepKind
    amounts: Mapping[PartKind, Decimal]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.amounts.values(), ZERO)

    def lacking(self) -> dict[PartKind, Decimal]:
        """Return what the tape is higher by, by kind, as long as it does not show the act; below zero: lower."""
        sign = -1 if self.kind is StepKind.CHARGE else 1
        found: dict[PartKind, Decimal] = {}
        for kind, amount in self.amounts.items():
            group = kind if kind in CHARGES else BODY
            found[group] = found.get(group, ZERO) + sign * amount
        return found


def gaps(
    *, told: Mapping[Slot, Decimal], held: Mapping[Slot, Decimal], as_of: date
) -> dict[PartKind, Decimal]:  # fmt: skip
    """Return by kind how much more a tape tells than our books hold: charges that are due, and all of the body."""
    found: dict[PartKind, Decimal] = {}
    for sign, parts in ((1, told), (-1, held)):
        for slot, amount in parts.items():
            if slot.kind not in CHARGES:
                found[BODY] = found.get(BODY, ZERO) + sign * amount
            elif slot.due_date is None or slot.due_date <= as_of:
                found[slot.kind] = found.get(slot.kind, ZERO) + sign * amount
    return found


def not_booked(*, acts: Sequence[Act], gaps: Mapping[PartKind, Decimal], has_money: bool) -> frozenset[UUID]:
    """Return which waivers and charges a tape does not show: those that explain its figures best.

    Takes   gaps       what the tape tells more than our books, which hold all of the acts
            has_money  payments came since the tape before: the core system may have laid them on other kinds than we
                       did, and only the sum over all kinds can be compared
    Gives   ids        what is left unexplained may have accrued (more), never been lost (less counts double); of two
                       explanations as good as each other, the one with more acts not booked: it asks for less
    """
    weighed = [act for act in acts if act.kind in (StepKind.WAIVER, StepKind.CHARGE)][-_TOGETHER_MAX:]
    best: tuple[Decimal, int, frozenset[UUID]] = (_cost((), gaps, has_money), 0, frozenset())
    for size in range(1, len(weighed) + 1):
        for chosen in combinations(weighed, size):
            found = (_cost(chosen, gaps, has_money), -size, frozenset(act.id for act in chosen))
            best = min(best, found, key=lambda one: one[:2])
    return best[2]


def is_moved_still(*, act: Act, told: Mapping[Slot, Decimal], held: Mapping[Slot, Decimal], as_of: date) -> bool | None:
    """Tell whether a tape still has as due what new dates of ours moved ahead; None: no new date lies ahead any more.

    It does not where it tells hardly more as due than our books: at least half of what stands ahead is missing there.
    """
    ahead = {date.fromisoformat(day) for day, _ in act.facts["to"] if date.fromisoformat(day) > as_of}
    moved = min(sum((amount for slot, amount in held.items() if slot.due_date in ahead), ZERO), act.total)
    if not ahead or moved <= 0:
        return None
    if act.kind is StepKind.RE_AMORTISE:
        shown = {slot.due_date for slot, amount in told.items() if slot.kind is PartKind.PRINCIPAL and amount > 0}
        return not ahead <= shown
    return 2 * (_due(told, as_of) - _due(held, as_of)) >= moved


def again(*, act: Act, as_of: date) -> dict[str, Any]:
    """Return the facts by which an act is done again on top of a tape; `of` names the one it repeats."""
    amounts = {kind.value: str(amount) for kind, amount in act.amounts.items()}
    more: dict[str, Any] = {"of": str(act.id), "as_of": as_of.isoformat()}
    if act.kind is StepKind.WAIVER:
        more |= {"amounts": amounts, "anywhere": True}
    elif act.kind is not StepKind.CHARGE:
        more |= {"most": str(act.total)}
    return {**act.facts, **more}


def _cost(chosen: Sequence[Act], gaps: Mapping[PartKind, Decimal], has_money: bool) -> Decimal:
    left = dict(gaps)
    for act in chosen:
        for kind, amount in act.lacking().items():
            left[kind] = left.get(kind, ZERO) - amount
    rest = [sum(left.values(), ZERO)] if has_money else list(left.values())
    return sum((amount if amount > 0 else -2 * amount for amount in rest), ZERO)


def _due(parts: Mapping[Slot, Decimal], as_of: date) -> Decimal:
    return sum((amount for slot, amount in parts.items() if slot.due_date and slot.due_date <= as_of), ZERO)
