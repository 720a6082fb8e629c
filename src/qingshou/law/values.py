"""Values of law: loaded from each instrument's values.yaml, checked by a schema, looked up by date."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from qingshou.kernel.errors import NotCovered
from qingshou.kernel.periods import Period, merge
from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.reading import Bound, first_whole, is_met, last_whole

LAW_DIR = Path(__file__).parent
# A base loader leaves every scalar as text: dates and decimals are read by us, exactly. The one in C where there is
# one: fifty files are read at every start.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value over one half-open period."""

    period: Period
    text: str
    article: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Taken:
    """A value as taken on a date, with the article it rests on."""

    text: str
    unit: str
    bound: Bound | None
    article: Article

    @property
    def number(self) -> Decimal:
        """The value as an exact number."""
        return Decimal(self.text)

    @property
    def whole(self) -> int:
        """The value as a whole number; a fraction here is a fault in values.yaml."""
        number = self.number
        if number != int(number):
            raise ValueError(f"{self.article} is not a whole number: {self.text}")
        return int(number)

    @property
    def first_whole(self) -> int:
        """The smallest whole number that meets the limit (over 90 is 91)."""
        return first_whole(self.number, self.side)

    @property
    def last_whole(self) -> int:
        """The largest whole number that meets the limit (within 20 is 20)."""
        return last_whole(self.number, self.side)

    def is_met_by_share(self, part: Decimal, whole: Decimal) -> bool:
        """Tell whether a part of a whole meets this limit, without dividing."""
        return is_met(part, whole * self.number, self.side)

    def is_met_by(self, amount: Decimal | int) -> bool:
        """Tell whether an amount meets this limit by the word the text uses."""
        return is_met(amount, self.number, self.side)

    @property
    def clock(self) -> time | None:
        """The value as a time of day; None where the text leaves none (NONE: closed all day)."""
        return None if self.text == "NONE" else time.fromisoformat(self.text)

    @property
    def side(self) -> Bound:
        """The word the limit uses; a value without one is not a limit and must not be compared with."""
        if self.bound is None:
            raise ValueError(f"{self.article} has no bound: it is not a limit")
        return self.bound


@dataclass(frozen=True, slots=True)
class LawValue:
    """One value of an instrument over all its periods."""

    id: str
    unit: str
    bound: Bound | None
    article: str
    confidence: Confidence
    source: str
    note: str
    entries: tuple[Entry, ...]

    def entries_on(self, on: date) -> list[Entry]:
        """Return the entries whose period holds the date: exactly one inside the covered dates, none outside."""
        return [entry for entry in self.entries if on in entry.period]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One legal text: what it is, when it is in force, and its values."""

    id: str
    title: str
    citation: str
    note: str
    in_force: Period
    in_force_confidence: Confidence
    values: Mapping[str, LawValue]

    @property
    def jurisdiction(self) -> str:
        """The folder the instrument lies in: china, eu, ..."""
        return self.id.partition(".")[0]

    def value_on(self, value_id: str, on: date) -> Taken:
        """Return the value in force on a date.

        Takes   value_id  id in values.yaml
                on        the date asked for
        Gives   Taken     text, unit, bound and article with confidence
        Stops   NotCovered when no entry covers the date
        """
        value = self.values[value_id]
        found = value.entries_on(on)
        if not found:
            raise not_covered(f"{self.id}.{value_id}", on, [entry.period for entry in value.entries])
        entry = found[0]
        return Taken(entry.text, value.unit, value.bound, Article(self.id, entry.article, entry.confidence))

    def has_value_on(self, value_id: str, on: date) -> bool:
        """Tell whether an entry covers the date."""
        return bool(self.values[value_id].entries_on(on))

    def cite(self, article: str, confidence: Confidence) -> Article:
        """Return a place in this instrument for a rule that rests on words rather than on a number."""
        return Article(self.id, article, confidence)


def not_covered(what: str, on: date, periods: Iterable[Period]) -> NotCovered:
    """Return the refusal for a date outside the periods entered, naming them."""
    spans = ", ".join(_span(one) for one in merge(periods)) or "none"
    return NotCovered(
        f"No law is entered for {what} on {on}: what is covered is {spans}. "
        "Ask for a date inside that, or enter the text that was in force.",
        what=what,
        on=on.isoformat(),
    )


def in_force_on(instruments: Iterable[Instrument], on: date, what: str) -> Instrument:
    """Return the one instrument in force on a date among successive ones; refuse outside them."""
    known = list(instruments)
    for instrument in known:
        if on in instrument.in_force:
            return instrument
    raise not_covered(what, on, [instrument.in_force for instrument in known])


def beside(rules_file: str) -> Instrument:
    """Load the instrument whose values.yaml lies beside a rules.py (pass __file__)."""
    return load(Path(rules_file).parent / "values.yaml")


def all_instruments() -> tuple[Instrument, ...]:
    """Return every instrument entered, in the order of their names."""
    return tuple(load(path) for path in sorted(LAW_DIR.glob("*/*/values.yaml")))


def title_of(instrument_id: str) -> str:
    """Return the title of a text as it names itself; the id where no such text is entered."""
    return _titles().get(instrument_id, instrument_id)


@cache
def _titles() -> Mapping[str, str]:
    return {law.id: law.title for law in all_instruments()}


@cache
def version_of(instrument_id: str) -> str:
    """Return which version of a text's values this is: twelve places of the hash of its values.yaml."""
    country, _dot, name = instrument_id.partition(".")
    return hashlib.sha256((LAW_DIR / country / name / "values.yaml").read_bytes()).hexdigest()[:12]


def load(path: Path) -> Instrument:
    """Read and check one values.yaml; a file against the schema is a fault of ours and stops loudly."""
    raw: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    wrong = best_match(_validator().iter_errors(raw))
    if wrong is not None:
        raise wrong
    values = {item["id"]: _value(item) for item in raw["values"]}
    if len(values) != len(raw["values"]):
        raise ValueError(f"{path.name} of {raw['instrument']} gives the same id twice")
    return Instrument(
        id=raw["instrument"],
        title=raw["title"],
        citation=raw["citation"],
        note=raw.get("note", ""),
        in_force=_period(raw["in_force"]),
        in_force_confidence=Confidence(raw["in_force"]["confidence"]),
        values=values,
    )


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    """Return what judges the files. The schema itself is judged once: at each file that would be most of the work."""
    schema: dict[str, Any] = json.loads((LAW_DIR / "values.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _value(item: Mapping[str, Any]) -> LawValue:
    entries = tuple(
        Entry(
            period=_period(entry),
            text=entry["value"],
            article=entry.get("article", item["article"]),
            confidence=Confidence(entry.get("confidence", item["confidence"])),
        )
        for entry in item["entries"]
    )
    return LawValue(
        id=item["id"],
        unit=item["unit"],
        bound=Bound(item["bound"]) if "bound" in item else None,
        article=item["article"],
        confidence=Confidence(item["confidence"]),
        source=item["source"],
        note=item.get("note", ""),
        entries=entries,
    )


def _period(raw: Mapping[str, str]) -> Period:
    until = raw.get("until")
    return Period(date.fromisoformat(raw["from"]), date.fromisoformat(until) if until else None)


def _span(period: Period) -> str:
    until = f"before {period.until_date}" if period.until_date else "on"
    return f"from {period.from_date} {until}"
