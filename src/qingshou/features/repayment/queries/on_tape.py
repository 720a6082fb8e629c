"""A loan of the tape in the form the rules of opening take."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.features.book.owing import LoanOnTape
from qingshou.features.repayment.rules.books import Slot
from qingshou.features.repayment.rules.opening import Told, ToldDue, opening_parts
from qingshou.features.repayment.rules.standstill import dues_between
from qingshou.features.repayment.rules.steps import slots_as_facts


def may_open(loan: LoanOnTape) -> bool:
    """Tell whether a ledger can be opened: the loan is not closed, and what is owed on it is known."""
    return not loan.is_closed and loan.balance is not None


def parts_on_tape(loan: LoanOnTape) -> Mapping[Slot, Decimal]:
    """Return what the tape says is owed, in parts; stops with BalanceUnknown. Of a closed loan nothing is owed."""
    if loan.is_closed:
        return {}
    told = Told(
        loan=loan.id,
        currency=loan.currency,
        as_of=loan.as_of,
        balance=loan.balance,
        arrears=loan.arrears,
        principal=loan.arrears_principal,
        interest=loan.arrears_interest,
        penalty=loan.arrears_penalty,
        fees=loan.arrears_fees,
        oldest_due_date=loan.oldest_due_date,
        schedule=[ToldDue(**asdict(one)) for one in loan.schedule],
    )
    return opening_parts(told=told)


def tape_facts(loan: LoanOnTape, parts: Mapping[Slot, Decimal], *, since: date | None = None) -> dict[str, Any]:
    """Return the facts of the step that sets a ledger to a tape.

    Takes   since  the tape it agreed with before; what fell due of the schedule since then is kept too
    """
    facts: dict[str, Any] = {"as_of": loan.as_of.isoformat(), "parts": slots_as_facts(parts)}
    if since is not None:
        facts["since"] = since.isoformat()
        dues = [(one.due_date, one.position) for one in loan.schedule]
        if due := dues_between(dues=dues, since=since, as_of=loan.as_of):
            facts["dues"] = due
    return facts
