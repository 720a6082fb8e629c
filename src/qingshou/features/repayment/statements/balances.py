"""Whether what was read is all there is: opening + lines = closing, to the cent, for every statement."""

from decimal import Decimal

from qingshou.features.repayment.statements.drafts import Draft
from qingshou.features.repayment.statements.forms import CurrencyTotal, Line, Notice
from qingshou.kernel.money import ZERO


def balance_notice(draft: Draft) -> Notice | None:
    """Return what is wrong with a statement's balances, or None.

    Gives   BALANCE_DIFFERS     with the difference: what the lines lack to reach the closing balance
            BALANCE_NOT_STATED  the bank gave no opening or no closing balance: nothing was proved
    """
    if not draft.states_balances:
        return None
    known = {"statement_ref": draft.statement_ref, "currency": draft.currency}
    if draft.opening is None or draft.closing is None:
        return Notice("BALANCE_NOT_STATED", draft.line_no, known)
    total = sum((line.amount for line in draft.lines), ZERO)
    difference = draft.closing - draft.opening - total
    if difference == 0:
        return None
    facts = {"opening": draft.opening, "closing": draft.closing, "lines": total, "difference": difference}
    return Notice("BALANCE_DIFFERS", draft.line_no, known | {name: str(amount) for name, amount in facts.items()})


def totals_of(lines: list[Line]) -> tuple[CurrencyTotal, ...]:
    """Return what the lines come to, a currency each, by its code."""
    found: dict[str, tuple[int, Decimal, Decimal]] = {}
    for line in lines:
        count, credits, debits = found.get(line.currency, (0, ZERO, ZERO))
        up, down = max(line.amount, ZERO), min(line.amount, ZERO)
        found[line.currency] = (count + 1, credits + up, debits + down)
    return tuple(CurrencyTotal(code, *found[code]) for code in sorted(found))
