"""Judging a promise: what it needs, until when, and how it ends. Pure: dates and money are given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from qingshou.features.repayment.rules.counting import Share, reached_on, total
from qingshou.features.repayment.rules.promise_policy import HUNDRED, PromisePolicy
from qingshou.kernel.money import Rounding, minor_digits, round_money
from qingshou.kernel.verdict import Reason, Verdict


class PromiseKind(StrEnum):
    """What was promised."""

    ARREARS = "ARREARS"  # all that is overdue
    PART = "PART"
    SETTLEMENT = "SETTLEMENT"
    FIRST_OF_PLAN = "FIRST_OF_PLAN"


class PromiseState(StrEnum):
    """Where a promise stands; all but OPEN are ends."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"
    CANCELLED = "CANCELLED"
    INVALIDATED = "INVALIDATED"


# taken back before it fell due, by us or the debtor
CANCEL_REASONS = ("DEBTOR_WITHDREW", "REPLACED", "LENDER_WITHDREW")
# it should never have counted, or something took its place
INVALID_REASONS = ("PLAN_AGREED", "STOP_PLACED", "WRONG_AMOUNT", "WRONG_PERSON", "WRONG_DATE", "NOT_SAID")
# money decides of these; the other ends are a person's
JUDGED = frozenset({PromiseState.OPEN, PromiseState.KEPT, PromiseState.BROKEN})


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """What was promised and how it is judged."""

    amount: Decimal
    currency: str
    from_date: date
    due_on: date
    grace_days: int
    threshold_pct: Decimal

    @property
    def last_date(self) -> date:
        """The last day whose money counts."""
        return self.due_on + timedelta(days=self.grace_days)

    @property
    def needed_amount(self) -> Decimal:
        """What keeps it: the threshold's share, up to the next minor unit."""
        return round_money(self.amount * self.threshold_pct / HUNDRED, self.currency, Rounding.UP)


@dataclass(frozen=True, slots=True)
class PromiseEnd:
    """What money and a date make of a promise."""

    state: PromiseState
    paid_amount: Decimal
    ended_on: date | None
    verdict: Verdict


def judge_promise(*, terms: PromiseTerms, shares: Sequence[Share], on: date) -> PromiseEnd:
    """Judge a promise at the end of a day.

    Takes   shares  what counts towards it, in the order of its days (counting.counted_by)
            on      the day judged; money of it is known
    Gives   PromiseEnd  KEPT from the day the threshold was reached, BROKEN from the day after due date and grace,
                        else OPEN
    """
    paid, needed = total(shares), terms.needed_amount
    fields = {"needed": needed, "paid": paid, "last_date": terms.last_date}
    kept_on = reached_on(shares, needed)
    if kept_on is not None:
        state, ended, code = PromiseState.KEPT, kept_on, "THRESHOLD_REACHED"
    elif on > terms.last_date:
        state, ended, code = PromiseState.BROKEN, terms.last_date + timedelta(days=1), "NOT_PAID_IN_TIME"
    else:
        state, ended, code = PromiseState.OPEN, None, "NOT_PAID_YET"
    return PromiseEnd(state, paid, ended, Verdict(state, (Reason(code, fields),)))


def kind_of(*, amount: Decimal, arrears: Decimal | None) -> PromiseKind:
    """Return whether an amount covers all that is overdue; unknown arrears are not covered."""
    return PromiseKind.ARREARS if arrears is not None and amount >= arrears > 0 else PromiseKind.PART


def problems_of(
    *, amount: Decimal, currency: str, due_on: date, pay_by: str, today: date, balance: Decimal | None, open_count: int,
    policy: PromisePolicy,
) -> list[Reason]:  # fmt: skip
    """Return every reason why a promise cannot be taken, by field; none where it can."""
    return list(_problems(amount, currency, due_on, pay_by, today, balance, open_count, policy))


def _problems(
    amount: Decimal, currency: str, due_on: date, pay_by: str, today: date, balance: Decimal | None, open_count: int,
    policy: PromisePolicy,
) -> Iterable[Reason]:  # fmt: skip
    if not amount.is_finite() or amount <= 0:
        yield Reason("AMOUNT_NOT_ABOVE_ZERO", {"field": "amount"})
    elif amount != round(amount, minor_digits(currency)):
        yield Reason("AMOUNT_TOO_FINE", {"field": "amount", "currency": currency})
    elif balance is not None and amount > balance:
        yield Reason("AMOUNT_ABOVE_BALANCE", {"field": "amount", "balance": balance})
    latest = today + timedelta(days=policy.days_ahead_max)
    if due_on < today:
        yield Reason("DATE_PAST", {"field": "due_on"})
    elif due_on > latest:
        yield Reason("DATE_TOO_LATE", {"field": "due_on", "latest": latest})
    if pay_by and pay_by not in policy.pay_by:
        yield Reason("PAY_BY_UNKNOWN", {"field": "pay_by"})
    if open_count >= policy.open_max:
        yield Reason("TOO_MANY_OPEN", {"field": "", "open": open_count, "most": policy.open_max})
