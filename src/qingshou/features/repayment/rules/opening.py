"""What the core system says is owed on a loan, in parts: where our ledger begins, what a new tape sets it to. Pure."""

from collections.abc import Iterable
from collections.abc import Sequence as Row
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from qingshou.features.repayment.rules.books import Slot
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.law.allocation.allocate import allocate, applied
from qingshou.law.allocation.terms import Between, Debt, Order, Part, PartKind, Sequence


class BalanceUnknown(BadInput):
    """A loan whose balance the tape does not tell has no ledger."""

    code = "BALANCE_UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDue:
    """One due date of the schedule; parts are None where the schedule does not split."""

    due_date: date
    position: int
    amount: Decimal | None
    principal: Decimal | None = None
    interest: Decimal | None = None
    penalty: Decimal | None = None
    fees: Decimal | None = None

    @property
    def parts(self) -> dict[PartKind, Decimal] | None:
        """Its parts, where they are told and add up to its amount."""
        told = {PartKind.COSTS: self.fees, PartKind.PENALTY: self.penalty, PartKind.INTEREST: self.interest,
                PartKind.PRINCIPAL: self.principal}  # fmt: skip
        known = {kind: amount for kind, amount in told.items() if amount}
        if self.principal is None and self.interest is None:
            return None
        return known if sum(known.values(), ZERO) == self.amount else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A loan as its tape has it on a date. Amounts None: unknown. Balance is outstanding principal."""

    loan: UUID
    currency: str
    as_of: date
    balance: Decimal | None
    arrears: Decimal | None
    principal: Decimal | None = None
    interest: Decimal | None = None
    penalty: Decimal | None = None
    fees: Decimal | None = None
    oldest_due_date: date | None = None
    schedule: Row[ToldDue] = ()

    @property
    def kinds(self) -> dict[PartKind, Decimal] | None:
        """The arrears by kind; None unless principal and interest are told and no kind exceeds the whole."""
        if self.arrears is None or self.principal is None or self.interest is None:
            return None
        told = {PartKind.COSTS: self.fees, PartKind.PENALTY: self.penalty, PartKind.INTEREST: self.interest,
                PartKind.PRINCIPAL: self.principal}  # fmt: skip
        known = {kind: amount for kind, amount in told.items() if amount}
        return known if sum(known.values(), ZERO) <= self.arrears and min(known.values(), default=ZERO) >= 0 else None


# as ageing counts (docs/algorithms/ageing.md): the oldest due date first, inside it costs, interest, penalty, principal
AS_AGED = Order(
    kinds=(PartKind.COSTS, PartKind.INTEREST, PartKind.PENALTY, PartKind.PRINCIPAL),
    sequence=Sequence.DUE_FIRST,
    between=Between.OLDEST_DUE,
)


def opening_parts(*, told: Told, order: Order = AS_AGED) -> dict[Slot, Decimal]:
    """Return what is owed in parts, each at the currency's minor unit and above zero.

    Takes   order  how payments were laid on the schedule where the arrears are not split: as ageing counts them, or as
                   the contract says
    Gives   dict   due parts add up to the arrears. With a schedule they stand on its due dates, the newest ones open
                   first, and the due dates ahead that it shows are there too; without one each kind stands at the
                   oldest due date. The rest of the principal has no due date. Arrears unknown: all is UNSPLIT, undated
    Stops   BalanceUnknown  the tape does not tell what is owed
    """
    if told.balance is None:
        raise BalanceUnknown(
            "The tape does not tell the balance of this loan, so nobody can say what is owed on it: ask the core "
            "system's owner for the column, then import the tape again.",
            what="balance",
        )
    if told.arrears is None:
        return _kept({Slot(told.loan, PartKind.UNSPLIT): told.balance}, told.currency)
    due = _due_parts(told, order) if told.arrears > 0 else {}
    ahead = _ahead(told) if all(slot.kind is not PartKind.UNSPLIT for slot in due) else {}
    split = sum((amount for slot, amount in due.items() if slot.kind in _OF_BALANCE), ZERO)
    rest = max(told.balance - split, ZERO)
    for slot in sorted(ahead, key=lambda slot: slot.key):
        if slot.kind is PartKind.PRINCIPAL:
            ahead[slot] = min(ahead[slot], rest)
            rest -= ahead[slot]
    return _kept({**due, **ahead, Slot(told.loan, PartKind.PRINCIPAL): rest}, told.currency)


# what of the arrears is part of the balance; of an unsplit amount nobody knows, and nothing is to be counted twice
_OF_BALANCE = (PartKind.PRINCIPAL, PartKind.UNSPLIT)


def _due_parts(told: Told, order: Order) -> dict[Slot, Decimal]:
    """Return the parts of the arrears."""
    first = min(told.oldest_due_date or told.as_of, told.as_of)  # what is in arrears is due, whatever a tape says
    scheduled = [one for one in told.schedule if first <= one.due_date <= told.as_of]
    arrears = told.arrears or ZERO
    parts = _by_kind(told, scheduled, first) if told.kinds is not None else _by_schedule(told, scheduled, order)
    missing = arrears - sum(parts.values(), ZERO)
    if missing > 0:  # more is late than anybody split up: it is owed all the same
        slot = Slot(told.loan, PartKind.UNSPLIT, first)
        parts[slot] = parts.get(slot, ZERO) + missing
    return parts


def _by_kind(told: Told, scheduled: Row[ToldDue], first: date) -> dict[Slot, Decimal]:
    """Stand each kind's arrears on the schedule's due dates, the newest first: payments covered the oldest."""
    parts: dict[Slot, Decimal] = {}
    for kind, total in (told.kinds or {}).items():
        left = total
        for one in sorted(scheduled, key=lambda one: (one.due_date, one.position), reverse=True):
            open_of_it = min(left, (one.parts or {}).get(kind, ZERO))
            if open_of_it > 0:
                parts[Slot(told.loan, kind, one.due_date, one.position)] = open_of_it
                left -= open_of_it
        if left > 0:
            slot = Slot(told.loan, kind, first)
            parts[slot] = parts.get(slot, ZERO) + left
    return parts


def _by_schedule(told: Told, scheduled: Row[ToldDue], order: Order) -> dict[Slot, Decimal]:
    """Lay what was paid of the due dates not yet covered on them in the loan's order; the arrears stay open."""
    owed = {
        Slot(told.loan, kind, one.due_date, one.position): round_money(amount, told.currency, Rounding.HALF_UP)
        for one in scheduled
        for kind, amount in (one.parts or {PartKind.UNSPLIT: one.amount or ZERO}).items()
    }
    arrears = round_money(told.arrears or ZERO, told.currency, Rounding.HALF_UP)
    paid = sum(owed.values(), ZERO) - arrears
    if paid <= 0:
        return owed
    slots = {slot.key: slot for slot in owed}
    debt = Debt(
        id=str(told.loan),
        currency=told.currency,
        parts=tuple(
            Part(key=slot.key, kind=slot.kind, amount=amount, due_date=slot.due_date) for slot, amount in owed.items()
        ),
    )
    found = allocate(amount=paid, currency=told.currency, debts=[debt], order=order, on=told.as_of)
    (left,) = applied(debts=[debt], lines=found.lines)
    return {slots[part.key]: part.amount for part in left.parts}


def _ahead(told: Told) -> dict[Slot, Decimal]:
    """Return what falls due later, as far as the schedule is at hand; interest of it is owed once its day comes."""
    return {
        Slot(told.loan, kind, one.due_date, one.position): amount
        for one in told.schedule
        if one.due_date > told.as_of
        for kind, amount in (one.parts or {}).items()
    }


def _kept(parts: dict[Slot, Decimal], currency: str) -> dict[Slot, Decimal]:
    rounded = {slot: round_money(amount, currency, Rounding.HALF_UP) for slot, amount in parts.items()}
    return {slot: amount for slot, amount in rounded.items() if amount > 0}


def is_shown(*, refs: Iterable[str], tape_refs: Iterable[str]) -> bool:
    """Tell whether a tape's payments hold one of a receipt's references."""
    return bool({ref for ref in refs if ref} & set(tape_refs))
