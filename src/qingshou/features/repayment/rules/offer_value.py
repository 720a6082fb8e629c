"""What an offer is worth to the lender: payments while it is kept, a part of the rest when it breaks, discounted.

Estimates in float over many offers at once; only the result for an offer that is shown becomes an amount, rounded.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from qingshou.features.repayment.rules.kept_model import Floats
from qingshou.features.repayment.rules.offer_policy import Valuing

MONTHS_A_YEAR = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """The lender's view of time and of breaks."""

    log_rate: float  # ln(1 + yearly rate)
    broken_share: float
    broken_years: float
    front_loading: float

    def worth(self, years: Floats) -> Floats:
        """Return what one unit after so many years is worth today."""
        return np.exp(-self.log_rate * years)


def discount_of(*, valuing: Valuing, contract_rate: Decimal) -> Discount:
    """Return the policy's view; its rate, or the contract's where the policy says so."""
    rate = contract_rate if valuing.discount_rate is None else valuing.discount_rate
    return Discount(
        log_rate=float(np.log1p(float(rate))),
        broken_share=float(valuing.broken_share),
        broken_years=valuing.broken_months / MONTHS_A_YEAR,
        front_loading=float(valuing.front_loading),
    )


def expected_values(*, amounts: Floats, years: Floats, kept: Floats, owed_total: float, discount: Discount) -> Floats:
    """Return the expected present value of plans.

    Takes   amounts  one row a plan, one column a payment
            years    of each payment from today
            kept     chance of each plan to be kept to its end
    Gives   one value a plan: with S(k) = kept ^ ((k / n) ^ front_loading) the chance that payment k is made,
            sum of a(k) S(k) v(t(k))  +  sum of (S(k-1) - S(k)) x broken_share x (owed - paid before k) v(t(k) + lag).
            After a break what was given up is owed again.
    """
    count = amounts.shape[1]
    exponents = (np.arange(1, count + 1) / count) ** discount.front_loading
    standing = np.exp(np.log(np.maximum(kept, 1e-12))[:, None] * exponents[None, :])
    before = np.concatenate([np.ones((len(kept), 1)), standing[:, :-1]], axis=1)
    worth = discount.worth(years)
    paid_before = np.cumsum(amounts, axis=1) - amounts
    rest = np.maximum(owed_total - paid_before, 0.0) * discount.broken_share
    lag = float(np.exp(-discount.log_rate * discount.broken_years))
    found: Floats = (amounts * standing) @ worth + ((before - standing) * rest) @ (worth * lag)
    return found


def no_plan_value(*, valuing: Valuing, contract_rate: Decimal, owed_total: Decimal) -> float:
    """Return what is expected where nothing is agreed."""
    discount = discount_of(valuing=valuing, contract_rate=contract_rate)
    years = np.array([valuing.no_plan_months / MONTHS_A_YEAR])
    return float(owed_total * valuing.no_plan_share) * float(discount.worth(years)[0])
