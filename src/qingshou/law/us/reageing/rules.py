"""Re-aging of an open-end account: shown able and willing, old enough, seldom enough."""

from collections.abc import Iterator, Sequence
from datetime import date

from qingshou.kernel.days import add_months
from qingshou.kernel.verdict import Article, Confidence, Reason, Verdict
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
MAY, REFUSED = "MAY", "REFUSED"
_YEAR, _FIVE_YEARS = 12, 60


@rule(LAW, article="65 FR 36903 re-aging", confidence=Confidence.UNVERIFIED)
def may_re_age(
    *, opened_date: date, minimum_payments: int, re_aged_dates: Sequence[date], is_willing: bool, on: date
) -> Verdict:
    """Judge whether an open-end account may be re-aged on a day: MAY, or REFUSED with every reason.

    Takes   minimum_payments  consecutive minimum payments made since it fell overdue, or their sum paid at once
            re_aged_dates     of all earlier re-agings
            is_willing        the borrower has shown a renewed willingness and ability to repay
    Stops   NotCovered        before 2000-12-31
    """
    reasons = tuple(_against(opened_date, minimum_payments, re_aged_dates, is_willing, on))
    return Verdict(REFUSED, reasons) if reasons else Verdict(MAY, (Reason("MAY_RE_AGE", {}, _article(on)),))


def _against(
    opened_date: date, minimum_payments: int, re_aged_dates: Sequence[date], is_willing: bool, on: date
) -> Iterator[Reason]:
    age, payments = LAW.value_on("account_age", on), LAW.value_on("minimum_payments", on)
    if not is_willing:
        yield Reason("NOT_WILLING_AND_ABLE", {}, _article(on))
    old_enough = add_months(opened_date, age.whole)
    if on < old_enough:
        yield Reason("ACCOUNT_TOO_YOUNG", {"from": old_enough}, age.article)
    if not payments.is_met_by(minimum_payments):
        yield Reason("TOO_FEW_PAYMENTS", {"paid": minimum_payments, "needed": payments.whole}, payments.article)
    for value_id, months in (("most_in_a_year", _YEAR), ("most_in_five_years", _FIVE_YEARS)):
        most = LAW.value_on(value_id, on)
        earlier = sum(add_months(day, months) > on for day in re_aged_dates)
        # this one counts too
        if not most.is_met_by(earlier + 1):
            yield Reason("RE_AGED_TOO_OFTEN", {"months": months, "earlier": earlier, "most": most.whole}, most.article)


def _article(on: date) -> Article:
    return LAW.value_on("account_age", on).article
