"""The policy of promises: how far ahead, how many at once, how many days of grace, how much of it must come."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qingshou.features.repayment.rules.policy_files import merged_rows, read_policy

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """What holds for a promise of one case."""

    grace_days: int
    threshold_pct: Decimal
    days_ahead_max: int
    open_max: int
    pay_by: frozenset[str]
    broken_shown_days: int
    ending_stops: frozenset[str]
    name: str


def promise_policy(*, settings: Mapping[str, Any], severity: str = "", product: str = "") -> PromisePolicy:
    """Return the policy for a case of this severity and product.

    Takes   settings  the lender's: `repayment.promises`
    Stops   SettingsUnfit  the settings do not fit the schema
    """
    raw, name = read_policy("promises", settings)
    row = merged_rows(raw, severity=severity, product=product)
    return PromisePolicy(
        grace_days=row["grace_days"],
        threshold_pct=min(HUNDRED, Decimal(row["threshold_pct"])),
        days_ahead_max=row["days_ahead_max"],
        open_max=row["open_max"],
        pay_by=frozenset(raw["pay_by"]),
        broken_shown_days=raw["broken_shown_days"],
        ending_stops=frozenset(raw["ending_stops"]),
        name=name,
    )
