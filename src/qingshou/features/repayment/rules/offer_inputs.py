"""What a search rested on, as it is kept: request, policy, belief and law, so that it is made again byte for byte."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from qingshou.features.repayment.rules.kept_model import KeptModel, PlanFacts
from qingshou.features.repayment.rules.offer_law import LawLimit, LawLimits
from qingshou.features.repayment.rules.offer_policy import LimitKind, OfferPolicy, offer_policy
from qingshou.features.repayment.rules.offer_search import search_offers
from qingshou.features.repayment.rules.offers import OfferRequest, OfferSet, plain
from qingshou.features.repayment.rules.owed import PARTS, Owed
from qingshou.features.repayment.rules.pay_days import DayCount, Frequency, Roll
from qingshou.features.repayment.rules.reason_record import article_of, article_row, reason_rows, reasons_of
from qingshou.kernel.money import Rounding
from qingshou.kernel.verdict import Article
from qingshou.law.values import version_of

_AMOUNTS = ("contract_rate", "disposable", "band_low", "band_high", "lump_sum")


def inputs_row(
    *, request: OfferRequest, policy_data: Mapping[str, Any], model: KeptModel, law: LawLimits
) -> dict[str, Any]:
    """Return everything the answer depends on as plain values: amounts, dates and codes, the law as it was taken."""
    return {"request": plain(request), "policy": dict(policy_data), "model": plain(model), "law": law_row(law)}


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
    """Make a search again from what it rested on, the law too; one that kept no law is held to today's."""
    return search_offers(
        request=request_of(row["request"]), policy=policy_of(row["policy"]), model=model_of(row["model"]),
        law=law_of(row["law"]) if "law" in row else None,
    )  # fmt: skip


def law_row(law: LawLimits) -> dict[str, Any]:
    """Return limits of law as plain values, each with its article and the version of the text it was taken from."""
    return {
        "limits": [
            {"kind": one.kind.value, "most": format(one.most, "f"), "article": article_row(one.article)}
            for one in law.limits
        ],
        "reasons": reason_rows(law.reasons),
        "versions": {name: version_of(name) for name in sorted(_texts(law))},
    }


def law_of(row: Mapping[str, Any]) -> LawLimits:
    """Read limits of law as `law_row` wrote them, whatever the texts say today."""
    return LawLimits(
        tuple(
            LawLimit(LimitKind(one["kind"]), Decimal(one["most"]), cast(Article, article_of(one["article"])))
            for one in row["limits"]
        ),
        tuple(reasons_of(row["reasons"])),
    )


def _texts(law: LawLimits) -> set[str]:
    cited = {one.article.instrument for one in law.limits}
    return cited | {one.article.instrument for one in law.reasons if one.article is not None}
