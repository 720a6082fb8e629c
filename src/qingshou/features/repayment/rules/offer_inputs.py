"""What a search rested on, as it is kept: request, policy and belief, so that it can be made again byte for byte."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qingshou.features.repayment.rules.kept_model import KeptModel, PlanFacts
from qingshou.features.repayment.rules.offer_policy import OfferPolicy, offer_policy
from qingshou.features.repayment.rules.offer_search import search_offers
from qingshou.features.repayment.rules.offers import OfferRequest, OfferSet, plain
from qingshou.features.repayment.rules.owed import PARTS, Owed
from qingshou.features.repayment.rules.pay_days import DayCount, Frequency, Roll
from qingshou.kernel.money import Rounding

_AMOUNTS = ("contract_rate", "disposable", "band_low", "band_high", "lump_sum")


def inputs_row(*, request: OfferRequest, policy_data: Mapping[str, Any], model: KeptModel) -> dict[str, Any]:
    """Return everything the answer depends on as plain values: amounts, dates and codes."""
    return {"request": plain(request), "policy": dict(policy_data), "model": plain(model)}


def request_of(row: Mapping[str, Any]) -> OfferRequest:
    """Read a request as `inputs_row` wrote it."""
    given = dict(row)
    given |= {name: Decimal(str(given[name])) for name in _AMOUNTS}
    contract_date = given["contract_date"]
    owed = given["owed"]
    return OfferRequest(
        **{
            **given,
            "owed": Owed(currency=owed["currency"], **{part: Decimal(str(owed[part])) for part in PARTS}),
            "on": date.fromisoformat(given["on"]),
            "contract_date": None if contract_date is None else date.fromisoformat(contract_date),
            "frequency": Frequency(given["frequency"]),
            "roll": Roll(given["roll"]),
            "day_count": DayCount(given["day_count"]),
            "rounding": Rounding(given["rounding"]),
        }
    )


def policy_of(row: Mapping[str, Any]) -> OfferPolicy:
    """Read a policy as `inputs_row` wrote it."""
    return offer_policy({"offer_policy": dict(row)})


def model_of(row: Mapping[str, Any]) -> KeptModel:
    """Read a belief as `inputs_row` wrote it; the same hash as then."""
    return KeptModel(
        prior=row["prior"], mean=tuple(float(one) for one in row["mean"]),
        covariance=tuple(tuple(float(one) for one in line) for line in row["covariance"]),
        observed=int(row["observed"]), kept=int(row["kept"]),
    )  # fmt: skip


def facts_of(row: Mapping[str, Any]) -> PlanFacts:
    """Read the facts a plan's chance rested on, as `offers.plain` wrote them."""
    return PlanFacts(**row)


def search_again(row: Mapping[str, Any]) -> OfferSet:
    """Make a search again from what it rested on."""
    return search_offers(
        request=request_of(row["request"]), policy=policy_of(row["policy"]), model=model_of(row["model"])
    )
