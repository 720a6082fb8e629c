"""Payments that the tape lists and no receipt of ours tells: by reference, else by amount and day. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar


class Paid(Protocol):
    """A payment as a tape lists it."""

    @property
    def payment_ref(self) -> str: ...
    @property
    def paid_date(self) -> date: ...
    @property
    def amount(self) -> Decimal: ...


P = TypeVar("P", bound=Paid)


@dataclass(frozen=True, slots=True)
class OurReceipt:
    """A receipt of ours, as far as it can be found again on a tape."""

    refs: tuple[str, ...]
    value_date: date
    amount: Decimal


def without_receipt(*, paid: Sequence[P], receipts: Iterable[OurReceipt]) -> list[P]:
    """Return the tape's payments that are none of ours, in their order; each receipt stands for one payment of a sum.

    A receipt whose reference the tape shows stands for every row that bears it (one a loan); others stand for one row
    of just their amount on just their day.
    """
    ours = list(receipts)
    refs = {ref for one in ours for ref in one.refs if ref}
    shown = {payment.payment_ref for payment in paid} & refs
    unnamed = [one for one in ours if not shown & set(one.refs)]
    left = []
    for payment in paid:
        if payment.payment_ref in refs:
            continue
        same = next(
            (one for one in unnamed if (one.value_date, one.amount) == (payment.paid_date, payment.amount)), None
        )
        if same is None:
            left.append(payment)
        else:
            unnamed.remove(same)
    return left
