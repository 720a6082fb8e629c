"""Opening and closing balance of a table that states the balance after each booking."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from qingshou.features.repayment.statements.drafts import Draft
from qingshou.features.repayment.statements.forms import Line


def state_balances(draft: Draft) -> None:
    """Fill in opening and closing from the running balance, and where it first does not follow from the row before.

    Banks print the oldest row first or the newest: the direction in which more rows follow from each other is taken.
    """
    lines = draft.lines
    if not lines or any(line.balance_after is None for line in lines):
        return
    oldest_first, newest_first = _breaks(lines), _breaks(lines[::-1])
    # with as many breaks either way the days decide
    goes_back = lines[0].booked_date > lines[-1].booked_date
    is_oldest_first = (len(oldest_first), goes_back) <= (len(newest_first), not goes_back)
    in_time, breaks = (lines, oldest_first) if is_oldest_first else (lines[::-1], newest_first)
    first, last = in_time[0], in_time[-1]
    draft.opening = _after(first) - first.amount
    draft.closing = _after(last)
    draft.line_no = breaks[0] if breaks else 0


def _breaks(lines: Sequence[Line]) -> list[int]:
    """Return the rows whose balance is not that of the row before and their own amount."""
    return [line.line_no for before, line in pairwise(lines) if _after(before) + line.amount != _after(line)]


def _after(line: Line) -> Decimal:
    return Decimal(0) if line.balance_after is None else line.balance_after
