"""The weights and limits of matching: data, in matching.yaml, and what a lender sets instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from qingshou.kernel.lender_settings import SettingsUnfit, part_of, unfit

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """What each sign weighs, and how much is enough."""

    points: Mapping[str, int]
    match_points_min: int
    lead_points_min: int
    propose_points_min: int
    proposals_max: int
    reference_chars_min: int
    amount_near_pct: int
    date_near_days: int


def matching_policy(settings: Mapping[str, Any] | None = None) -> MatchingPolicy:
    """Return the policy of a lender: the house's, with what its settings (`matching_policy`) put in its place.

    Stops   SettingsUnfit  the settings name what does not exist, or give no whole number
    """
    return _read(yaml.safe_dump(dict(part_of(settings, "matching_policy")), sort_keys=True))


@lru_cache(maxsize=256)
def _read(overlay_text: str) -> MatchingPolicy:
    raw = yaml.safe_load((_HERE / "matching.yaml").read_text(encoding="utf-8"))
    overlay = yaml.safe_load(overlay_text)
    if not set(overlay) <= set(raw):
        raise _wrong("it has other parts than 'points' and 'limits'")
    for part, given in overlay.items():
        if not isinstance(given, dict) or not set(given) <= set(raw[part]):
            raise _wrong(f"'{part}' names what does not exist")
        raw[part] |= given
    numbers = [*raw["points"].values(), *raw["limits"].values()]
    if any(not isinstance(number, int) or isinstance(number, bool) or abs(number) > 1000 for number in numbers):
        raise _wrong("a value is no whole number up to 1000")
    if any(number < 1 for number in raw["limits"].values()):
        raise _wrong("a limit is below 1")
    return MatchingPolicy(points=raw["points"], **raw["limits"])


def _wrong(what: str) -> SettingsUnfit:
    return unfit("matching_policy", what)
