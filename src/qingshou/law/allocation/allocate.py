"""One payment over debts and their parts; and the way there and back, for postings and reversals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money, share_out
from qingshou.kernel.verdict import Reason
from qingshou.law.allocation import inside
from qingshou.law.allocation.between import Claim, turns
from qingshou.law.allocation.terms import Allocated, Between, Debt, Line, Order

NONE_BARRED: Mapping[str, Reason] = {}


def allocate(
    *,
    amount: Decimal,
    currency: str,
    debts: Sequence[Debt],
    order: Order,
    chosen: Sequence[str] = (),
    barred: Mapping[str, Reason] = NONE_BARRED,
    on: date,
) -> Allocated:
    """Return where a payment goes.

    Takes   amount   at the currency's minor unit, >= 0
            debts    with ids that differ, all in the currency; amounts of parts >= 0, keys of a debt's parts differ
            chosen   debt ids the debtor named, in that order: they come first whatever the order between debts
            barred   debts that must get nothing, with the reason (door.barred_debts)
            on       the day of payment, at its end: what is due on it is due
    Gives   Allocated  sum(paid) + unapplied == amount; no part below zero; debts and parts in any sequence give the
                       same lines. Claims alike by every criterion share pro rata by largest remainder, ties to the
                       smaller id
    Stops   BadInput   anything above not met, or Between.LAW without criteria
    Law     民法典 560 (between debts), 561 (inside one), where the order is China's
    """
    _check(amount=amount, currency=currency, debts=debts, chosen=chosen)
    if len(set(order.agreed_first)) != len(order.agreed_first):
        raise BadInput("A debt is agreed to come first twice: name each at most once.")
    payable = [debt for debt in debts if debt.id not in barred]
    claims = [claim for debt in payable for claim in _claims(debt, order, on)]
    left = amount
    lines: list[Line] = []
    for turn in turns(claims=claims, order=order, chosen=chosen):
        opens = [claim.open for claim in turn.claims]
        given = min(left, sum(opens, ZERO))
        if given <= 0:
            break
        for claim, share in zip(turn.claims, share_out(given, opens, currency), strict=True):
            lines += inside.pay(
                debt=claim.debt,
                parts=claim.parts,
                amount=share,
                order=order,
                is_due=claim.is_due,
                why=turn.reason,
            )
        left -= given
    return Allocated(lines=tuple(lines), unapplied=left, reasons=_why_left(left, debts, barred, lines, order))


def applied(*, debts: Iterable[Debt], lines: Iterable[Line]) -> tuple[Debt, ...]:
    """Return the debts after the lines; parts paid off stay, at zero."""
    return _moved(debts, lines, -1)


def undone(*, debts: Iterable[Debt], lines: Iterable[Line]) -> tuple[Debt, ...]:
    """Return the debts as they were before the lines: a reversal gives back exactly what a payment took."""
    return _moved(debts, lines, 1)


def _claims(debt: Debt, order: Order, on: date) -> Iterable[Claim]:
    due = [part for part in debt.parts if part.is_due(on)]
    early = inside.payable_early(debt=debt, parts=[part for part in debt.parts if not part.is_due(on)], order=order)
    yield Claim(debt, inside.in_turn(debt=debt, parts=due, order=order), is_due=True)
    yield Claim(debt, inside.in_turn(debt=debt, parts=early, order=order), is_due=False)


def _why_left(
    left: Decimal, debts: Sequence[Debt], barred: Mapping[str, Reason], lines: Sequence[Line], order: Order
) -> tuple[Reason, ...]:
    """Say which debts were passed over, and why money stayed although something is open, or that nothing is."""
    reasons = [barred[debt.id] for debt in debts if debt.id in barred]
    if left <= 0:
        return tuple(reasons)
    paid = sum((line.paid for line in lines), ZERO)
    owed = sum((part.amount for debt in debts if debt.id not in barred for part in debt.parts), ZERO)
    if owed == paid:
        return (*reasons, Reason("OVERPAID", {"unapplied": left}))
    code = "ONLY_CHOSEN_PAID" if order.between is Between.CHOSEN else "REST_NOT_DUE"
    return (*reasons, Reason(code, {"unapplied": left, "open": owed - paid}))


def _moved(debts: Iterable[Debt], lines: Iterable[Line], sign: int) -> tuple[Debt, ...]:
    moves: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        place = (line.debt, line.part)
        moves[place] = moves.get(place, ZERO) + sign * line.paid
    found = tuple(
        replace(
            debt,
            parts=tuple(
                replace(part, amount=part.amount + moves.pop((debt.id, part.key), ZERO)) for part in debt.parts
            ),
        )
        for debt in debts
    )
    if moves or any(part.amount < 0 for debt in found for part in debt.parts):
        raise BadInput("The lines do not fit the debts: a part is missing or would fall below zero.")
    return found


def _check(*, amount: Decimal, currency: str, debts: Sequence[Debt], chosen: Sequence[str]) -> None:
    _check_amount(amount, currency, "The payment")
    ids = [debt.id for debt in debts]
    if len(set(ids)) != len(ids):
        raise BadInput("Two debts have the same id: give each its own.")
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(ids):
        raise BadInput("A chosen debt is not among the debts, or chosen twice: choose each at most once.")
    for debt in debts:
        if debt.currency != currency:
            raise BadInput(f"A debt is in {debt.currency}, the payment in {currency}: exchange it first.")
        keys = [part.key for part in debt.parts]
        if len(set(keys)) != len(keys):
            raise BadInput("Two parts of one debt have the same key: give each its own.")
        for part in debt.parts:
            _check_amount(part.amount, currency, "A part")


def _check_amount(amount: Decimal, currency: str, what: str) -> None:
    if not amount.is_finite() or amount < 0:
        raise BadInput(f"{what} is zero or more: check the amount.")
    if round_money(amount, currency, Rounding.DOWN) != amount:
        raise BadInput(f"{what} has more decimals than {currency} allows: round it first.", currency=currency)
