"""What a payment provider does for us: take a payment that was begun, and say what became of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A payment to be begun. `key` names it: the same key twice is one payment."""

    key: UUID
    amount: Decimal
    currency: str
    reference: str  # ours; it comes back in the reports
    return_url: str  # where the debtor comes back to
    language: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment the provider knows: its own id, and where the debtor pays."""

    provider_ref: str
    pay_url: str


class PaymentProvider(Protocol):
    """An adapter. The money itself is reported to the hook, signed; nothing else is believed of it."""

    code: str
    name: str

    def create(self, wanted: Wanted) -> Begun:
        """Begin a payment.

        Stops   Rejected     the provider says no
                Unreachable  nothing was handed over
                AnswerLost   it may have been begun: ask by its key before it is begun again
        """
        ...

    def ask(self, key: UUID) -> Begun | None:
        """Return a payment by our key; None: the provider never received it. Stops with Unreachable."""
        ...
