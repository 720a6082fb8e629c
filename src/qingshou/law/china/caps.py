"""The front door to rate caps: which cap binds a lender on a day."""

from datetime import date

from qingshou.kernel.errors import BadInput
from qingshou.law.china.aided_loans import rules as aided
from qingshou.law.china.financial_disputes import rules as disputes
from qingshou.law.china.local_bodies import rules as local
from qingshou.law.china.micro_loans import rules as micro
from qingshou.law.china.private_lending import rules as private
from qingshou.law.china.rate_cap import RateCap

LENDER_KINDS = ("BANK", "PRIVATE", *sorted(local.KINDS))


def rate_cap(
    *,
    lender_kind: str,
    contract_date: date,
    on: date,
    filed_date: date | None = None,
    is_aided: bool = False,
) -> RateCap:
    """Return the cap on all charges of a loan.

    Takes   lender_kind    BANK (any institution licensed as financial), PRIVATE, or one of the seven local bodies
            contract_date  day the loan was made
            on             PRIVATE: day on which the charge accrues; others: day on which the claim is judged
            filed_date     for private loans from before 2020-08-20
            is_aided       an online loan made with an aiding platform
    Gives   RateCap        rate None where the lender is exempt and no other text is entered
    Stops   NotCovered     no text entered for the dates
    """
    if lender_kind == "PRIVATE":
        return private.cap(contract_date=contract_date, filed_date=filed_date, on=on)
    if lender_kind == "BANK":
        if is_aided and contract_date in aided.LAW.in_force:
            return aided.cap(contract_date)
        return disputes.cap(on)
    if lender_kind == "MICRO_LOAN" and contract_date in micro.LAW.in_force:
        return micro.cap(contract_date)
    if lender_kind in local.KINDS:
        return local.exemption(on)
    raise BadInput(f"'{lender_kind[:20]}' is not a kind of lender: use one of {', '.join(LENDER_KINDS)}.")


def cap_change_dates(lender_kind: str, contract_date: date) -> list[date]:
    """Return the days on which the cap of a running loan changes."""
    is_bridged = lender_kind == "PRIVATE" and contract_date < private.FIRST_DAY
    return [private.FIRST_DAY] if is_bridged else []
