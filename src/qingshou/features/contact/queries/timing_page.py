"""What the page of best time shows: rates by hour and weekday, the policy in force, what it is worth, last choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qingshou.features.contact.models import Decision
from qingshou.features.contact.queries.history import Rate, list_decisions, settings_of_lender
from qingshou.features.contact.queries.timing_models import current_model
from qingshou.features.contact.rules.timing import TimingSettings
from qingshou.features.contact.timing.policy import policy_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What something would have been worth, a decision, with its interval; `effective` of `size` decisions carry it."""

    value: float
    low: float
    high: float
    size: int
    effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingPage:
    """Best time as it stands. `fitted_at` None: nothing was learnt yet; `values` empty: too few decisions."""

    policy: str
    contacts: int
    base_rate: float
    fitted_at: datetime | None
    settings: TimingSettings
    rates: Mapping[str, Sequence[Rate]]
    values: Mapping[str, Judged]
    judged_since: datetime | None
    auc: float | None
    decisions: Sequence[Decision]


def get_timing() -> TimingPage:
    """Return the page of the lender in force; stops with ModelChanged where the kept model was altered."""
    model = current_model()
    rates: dict[str, list[Rate]] = {}
    for row in model.rates:
        channel, weekday, hour, tried, answered = row
        rates.setdefault(str(channel), []).append(
            Rate(str(channel), *(_whole(one) for one in (weekday, hour, tried, answered)))
        )
    held: Mapping[str, Any] = model.judged
    values = {
        name: Judged(value=one["value"], low=one["low"], high=one["high"], size=one["size"], effective=one["effective"])
        for name, one in held.items()
        if isinstance(one, Mapping)
    }
    return TimingPage(
        policy=policy_name(model.hash), contacts=model.contacts, base_rate=model.base_rate,
        fitted_at=datetime.fromisoformat(model.fitted_at) if model.fitted_at else None, settings=settings_of_lender(),
        rates=rates, values=values, judged_since=datetime.fromisoformat(held["cut"]) if "cut" in held else None,
        auc=held.get("auc"), decisions=list_decisions(),
    )  # fmt: skip


def _whole(value: object) -> int:
    return int(str(value))
