"""Penalty interest over a period: on principal, compound on in-term interest, cut to the cap."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from qingshou.kernel.days import days_between
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.kernel.verdict import Reason
from qingshou.law.china.caps import cap_change_dates, rate_cap
from qingshou.law.china.interest_settlement.rules import compound_base, interest, settlement_dates
from qingshou.law.china.penalty_2003.rules import PenaltyKind, penalty_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyTerms:
    """What the contract and the lender say."""

    contract_rate: Decimal
    uplift: Decimal
    contract_date: date
    kind: PenaltyKind = "OVERDUE"
    lender_kind: str = "BANK"
    is_aided: bool = False
    filed_date: date | None = None
    maturity_date: date | None = None  # before it, unpaid interest compounds at the contract rate
    compounds_penalty: bool = False  # disputed: only where the contract says so and the lender insists


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyInterest:
    """The charge at the cent, what was cut, and why."""

    rate: Decimal
    days: int
    on_principal: Decimal
    on_interest: Decimal
    total: Decimal
    cap_amount: Decimal | None
    cut: Decimal
    payable: Decimal
    reasons: tuple[Reason, ...]


def penalty_interest(
    *, principal: Decimal, in_term_interest: Decimal, terms: PenaltyTerms, from_date: date, until_date: date
) -> PenaltyInterest:
    """Return the penalty interest of [from, until) on a balance that does not change in it.

    Takes   principal         overdue principal, >= 0
            in_term_interest  unpaid interest of the loan's term, >= 0: it compounds
            from_date         first day overdue; until_date the day of payment, not counted
    Gives   PenaltyInterest   each part rounded half up at the cent once, at the end; the cap is on principal by the
                              same days over 360, so that rate stands against rate
    Stops   BadInput          negative amounts or an empty period; NotCovered outside the texts' dates
    Law     银发〔2003〕251号 s. 3; 银发〔1999〕77号 arts 20-21; caps by lender and contract date (caps.py)
    """
    if principal < 0 or in_term_interest < 0:
        raise BadInput("Principal and unpaid interest are zero or more: check the amounts.")
    if until_date <= from_date:
        raise BadInput(f"The period from {from_date} to {until_date} has no day: the end lies after the start.")
    penal = penalty_rate(
        contract_rate=terms.contract_rate, uplift=terms.uplift, contract_date=terms.contract_date, kind=terms.kind
    )
    on_principal, year_days = interest(base=principal, rate=penal.rate, from_date=from_date, until_date=until_date)
    on_interest = _on_interest(in_term_interest, penal.rate, terms, from_date, until_date)
    base = compound_base(from_date)
    reasons = [*penal.reasons, Reason("DAY_COUNT", {"year_days": year_days.whole}, year_days.article)]
    reasons.append(Reason("COMPOUND_BASE", {"base": base.text}, base.article))
    if terms.compounds_penalty:
        on_interest += _on_penalty(principal, in_term_interest, penal.rate, from_date, until_date)
        reasons.append(Reason("COMPOUND_ON_PENALTY_DISPUTED", {}, base.article))
    parts = [_at_the_cent(part) for part in (on_principal, on_interest)]
    total = parts[0] + parts[1]
    cap_amount, cap_reasons = _cap(principal, terms, from_date, until_date)
    cut = max(ZERO, total - cap_amount) if cap_amount is not None else ZERO
    if cut > 0:
        cap_reasons = [Reason("CUT_TO_CAP", {**one.fields, "cut": cut}, one.article) for one in cap_reasons]
    return PenaltyInterest(
        rate=penal.rate,
        days=days_between(from_date, until_date),
        on_principal=parts[0],
        on_interest=parts[1],
        total=total,
        cap_amount=cap_amount,
        cut=cut,
        payable=total - cut,
        reasons=(*reasons, *cap_reasons),
    )


def _on_interest(base: Decimal, penal: Decimal, terms: PenaltyTerms, from_date: date, until_date: date) -> Decimal:
    """Compound on in-term interest: at the contract rate until maturity, at the penalty rate after it."""
    turn = min(max(terms.maturity_date or from_date, from_date), until_date)
    before, _ = interest(base=base, rate=terms.contract_rate, from_date=from_date, until_date=turn)
    after, _ = interest(base=base, rate=penal, from_date=turn, until_date=until_date)
    return before + after


def _on_penalty(principal: Decimal, owed: Decimal, rate: Decimal, from_date: date, until_date: date) -> Decimal:
    """Interest on penalty interest alone: what each settlement day adds to the base then bears the penalty rate."""
    unsettled, extra = ZERO, ZERO
    for start, end in pairwise([from_date, *settlement_dates(from_date, until_date), until_date]):
        more, _ = interest(base=unsettled, rate=rate, from_date=start, until_date=end)
        accrued, _ = interest(base=principal + owed, rate=rate, from_date=start, until_date=end)
        extra += more
        unsettled += accrued + more
    return extra


def _cap(
    principal: Decimal, terms: PenaltyTerms, from_date: date, until_date: date
) -> tuple[Decimal | None, list[Reason]]:
    """Sum the cap over the stretches in which it is constant; no amount where the lender is exempt."""
    changes = cap_change_dates(terms.lender_kind, terms.contract_date)
    marks = [from_date, *[day for day in changes if from_date < day < until_date], until_date]
    amount = ZERO
    reasons: list[Reason] = []
    for start, end in pairwise(marks):
        cap = rate_cap(
            lender_kind=terms.lender_kind,
            contract_date=terms.contract_date,
            on=start if terms.lender_kind == "PRIVATE" else until_date,
            filed_date=terms.filed_date,
            is_aided=terms.is_aided,
        )
        reasons += [Reason(cap.code, {"rate": cap.rate}, article) for article in cap.articles]
        if cap.rate is None:
            return None, reasons
        part, _ = interest(base=principal, rate=cap.rate, from_date=start, until_date=end)
        amount += part
    return _at_the_cent(amount), reasons


def _at_the_cent(amount: Decimal) -> Decimal:
    try:
        return round_money(amount, "CNY", Rounding.HALF_UP)
    except InvalidOperation:
        raise BadInput(
            "The interest has more digits than money has: check the rate, the amount and the dates."
        ) from None
