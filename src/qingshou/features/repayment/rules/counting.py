"""Which money counts towards which promise or instalment: each cent once, the earliest due first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Money:
    """A sum that came in and stands, on its value date."""

    id: UUID
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Want:
    """What money may count towards: that of `from_date` to `until_date`, both days included; None: no last day.

    What was kept already keeps its money before what is still open takes any.
    """

    id: UUID
    from_date: date
    until_date: date | None
    due_on: date
    amount: Decimal
    is_kept: bool = False
    position: int = 0

    def takes(self, money: Money) -> bool:
        """Tell whether money of its day counts."""
        return self.from_date <= money.on and (self.until_date is None or money.on <= self.until_date)


@dataclass(frozen=True, slots=True)
class Share:
    """So much of one sum counts towards one thing."""

    money: UUID
    want: UUID
    on: date
    amount: Decimal


def count_money(*, moneys: Iterable[Money], wants: Iterable[Want]) -> list[Share]:
    """Return what of each sum counts towards what.

    Takes   moneys, wants  of one debtor and one currency; amounts above zero
    Gives   list           in order of the wants: kept ones first, then by due date; the oldest money first. No sum
                           counts for more than itself, nothing gets more than it wants, and the same values give the
                           same shares whatever their order
    """
    waiting = sorted(moneys, key=lambda one: (one.on, one.id))
    left = {one.id: one.amount for one in waiting}
    shares = []
    for want in sorted(wants, key=lambda one: (not one.is_kept, one.due_on, one.position, one.id)):
        missing = want.amount
        for money in waiting:
            if missing <= 0:
                break
            given = min(left[money.id], missing)
            if given > 0 and want.takes(money):
                shares.append(Share(money.id, want.id, money.on, given))
                left[money.id] -= given
                missing -= given
    return shares


def counted_by(shares: Iterable[Share]) -> Mapping[UUID, list[Share]]:
    """Return want -> its shares, in the order of their days."""
    found: dict[UUID, list[Share]] = {}
    for share in shares:
        found.setdefault(share.want, []).append(share)
    return {want: sorted(own, key=lambda one: (one.on, one.money)) for want, own in found.items()}


def total(shares: Sequence[Share]) -> Decimal:
    """Return the sum of shares."""
    return sum((one.amount for one in shares), ZERO)


def reached_on(shares: Sequence[Share], needed: Decimal) -> date | None:
    """Return the first day by which the shares add up to what is needed; None where they do not.

    Takes   shares  of one thing, in the order of their days (counted_by)
    """
    sum_so_far = ZERO
    for share in shares:
        sum_so_far += share.amount
        if sum_so_far >= needed:
            return share.on
    return None
