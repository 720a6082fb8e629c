"""The lender's own limits, above the law's: data, in house.yaml, and what a lender sets instead."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from qingshou.kernel.lender_settings import part_of, unfit
from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.contact.shape import Cap, Counts, DayClass, Hours, Span, Unit, Window
from qingshou.law.contact.terms import Channel

_HERE = Path(__file__).parent
HOUSE = "house"


@dataclass(frozen=True, slots=True)
class HousePolicy:
    """What the house asks beyond the law."""

    caps: tuple[Cap, ...]
    # channels that need the person's consent before the first message
    consent_channels: frozenset[Channel]
    # where no text of the place gives hours by the clock
    hours: Hours
    answer_minutes: int  # so long after the person wrote or called, an answer is an answer


@lru_cache(maxsize=256)
def _read(overlay: str) -> HousePolicy:
    raw: dict[str, Any] = yaml.safe_load((_HERE / "house.yaml").read_text(encoding="utf-8"))
    raw |= json.loads(overlay)
    try:
        jsonschema.validate(raw, yaml.safe_load((_HERE / "house.schema.yaml").read_text(encoding="utf-8")))
    except jsonschema.ValidationError as wrong:
        where = ".".join(str(part) for part in wrong.absolute_path)
        raise unfit("contact_policy", f"at '{where}', {wrong.message[:200]}") from None
    return HousePolicy(
        caps=tuple(_cap(item) for item in raw["limits"]),
        consent_channels=frozenset(Channel(one) for one in raw["consent_channels"]),
        hours=_hours(raw["hours"]),
        answer_minutes=int(raw["answer_minutes"]),
    )


def house_policy(settings: Mapping[str, Any]) -> HousePolicy:
    """Return the policy of a lender: the house's, with what its settings (`contact_policy`) put in its place.

    Stops   SettingsUnfit  the settings do not fit the schema; then nothing is cleared
    """
    return _read(json.dumps(dict(part_of(settings, "contact_policy")), sort_keys=True, ensure_ascii=False))


def _hours(raw: Mapping[str, str]) -> Hours:
    week = Window(time.fromisoformat(raw["opens"]), time.fromisoformat(raw["closes"]))
    sunday = Window(time.fromisoformat(raw["sunday_opens"]), time.fromisoformat(raw["sunday_closes"]))
    windows = {DayClass.WORKDAY: week, DayClass.SATURDAY: week, DayClass.SUNDAY: sunday, DayClass.HOLIDAY: sunday}
    return Hours(Article(HOUSE, "HOURS", Confidence.READ), windows)


def _cap(item: Mapping[str, Any]) -> Cap:
    cap = Cap(
        code=item["code"],
        article=Article(HOUSE, item["code"], Confidence.READ),
        most=item["most"],
        unit=Unit(item["by"]),
        counts=Counts(item.get("counts", "ATTEMPTS")),
        channels=frozenset(Channel(one) for one in item["channels"]),
        span=Span(item.get("span", "DAYS")),
        days=item.get("days", 1),
    )
    return replace(cap, by_consent=bool(item.get("by_consent", False)))
