"""Between debts: whose turn it is, and by which criterion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Reason
from qingshou.law.allocation.terms import Between, Criterion, Debt, Order, Part

_CRITERIA: Mapping[Between, tuple[Criterion, ...]] = {
    Between.OLDEST_DUE: (Criterion.CHOSEN, Criterion.DUE, Criterion.EARLIEST_DUE, Criterion.PRO_RATA),
    Between.PRO_RATA: (Criterion.CHOSEN, Criterion.DUE, Criterion.PRO_RATA),
    Between.CHOSEN: (Criterion.CHOSEN, Criterion.DUE),
}
CODES: Mapping[Criterion, str] = {
    Criterion.AGREED: "DEBT_AGREED",
    Criterion.CHOSEN: "DEBT_CHOSEN",
    Criterion.DUE: "DEBT_DUE",
    Criterion.LEAST_SECURED: "DEBT_LEAST_SECURED",
    Criterion.HEAVIEST_BURDEN: "DEBT_HEAVIEST_BURDEN",
    Criterion.EARLIEST_DUE: "DEBT_EARLIEST_DUE",
    Criterion.PRO_RATA: "DEBTS_PRO_RATA",
}

_NAMED_MAX = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """The due parts of one debt, or those not due, in the order they are paid in."""

    debt: Debt
    parts: tuple[Part, ...]
    is_due: bool

    @property
    def open(self) -> Decimal:
        """What is open of it."""
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def due_date(self) -> date:
        """Its oldest due date, parts already paid included: a first payment must not change what the next finds."""
        dated = [part.due_date for part in self.parts if part.due_date is not None]
        return min(dated, default=self.debt.due_date or date.max)


@dataclass(frozen=True, slots=True)
class Turn:
    """Claims that are paid now, pro rata where they are several, and why now."""

    claims: tuple[Claim, ...]
    reason: Reason


def criteria_of(order: Order) -> tuple[Criterion, ...]:
    """Return the steps by which an order ranks debts: what was agreed goes before what the debtor chooses (560(1))."""
    steps = _steps_of(order)
    if order.is_between_agreed:
        steps = tuple(step for step in steps if step is not Criterion.CHOSEN)
    return (Criterion.AGREED, *steps) if order.agreed_first else steps


def _steps_of(order: Order) -> tuple[Criterion, ...]:
    if order.between is not Between.LAW:
        return _CRITERIA[order.between]
    if not order.criteria:
        raise BadInput(
            "The order between debts is left to the law, but no law's criteria were given: name OLDEST_DUE, PRO_RATA "
            "or CHOSEN, or take the order of a place whose law is entered."
        )
    return order.criteria


def turns(*, claims: Iterable[Claim], order: Order, chosen: Sequence[str]) -> list[Turn]:
    """Put claims into turns.

    Takes   claims  of any debts in any sequence; those without anything open are left out
            chosen  debt ids in the debtor's order
    Gives   list    turns in order; claims of one turn are alike by every criterion and share pro rata
    """
    open_claims = [claim for claim in claims if claim.open > 0]
    places = {debt: number for number, debt in enumerate(chosen)}
    agreed = {debt: number for number, debt in enumerate(order.agreed_first)}
    if order.between is Between.CHOSEN:
        open_claims = [claim for claim in open_claims if claim.debt.id in places]
    if not open_claims:
        return []
    criteria = criteria_of(order)

    def key(claim: Claim) -> tuple[Decimal | int, ...]:
        return tuple(_place(claim, criterion, places, agreed) for criterion in criteria)

    open_claims.sort(key=lambda claim: (key(claim), claim.debt.id))
    groups = [(place, tuple(tied)) for place, tied in groupby(open_claims, key=key)]
    return [
        Turn(tied, _reason(number, groups, criteria, order, places)) for number, (_, tied) in enumerate(groups)
    ]  # fmt: skip


def _place(
    claim: Claim, criterion: Criterion, chosen: Mapping[str, int], agreed: Mapping[str, int]
) -> Decimal | int:  # fmt: skip
    match criterion:
        case Criterion.AGREED:
            return agreed.get(claim.debt.id, len(agreed))
        case Criterion.CHOSEN:
            return chosen.get(claim.debt.id, len(chosen))
        case Criterion.DUE:
            return 0 if claim.is_due else 1
        case Criterion.LEAST_SECURED:
            return claim.debt.security or 0
        case Criterion.HEAVIEST_BURDEN:
            return -(claim.debt.burden or 0)
        case Criterion.EARLIEST_DUE:
            return claim.due_date.toordinal()
        case Criterion.PRO_RATA:
            return 0


def _reason(
    number: int,
    groups: Sequence[tuple[tuple[Decimal | int, ...], tuple[Claim, ...]]],
    criteria: Sequence[Criterion],
    order: Order,
    chosen: Mapping[str, int],
) -> Reason:
    """Say why this turn comes now: what parts it from the next turn; of the last, from the one before."""
    place, tied = groups[number]
    if len(tied) > 1:
        return _said("DEBTS_PRO_RATA", order, debts=_named([claim.debt.id for claim in tied]))
    if tied[0].debt.id in order.agreed_first:
        return _said("DEBT_AGREED", order)
    if tied[0].debt.id in chosen and Criterion.CHOSEN in criteria:
        return _said("DEBT_CHOSEN", order)
    if len(groups) == 1:
        return Reason("DEBT_ALONE")
    is_last = number == len(groups) - 1
    other, claims = groups[number - 1 if is_last else number + 1]
    step = next(one for one, mine, its in zip(criteria, place, other, strict=True) if mine != its)
    if not is_last:
        return _said(CODES[step], order, before=claims[0].debt.id)
    return Reason("DEBT_LAST", {"after": claims[-1].debt.id, "by": step}, order.articles.get(CODES[step]))


def _named(ids: Sequence[str]) -> str:
    """Name the debts of one turn; of very many the first and how many more, for each line carries these words."""
    more = len(ids) - _NAMED_MAX
    return ", ".join(ids) if more <= 0 else f"{', '.join(ids[:_NAMED_MAX])} (+{more})"


def _said(code: str, order: Order, **fields: object) -> Reason:
    return Reason(code, fields, order.articles.get(code))
