"""The cap of private lending: four times LPR at the contract's date, and the bridge over 2020-08-20."""

from datetime import date

from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence
from qingshou.law.china.lpr.rules import lpr_on
from qingshou.law.china.rate_cap import RateCap
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
# First day of the text with the cap: contracts from then on are judged by it alone (31).
FIRST_DAY = LAW.values["lpr_times_max"].entries[0].period.from_date


@rule(LAW, article="25, 28, 29, 31", confidence=Confidence.READ)
def cap(*, contract_date: date, filed_date: date | None, on: date) -> RateCap:
    """Return the cap on what accrues on a day.

    Takes   contract_date  day the contract was made
            filed_date     day the case was filed; needed for older contracts from 2020-08-20 on
            on             day on which the interest accrues
    Gives   RateCap        four times LPR at the contract; for a contract from before 2020-08-20 the old rule until
                           2020-08-19, then four times LPR at filing
    Stops   BadInput       an older contract without its filing date
            NotCovered     before 2015-09-01, or LPR not entered for the day
    """
    if contract_date < FIRST_DAY and on < FIRST_DAY:
        old = LAW.value_on("yearly_rate_max", on)
        return RateCap(old.number, "OLD_RULE", (old.article,))
    if contract_date < FIRST_DAY and filed_date is None:
        raise BadInput(
            f"A contract from before {FIRST_DAY} is capped from then on by the rate at filing (art. 31): "
            "give the filing date."
        )
    lpr_date = filed_date if contract_date < FIRST_DAY and filed_date is not None else contract_date
    times, rate = LAW.value_on("lpr_times_max", max(lpr_date, FIRST_DAY)), lpr_on(lpr_date)
    code = "LPR_AT_FILING" if contract_date < FIRST_DAY else "LPR_AT_CONTRACT"
    return RateCap(times.number * rate.number, code, (times.article, rate.article))
