"""What a household needs to live, by place and date: data, with its source and how sure we are of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from qingshou.kernel.errors import BadInput
from qingshou.kernel.lender_settings import unfit
from qingshou.kernel.periods import Period
from qingshou.kernel.verdict import Article, Confidence, Reason

_FLOORS = Path(__file__).parent / "floors"
_WIDER_DIGITS = (4, 2)  # of a district's six: its city, its province


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Who lives on the income."""

    adults: int = 1
    children: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorEntry:
    """One place's figures over one period, a month: the first grown person, each further one, each child."""

    place: str
    period: Period
    currency: str
    first: Decimal
    adult: Decimal
    child: Decimal
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class FloorTable:
    """A version of the floors."""

    version: str
    entries: tuple[FloorEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The floor of one household; `amount` None where none is known, and the reasons say why or whose was taken."""

    amount: Decimal | None
    place: str
    reasons: tuple[Reason, ...]


@cache
def house_floors() -> FloorTable:
    """Return the floors that come with the program, all of them unverified."""
    return floor_table(yaml.safe_load((_FLOORS / "floors.yaml").read_text(encoding="utf-8")))


def floor_table(raw: Mapping[str, Any]) -> FloorTable:
    """Read a table of floors: the house's form, checked; dates half-open, one entry a place and day.

    Stops   SettingsUnfit with every fault together
    """
    schema = json.loads((_FLOORS / "floors.schema.json").read_text(encoding="utf-8"))
    faults = sorted(f"{one.json_path}: {one.message[:200]}" for one in Draft202012Validator(schema).iter_errors(raw))
    entries = () if faults else tuple(_entry(item) for item in raw["entries"])
    for place, one in enumerate(entries):
        for other in entries[:place]:
            if other.place == one.place and (
                one.period.from_date in other.period or other.period.from_date in one.period
            ):
                faults.append(f"{one.place} has two figures from {max(one.period, other.period).from_date}")
    if faults:
        raise unfit("living_floors", "; ".join(faults), faults=faults)
    return FloorTable(raw["version"], entries)


def floor_for(*, table: FloorTable, place: str, household: Household, currency: str, on: date) -> Floor:
    """Return the living floor of a household.

    Takes   place   'CN-4403', 'CN-44' or 'CN'; '' when not known
    Gives   Floor   of the place, else of the wider place down to the nation (then with FLOOR_OF_WIDER_PLACE), else
                    amount None with the reason NO_LIVING_FLOOR; never a guess
    Stops   BadInput  a household without a grown person or with a negative count
    """
    if household.adults < 1 or household.children < 0:
        raise BadInput("A household has at least one grown person and no negative number of children: correct it.")
    for asked in _widening(place):
        for entry in table.entries:
            if entry.place == asked and on in entry.period and entry.currency == currency:
                return _found(table, entry, place, household)
    fields = {"place": place, "on": on, "currency": currency}
    return Floor(amount=None, place="", reasons=(Reason("NO_LIVING_FLOOR", fields),))


def _found(table: FloorTable, entry: FloorEntry, asked: str, household: Household) -> Floor:
    amount = entry.first + (household.adults - 1) * entry.adult + household.children * entry.child
    article = Article(f"living_floors {table.version}", entry.place, entry.confidence)
    fields = {"place": entry.place, "asked": asked, "source": entry.source, "amount": amount}
    reasons = [Reason("LIVING_FLOOR", fields, article)]
    if entry.place != asked:
        reasons.append(Reason("FLOOR_OF_WIDER_PLACE", {"asked": asked, "place": entry.place}, article))
    return Floor(amount=amount, place=entry.place, reasons=tuple(reasons))


def _widening(place: str) -> list[str]:
    """Return the place, then wider ones: CN-440305, CN-4403, CN-44, CN."""
    nation, _, part = place.partition("-")
    parts = [part, *(part[:digits] for digits in _WIDER_DIGITS if part.isdigit() and len(part) > digits)]
    return [*dict.fromkeys(f"{nation}-{one}" for one in parts if one), nation]


def _entry(item: Mapping[str, str]) -> FloorEntry:
    until = item.get("until")
    return FloorEntry(
        place=item["place"],
        period=Period(date.fromisoformat(item["from"]), date.fromisoformat(until) if until else None),
        currency=item["currency"],
        first=Decimal(item["first"]),
        adult=Decimal(item["adult"]),
        child=Decimal(item["child"]),
        source=item["source"],
        confidence=Confidence(item["confidence"]),
    )
