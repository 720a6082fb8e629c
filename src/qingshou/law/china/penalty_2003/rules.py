"""The penalty rate: contract rate plus 30 to 50 % when overdue, plus 50 to 100 % when misused."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)
PenaltyKind = Literal["OVERDUE", "MISUSE"]


@dataclass(frozen=True, slots=True)
class PenaltyRate:
    """A yearly rate as a fraction, with the uplift that the notice allows."""

    rate: Decimal
    uplift: Decimal
    reasons: tuple[Reason, ...]


@rule(LAW, article="3", confidence=Confidence.READ)
def penalty_rate(
    *, contract_rate: Decimal, uplift: Decimal, contract_date: date, kind: PenaltyKind = "OVERDUE"
) -> PenaltyRate:
    """Return the penalty rate of a loan.

    Takes   contract_rate  yearly, as a fraction: 0.0612
            uplift         agreed, as a fraction of the contract rate: 0.50
            contract_date  selects the text
    Gives   PenaltyRate    an uplift above the range is cut to its top; one below it stands, as it favours the debtor
    Stops   NotCovered     a contract from before 2004-01-01
            BadInput       a negative rate or uplift
    """
    if contract_rate < 0 or uplift < 0:
        raise BadInput("The contract rate and the uplift are fractions of zero or more: write 0.0612 and 0.50.")
    name = kind.lower()
    least = LAW.value_on(f"{name}_uplift_min", contract_date)
    most = LAW.value_on(f"{name}_uplift_max", contract_date)
    fields = {"uplift": uplift, "min": least.number, "max": most.number}
    if not most.is_met_by(uplift):
        code, article, uplift = "UPLIFT_CUT_TO_RANGE", most.article, most.number
    elif not least.is_met_by(uplift):
        code, article = "UPLIFT_BELOW_RANGE", least.article
    else:
        code, article = "UPLIFT_IN_RANGE", most.article
    return PenaltyRate(contract_rate * (1 + uplift), uplift, (Reason(code, fields, article),))
