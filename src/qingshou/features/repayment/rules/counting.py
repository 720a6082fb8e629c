"""Which money counts towards which promise or instalment: each cent once, the earliest due first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Money:
    """A sum that came in and stands, on its value date; of a sum told loan by loan what stands on one."""

    id: UUID
    on: date
    amount: Decimal
    loan: UUID | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """What money may count towards: that of `from_date` to `until_date`, both days included; None: no last day.

    What was kept already keeps its money before what is still open takes any. `loans`: only what stands on these.
    """

    id: UUID
    from_date: date
    until_date: date | None
    due_on: date
    amount: Decimal
    is_kept: bool = False
    position: int = 0
    loans: frozenset[UUID] | None = None

    def takes(self, money: Money) -> bool:
        """Tell whether money of its day, on its loan, counts."""
        is_of_loans = self.loans is None or money.loan in self.loans
        return is_of_loans and self.from_date <= money.on and (self.until_date is None or money.on <= self.until_date)


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
    known = list(wants)
    waiting = sorted(moneys, key=lambda one: (one.on, one.id, str(one.loan or "")))
    left = {(one.id, one.loan): one.amount for one in waiting}
    asked = frozenset[UUID]().union(*(one.loans for one in known if one.loans is not None))
    # who may take any money takes first what nobody else could
    free_first = sorted(waiting, key=lambda one: one.loan in asked)
    given: dict[tuple[UUID, UUID], Share] = {}
    for want in sorted(known, key=lambda one: (not one.is_kept, one.due_on, one.position, one.id)):
        missing = want.amount
        for money in waiting if want.loans is not None else free_first:
            if missing <= 0:
                break
            part = min(left[money.id, money.loan], missing)
            if part > 0 and want.takes(money):
                before = given.get((money.id, want.id))
                held = before.amount if before else ZERO
                given[money.id, want.id] = Share(money.id, want.id, money.on, held + part)
                left[money.id, money.loan] -= part
                missing -= part
    return list(given.values())


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
