"""A loan of the tape in the form the rules of opening take."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal

from qingshou.features.book.owing import LoanOnTape
from qingshou.features.repayment.rules.books import Slot
from qingshou.features.repayment.rules.opening import Told, ToldDue, opening_parts


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
