"""Inside one debt: which part comes first, and what each part gets of an amount."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from qingshou.kernel.verdict import Reason
from qingshou.law.allocation.terms import Basis, Debt, Future, Line, Order, Part, PartKind, Sequence

_CODES = {Basis.LAW: "PART_BY_LAW", Basis.AGREED: "PART_AGREED", Basis.POLICY: "PART_BY_POLICY"}


def in_turn(*, debt: Debt, parts: Iterable[Part], order: Order) -> tuple[Part, ...]:
    """Return parts in the order they are paid in; a part without a date comes after the dated ones of its kind."""
    kinds, sequence = debt.kinds or order.kinds, debt.sequence or order.sequence

    def key(part: Part) -> tuple[object, ...]:
        due = part.due_date or date.max
        kind = len(kinds) if part.kind is PartKind.UNSPLIT else kinds.index(part.kind)
        return (due, kind, part.key) if sequence is Sequence.DUE_FIRST else (kind, due, part.key)

    return tuple(sorted(parts, key=key))


def payable_early(*, debt: Debt, parts: Iterable[Part], order: Order) -> tuple[Part, ...]:
    """Return which of the parts not yet due a payment may reach: by the debt's own word, else by the order's."""
    match debt.future or order.future:
        case Future.NOT_DUE_LAST:
            return tuple(parts)
        case Future.IN_ADVANCE_PRINCIPAL:
            return tuple(part for part in parts if part.kind is PartKind.PRINCIPAL)
        case Future.UNAPPLIED:
            return ()


def pay(
    *, debt: Debt, parts: Iterable[Part], amount: Decimal, order: Order, is_due: bool, why: Reason
) -> tuple[Line, ...]:
    """Lay an amount on parts already in turn, each filled before the next; the amount is at most what is open.

    Takes   why   the reason for this debt's turn; it stands before the part's own reason on every line
    Gives   lines of the parts that got something
    """
    lines = []
    left = amount
    for part in parts:
        paid = min(left, part.amount)
        if paid > 0:
            reasons = (why, _reason(part, debt=debt, order=order, is_due=is_due))
            lines.append(
                Line(
                    debt=debt.id,
                    part=part.key,
                    kind=part.kind,
                    due_date=part.due_date,
                    before=part.amount,
                    paid=paid,
                    after=part.amount - paid,
                    reasons=reasons,
                )
            )
            left -= paid
    return tuple(lines)


def _reason(part: Part, *, debt: Debt, order: Order, is_due: bool) -> Reason:
    kinds, basis = debt.kinds or order.kinds, debt.basis or order.basis
    if part.kind is PartKind.UNSPLIT:
        code, fields = "PART_UNSPLIT", {}
    else:
        code = _CODES[basis] if is_due else "PART_BEFORE_DUE"
        fields = {"kind": part.kind, "place": kinds.index(part.kind) + 1, "sequence": debt.sequence or order.sequence}
    return Reason(code, fields, order.articles.get(f"{code}:{part.kind}") or order.articles.get(code))
