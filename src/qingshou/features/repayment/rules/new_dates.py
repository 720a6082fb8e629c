"""New due dates for what is owed: a month apart, in equal amounts, the last takes what is left. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from qingshou.features.repayment.rules.books import Slot
from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO
from qingshou.law.allocation.terms import PartKind

ARREARS_MOST, SCHEDULE_MOST = 60, 480


class NewDatesUnfit(BadInput):
    """New due dates cannot be taken as they were given."""

    code = "NEW_DATES_UNFIT"


class PrincipalDue(BadInput):
    """Principal that is due already is not spread over a new schedule."""

    code = "PRINCIPAL_DUE"


def new_dates(
    *, first_on: date, instalments: int, amount: Decimal, currency_step: Decimal, on: date, most: int = ARREARS_MOST
) -> list[tuple[date, Decimal]]:
    """Return the new due dates, a month apart, with equal amounts; the last takes what is left.

    Takes   amount  what is laid on them; most  so many dates are the most
    Stops   NewDatesUnfit  nothing is to be laid, the first day is not ahead, or too few or too many dates
    """
    if amount <= 0:
        raise NewDatesUnfit("There is nothing on this loan that could be given new due dates.", field="loan")
    if first_on <= on:
        raise NewDatesUnfit("The first new due date must lie ahead.", field="first_on")
    if not 1 <= instalments <= most:
        raise NewDatesUnfit(f"Between one and {most} new due dates can be given.", field="instalments", most=most)
    each = (amount / instalments).quantize(currency_step)
    amounts = [each] * (instalments - 1)
    last = amount - sum(amounts, ZERO)
    if each <= 0 or last <= 0:
        raise NewDatesUnfit("So many dates leave nothing for some of them: give fewer.", field="instalments")
    return [(add_months(first_on, number), part) for number, part in enumerate([*amounts, last])]


def principal_to_spread(*, parts: Mapping[Slot, Decimal], on: date) -> Decimal:
    """Return the open principal of a loan that may be spread over a new schedule.

    Stops   PrincipalDue  some of it is due already: spreading it would hide arrears, which only re-ageing, judged by
                          the law of the place, may move
    """
    principal = {slot: amount for slot, amount in parts.items() if slot.kind is PartKind.PRINCIPAL and amount > 0}
    due = sum((amount for slot, amount in principal.items() if slot.due_date and slot.due_date <= on), ZERO)
    if due > 0:
        raise PrincipalDue(
            "Principal of this loan is due already. Spread over a new schedule it would no longer show as overdue: "
            "have it paid, or move the arrears first, which the law of the place judges.",
            due=str(due),
        )
    return sum(principal.values(), ZERO)
