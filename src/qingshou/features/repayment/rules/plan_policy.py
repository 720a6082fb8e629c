"""The policy of plans: grace, what counts as paid, what breaks one, how a break is cured, when people are reminded."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qingshou.features.repayment.rules.policy_files import merged_rows, read_policy
from qingshou.features.repayment.rules.promise_policy import HUNDRED


@dataclass(frozen=True, slots=True)
class CodePolicy:
    """The one-time code: how long it is, how long it is good, how often it may be tried and asked for."""

    digits: int
    minutes: int
    tries: int
    per_day: int


@dataclass(frozen=True, slots=True)
class PlanPolicy:
    """What holds for a plan of one case."""

    grace_days: int
    threshold_pct: Decimal
    missed_max: int
    unpaid_share_max: Decimal
    cure_days: int
    offered_days: int
    reminder_days: tuple[int, ...]
    channels: tuple[str, ...]
    code: CodePolicy
    name: str


def plan_policy(*, settings: Mapping[str, Any], severity: str = "", product: str = "") -> PlanPolicy:
    """Return the policy for a case of this severity and product.

    Takes   settings  the lender's: `repayment.plans`
    Stops   SettingsUnfit  the settings do not fit the schema
    """
    raw, name = read_policy("plans", settings)
    row = merged_rows(raw, severity=severity, product=product)
    return PlanPolicy(
        grace_days=row["grace_days"],
        threshold_pct=min(HUNDRED, Decimal(row["threshold_pct"])),
        missed_max=row["missed_max"],
        unpaid_share_max=min(HUNDRED, Decimal(row["unpaid_share_max"])),
        cure_days=row["cure_days"],
        offered_days=row["offered_days"],
        reminder_days=tuple(sorted(raw["reminder_days"], reverse=True)),
        channels=tuple(raw["channels"]),
        code=CodePolicy(**raw["code"]),
        name=name,
    )
