"""How best time works for a lender: data, from its settings (`timing`), with the house's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from qingshou.kernel.lender_settings import part_of, unfit

_DAYS_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingSettings:
    """What a lender may set.

    reward_days    an answer within so many days counts
    exploration    share of choices spread evenly over every open arm
    sharpness      how fast the policy leans to the best arm as contacts are learnt from
    history_days   how far back is learnt from
    contacts_max   at most so many contacts are learnt from, the latest
    judged_from    with fewer decisions of known end nothing is judged
    """

    reward_days: int = 3
    exploration: Decimal = Decimal("0.1")
    sharpness: float = 10.0
    history_days: int = 180
    contacts_max: int = 100_000
    judged_from: int = 200

    @property
    def within(self) -> timedelta:
        """Return the time in which an answer counts."""
        return timedelta(days=self.reward_days)


def timing_settings(settings: Mapping[str, Any]) -> TimingSettings:
    """Read a lender's settings.

    Stops   SettingsUnfit  a name is unknown or a value out of range; then nothing is chosen
    """
    given = dict(part_of(settings, "timing"))
    try:
        if "exploration" in given:
            given["exploration"] = Decimal(str(given["exploration"]))
        read = TimingSettings(**given)
        is_sound = (
            Decimal(0) < read.exploration <= 1 and 1 <= read.reward_days <= _DAYS_MAX and read.sharpness >= 0
            and read.history_days > read.reward_days and read.contacts_max > 0 and read.judged_from > 1
        )  # fmt: skip
    except (TypeError, InvalidOperation) as fault:
        raise unfit("timing", "it holds what is not understood") from fault
    if not is_sound:
        raise unfit(
            "timing",
            f"exploration must be above 0 and at most 1, reward_days 1 to {_DAYS_MAX}, history_days above reward_days",
        )
    return read
