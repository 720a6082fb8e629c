"""Payments that the tape lists and no receipt of ours tells: by reference, else by amount and day. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID, uuid5

from qingshou.kernel.money import ZERO


class Paid(Protocol):
    """A payment as a tape lists it."""

    @property
    def payment_ref(self) -> str: ...
    @property
    def paid_date(self) -> date: ...
    @property
    def amount(self) -> Decimal: ...


class Row(Paid, Protocol):
    """A row of a tape's payments: one that was made, or what takes one back."""

    @property
    def loan_id(self) -> UUID: ...
    @property
    def reverses_ref(self) -> str: ...


P = TypeVar("P", bound=Paid)
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class OurReceipt:
    """A receipt of ours, as far as it can be found again on a tape."""

    refs: tuple[str, ...]
    value_date: date
    amount: Decimal


def name_of(row: Row) -> UUID:
    """Return what names a payment of a tape: the core system's own number, which is one loan's."""
    return uuid5(row.loan_id, row.payment_ref)


def without_receipt(*, paid: Sequence[P], receipts: Iterable[OurReceipt]) -> list[P]:
    """Return the tape's payments that are none of ours, in their order; each receipt stands for one payment of a sum.

    A receipt whose reference the tape shows stands for every row that bears it (one a loan); others stand for one row
    of just their amount on just their day, or for the rows of one number that add up to it.
    """
    ours = list(receipts)
    refs = {ref for one in ours for ref in one.refs if ref}
    shown = {payment.payment_ref for payment in paid} & refs
    unnamed = [one for one in ours if not shown & set(one.refs)]
    others = [payment for payment in paid if payment.payment_ref not in refs]
    sums: dict[tuple[str, date], Decimal] = {}
    for payment in others:
        key = payment.payment_ref, payment.paid_date
        sums[key] = sums.get(key, ZERO) + payment.amount
    of_ours = {(ref, day) for (ref, day), amount in sums.items() if _take(unnamed, day, amount)}
    others = [payment for payment in others if (payment.payment_ref, payment.paid_date) not in of_ours]
    return [payment for payment in others if not _take(unnamed, payment.paid_date, payment.amount)]


def beside_receipts(
    *, rows: Sequence[R], receipts: Iterable[OurReceipt], ended: Iterable[OurReceipt] = ()
) -> list[R]:  # fmt: skip
    """Return the payments that stand on the tape of one debtor and that no receipt of ours tells.

    Takes   rows      of the tape, the oldest first
            receipts  that stand
            ended     taken back or given back: a tape may still list them as paid, or already as taken back
    """
    standing, taken_back = _standing(rows)
    gone, shown = list(ended), {row.payment_ref for row in rows}
    gone_refs = {ref for one in gone for ref in one.refs if ref}
    unnamed = [one for one in gone if not shown & set(one.refs)]
    for row in taken_back:
        if row.payment_ref not in gone_refs:
            _take(unnamed, row.paid_date, row.amount)  # the core system took it back as we did
    others = [row for row in standing if row.payment_ref not in gone_refs]
    return without_receipt(paid=others, receipts=[*receipts, *unnamed])


def out_of_reach(*, kept: Iterable[R], rows: Iterable[Row]) -> list[R]:
    """Return the payments known from earlier tapes that this one says nothing about: they stand as they were.

    A tape that lists a loan's payments from a day on tells nothing of those before; one of that day or later which it
    leaves out was withdrawn.
    """
    listed: set[tuple[UUID, str]] = set()
    first: dict[UUID, date] = {}
    for row in rows:
        listed |= {(row.loan_id, row.payment_ref), (row.loan_id, row.reverses_ref)}
        first[row.loan_id] = min(row.paid_date, first.get(row.loan_id, row.paid_date))
    unnamed = [one for one in kept if (one.loan_id, one.payment_ref) not in listed]
    return [one for one in unnamed if one.loan_id not in first or one.paid_date < first[one.loan_id]]


def _take(receipts: list[OurReceipt], day: date, amount: Decimal) -> bool:
    """Take the first receipt of a day and an amount out of a list; tells whether there was one."""
    found = next((one for one in receipts if (one.value_date, one.amount) == (day, amount)), None)
    if found is not None:
        receipts.remove(found)
    return found is not None


def _standing(rows: Sequence[R]) -> tuple[list[R], list[R]]:
    """Return what was paid and stands, and what was paid and taken back: by number, else the latest of its amount."""
    named: dict[UUID, set[str]] = {}
    for row in rows:
        if row.reverses_ref:
            named.setdefault(row.loan_id, set()).add(row.reverses_ref)
    paid = [row for row in rows if not row.reverses_ref and row.amount > ZERO]
    back = [row for row in paid if row.payment_ref in named.get(row.loan_id, ())]
    standing = [row for row in paid if row not in back]
    for row in rows:
        if row.reverses_ref or row.amount >= ZERO:
            continue
        same = [
            one for one in standing
            if one.loan_id == row.loan_id and one.amount == -row.amount and one.paid_date <= row.paid_date
        ]  # fmt: skip
        if same:
            standing.remove(same[-1])
            back.append(same[-1])
    return standing, back
