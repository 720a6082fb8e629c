"""What is owed by its parts, and what a concession takes off each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money

PARTS = ("principal", "interest", "penalty", "costs")
_RATE = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A debt by its parts, each at the currency's minor unit and zero or more."""

    currency: str
    principal: Decimal = ZERO
    interest: Decimal = ZERO
    penalty: Decimal = ZERO
    costs: Decimal = ZERO

    def __post_init__(self) -> None:
        for part in PARTS:
            amount = getattr(self, part)
            if amount < 0 or round_money(amount, self.currency, Rounding.DOWN) != amount:
                raise BadInput(
                    f"The {part} owed is below zero or has more decimals than {self.currency} allows: correct it.",
                    part=part,
                )

    @property
    def total(self) -> Decimal:
        """All parts together."""
        return self.principal + self.interest + self.penalty + self.costs

    def less(self, other: "Owed") -> "Owed":
        """Return what is left after another amount of each part is taken off."""
        return Owed(currency=self.currency, **{part: getattr(self, part) - getattr(other, part) for part in PARTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """Which share of each part is given up (0 to 1)."""

    principal: Decimal = ZERO
    interest: Decimal = ZERO
    penalty: Decimal = ZERO
    costs: Decimal = ZERO

    def __post_init__(self) -> None:
        if any(not 0 <= getattr(self, part) <= 1 for part in PARTS):
            raise BadInput("A concession is a share between 0 and 1 of a part: correct it.")


NO_CONCESSION = Concession()


def waived(*, owed: Owed, concession: Concession) -> Owed:
    """Return what a concession takes off each part: share x part, rounded down to the minor unit."""
    return Owed(
        currency=owed.currency,
        **{
            part: round_money(getattr(owed, part) * getattr(concession, part), owed.currency, Rounding.DOWN)
            for part in PARTS
        },
    )


def waived_in_order(*, owed: Owed, share: Decimal) -> Owed:
    """Return what a settlement forgives: a share of the whole, rounded down, off penalty first, then interest, costs,
    principal.
    """
    left = round_money(owed.total * share, owed.currency, Rounding.DOWN)
    taken = dict.fromkeys(PARTS, ZERO)
    for part in ("penalty", "interest", "costs", "principal"):
        taken[part] = min(left, getattr(owed, part))
        left -= taken[part]
    return Owed(currency=owed.currency, **taken)


def together(*, debts: Sequence[tuple[Owed, Decimal]]) -> tuple[Owed, Decimal]:
    """Return several debts of one currency as one, with their yearly rate weighted by principal (six places).

    Stops   BadInput  no debt, or several currencies
    """
    currencies = {owed.currency for owed, _rate in debts}
    if len(currencies) != 1:
        raise BadInput("One plan is in one currency and over at least one debt: make one plan a currency.")
    whole = Owed(
        currency=currencies.pop(), **{part: _sum(getattr(owed, part) for owed, _rate in debts) for part in PARTS}
    )
    weighed = _sum(owed.principal * rate for owed, rate in debts)
    rate = (weighed / whole.principal).quantize(_RATE) if whole.principal else max(rate for _owed, rate in debts)
    return whole, rate


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
