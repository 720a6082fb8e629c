"""What a plan takes from an offer: its due dates, its loans, and what is given up on each when the plan is kept.

`schedule` of an offer: [{"due_on", "amount", "principal", "interest", "penalty", "costs", "new_interest"}], amounts as
text. `terms["loans"]`: [{"ledger", "owed", "waivers": {kind: amount}}].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money

WAIVABLE = ("COSTS", "PENALTY", "INTEREST", "PRINCIPAL", "UNSPLIT")


@dataclass(frozen=True, slots=True)
class OfferedDue:
    """One due date of an offer."""

    due_on: date
    amount: Decimal
    interest: Decimal  # what the plan itself charges for its period


@dataclass(frozen=True, slots=True)
class OfferedLoan:
    """One loan of an offer."""

    ledger_id: UUID
    owed: Decimal
    waivers: Mapping[str, Decimal]

    @property
    def given_up(self) -> Decimal:
        """All that is given up on it."""
        return sum(self.waivers.values(), ZERO)


def read_dues(*, schedule: Sequence[Mapping[str, Any]], currency: str) -> tuple[OfferedDue, ...]:
    """Read an offer's schedule.

    Stops   BadInput  empty, dates not rising, an amount not above zero or finer than the currency
    """
    dues = tuple(
        OfferedDue(date.fromisoformat(row["due_on"]), Decimal(row["amount"]), Decimal(row.get("new_interest") or "0"))
        for row in schedule
    )
    if not dues or any(later.due_on <= before.due_on for before, later in pairwise(dues)):
        raise BadInput("The schedule of an offer has dates that rise, at least one: make the offer again.")
    if any(one.amount <= 0 or round_money(one.amount, currency, Rounding.DOWN) != one.amount for one in dues):
        raise BadInput("Every instalment is above zero, at the currency's minor unit: make the offer again.")
    return dues


def read_loans(*, terms: Mapping[str, Any]) -> tuple[OfferedLoan, ...]:
    """Read which loans an offer is about.

    Stops   BadInput  none, one twice, an unknown kind or an amount below zero
    """
    loans = tuple(
        OfferedLoan(
            UUID(row["ledger"]), Decimal(row["owed"]),
            {kind: Decimal(amount) for kind, amount in (row.get("waivers") or {}).items() if Decimal(amount) != 0},
        )
        for row in terms.get("loans") or ()
    )  # fmt: skip
    if not loans or len({one.ledger_id for one in loans}) < len(loans):
        raise BadInput("An offer names the loans it is about, each once: make the offer again.")
    if any(kind not in WAIVABLE or amount < 0 for one in loans for kind, amount in one.waivers.items()):
        raise BadInput("What an offer gives up is named by kind, none below zero: make the offer again.")
    return loans
