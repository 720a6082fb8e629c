"""A mapping: which source column fills which target, and how each value is written. YAML in, frozen values out."""

import hashlib
import json
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from qingshou.features.book.intake.dates import DateSpec, check_format
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.mapping_text import parse_yaml
from qingshou.features.book.intake.numbers import NumberSpec
from qingshou.features.book.intake.source_spec import SourceSpec
from qingshou.features.book.intake.targets import FRAMES, Frame

SCHEMA_PATH = Path(__file__).with_name("mapping.schema.json")
SHIPPED_DIR = Path(__file__).parent.parent / "mappings"
KEEP, REJECT = "KEEP", "REJECT"
SourceName = str | int  # a header, or a position counted from 1


@dataclass(frozen=True, kw_only=True)
class ColumnRule:
    """How one target column is filled."""

    target: str
    sources: tuple[SourceName, ...] = ()
    constant: str | None = None
    row_number: bool = False
    from_as_of: bool = False
    joiner: str = ""
    trim: bool = True
    null_tokens: frozenset[str] = frozenset()
    extract: str = ""
    value_map: Dict[str, str | None] | None = None
    otherwise: str | None = REJECT
    any_case: bool = False
    prefix: str = ""
    suffix: str = ""
    optional: bool = False
    number: NumberSpec = field(default_factory=NumberSpec)
    date: DateSpec = field(default_factory=DateSpec)


@dataclass(frozen=True, kw_only=True)
class Where:
    """One condition a row must meet to be of this import at all."""

    column: SourceName
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A whole mapping, resolved for one as-of date (variants filled in)."""

    name: str
    frame: Frame
    source: SourceSpec
    columns: tuple[ColumnRule, ...]
    also: Dict[str, tuple[ColumnRule, ...]]
    where: tuple[Where, ...]
    blank_due_date: str
    hold_back: str
    digest: str
    as_of: date | None
    title: str = ""
    origin: str = ""
    licence: str = ""

    def rule(self, target: str) -> ColumnRule | None:
        return next((rule for rule in self.columns if rule.target == target), None)

    @property
    def frames(self) -> tuple[tuple[Frame, tuple[ColumnRule, ...]], ...]:
        """The main frame first, then those set apart from the same rows."""
        return ((self.frame, self.columns), *((FRAMES[shape], rules) for shape, rules in self.also.items()))


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA_PATH.read_text("utf-8")))


def validate_mapping(raw: object) -> list[str]:
    """Return every fault of a mapping as 'place: what is wrong', empty when it is sound."""
    faults = []
    for error in sorted(_validator().iter_errors(raw), key=lambda error: [str(part) for part in error.absolute_path]):
        place = ".".join(str(part) for part in error.absolute_path) or "mapping"
        deepest = max(error.context or [error], key=lambda inner: len(inner.absolute_path))
        faults.append(f"{place}: {deepest.message[:300]}")
    if not faults and isinstance(raw, dict):
        faults = _faults_beyond_schema(raw)
    return faults


def _faults_beyond_schema(raw: dict[str, Any]) -> list[str]:
    faults = []
    groups = {"columns": (raw["shape"], raw["columns"])}
    groups |= {f"also.{shape}": (shape, columns) for shape, columns in raw.get("also", {}).items()}
    for place, (shape, columns) in groups.items():
        frame = FRAMES[shape]
        known = [target.name for target in frame.targets]
        faults += [
            f"{place}.{name}: is no column of {frame.name}; known are {', '.join(known)}"
            for name in columns
            if name not in known
        ]
    specs = [("defaults", raw.get("defaults", {}))]
    specs += [
        (f"{place}.{name}", column)
        for place, (_shape, columns) in groups.items()
        for name, column in columns.items()
        if isinstance(column, dict)
    ]
    for place, spec in specs:
        faults += _reading_faults(place, spec)
    return faults


def _reading_faults(place: str, spec: dict[str, Any]) -> list[str]:
    faults = []
    for form in spec.get("date", {}).get("formats", []):
        try:
            check_format(form)
        except MappingWrong as error:
            faults.append(f"{place}.date.formats: {error.message}")
    number = spec.get("number", {})
    if number.get("decimal", ".") == number.get("group", ""):
        faults.append(f"{place}.number: decimal and group are the same mark")
    return faults


def load_raw(given: str | Path | Dict[str, Any]) -> dict[str, Any]:
    """Return the mapping's dictionary from a shipped name, a YAML file or a dictionary, validated."""
    if isinstance(given, Dict):
        raw: Any = json.loads(json.dumps(given, ensure_ascii=False, default=str))
        label = str(given.get("name", "mapping"))
    else:
        path = Path(given)
        if not path.suffix and not path.exists():
            path = SHIPPED_DIR / f"{given}.yaml"
        if not path.is_file():
            shipped = ", ".join(shipped_names())
            raise MappingWrong(
                f"There is no mapping '{given}': give a YAML file or one of {shipped}.", given=str(given)
            )
        raw, label = parse_yaml(path), path.name
    faults = validate_mapping(raw)
    if faults:
        raise MappingWrong(f"Mapping {label}: " + "; ".join(faults[:20]), faults=faults, mapping=label)
    return dict(raw)


def shipped_names() -> list[str]:
    """Return the names of the mappings that come with Qingshou."""
    return sorted(path.stem for path in SHIPPED_DIR.glob("*.yaml"))


def load_mapping(given: str | Path | Dict[str, Any], *, as_of: date | None = None) -> Mapping:
    """Read a mapping and resolve it for one as-of date.

    Takes   given    name of a shipped mapping, path of a YAML file, or its dictionary
            as_of    chooses the variant and fills '{month_offset}'; None reads the first variant (for previews)
    Gives   Mapping  frozen, with a digest over its meaning
    Stops   MappingWrong naming the place; also when the mapping has variants and none is for this date
    """
    raw = load_raw(given)
    words = _words(raw, as_of)
    defaults = raw.get("defaults", {})
    frame = FRAMES[raw["shape"]]
    canonical = json.dumps({**raw, "words": words}, sort_keys=True, ensure_ascii=False)
    return Mapping(
        name=raw["name"],
        frame=frame,
        source=SourceSpec(**raw.get("source", {})),
        columns=_rules(raw["columns"], defaults, words),
        also={shape: _rules(columns, defaults, words) for shape, columns in raw.get("also", {}).items()},
        where=tuple(_where(item, words) for item in raw.get("where", [])),
        blank_due_date=raw.get("blank_due_date", "UNKNOWN"),
        hold_back=raw.get("hold_back", "LOAN" if frame.name == "instalments" else "ROW"),
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        as_of=as_of,
        **{key: raw.get(key, "") for key in ("title", "origin", "licence")},
    )


def _words(raw: dict[str, Any], as_of: date | None) -> dict[str, str]:
    """Return what '{word}' stands for on this date."""
    words: dict[str, str] = {}
    variants = raw.get("variants", {})
    if variants:
        chosen = as_of.isoformat() if as_of else next(iter(variants))
        if chosen not in variants:
            raise MappingWrong(
                f"Mapping {raw['name']} has no variant for {chosen}; it has {', '.join(sorted(variants))}.",
                as_of=chosen,
            )
        words |= {key: str(value) for key, value in variants[chosen].items()}
    if "base_month" in raw and as_of is not None:
        year, month = (int(part) for part in raw["base_month"].split("-"))
        words["month_offset"] = str((as_of.year - year) * 12 + as_of.month - month)
    return words


def _filled(value: Any, words: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    for word, meaning in words.items():
        value = value.replace("{" + word + "}", meaning)
    return value


def _text(value: Any) -> str | None:
    """Return a YAML scalar as the text a file would hold."""
    if value is None:
        return None
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _rules(columns: dict[str, Any], defaults: dict[str, Any], words: dict[str, str]) -> tuple[ColumnRule, ...]:
    return tuple(
        _rule(name, {"from": given} if isinstance(given, str) else given, defaults, words)
        for name, given in columns.items()
    )


def _sources(given: dict[str, Any], words: dict[str, str]) -> tuple[SourceName, ...]:
    if "from" in given:
        return (_filled(given["from"], words),)
    if "position" in given:
        return (given["position"],)
    return tuple(_filled(part, words) for part in given.get("join", []))


def _rule(target: str, given: dict[str, Any], defaults: dict[str, Any], words: dict[str, str]) -> ColumnRule:
    value_map = given.get("map")
    any_case = given.get("any_case", False)
    number = {**defaults.get("number", {}), **given.get("number", {})}
    dates = {**defaults.get("date", {}), **given.get("date", {})}
    if "formats" in dates:
        dates["formats"] = tuple(dates["formats"])
    return ColumnRule(
        target=target,
        sources=_sources(given, words),
        constant=_text(_filled(given.get("constant"), words)),
        row_number=given.get("row_number", False),
        from_as_of=given.get("as_of", False),
        joiner=given.get("with", ""),
        trim=given.get("trim", defaults.get("trim", True)),
        null_tokens=frozenset(given.get("null_tokens", defaults.get("null_tokens", []))),
        extract=given.get("extract", ""),
        value_map=None
        if value_map is None
        else {(key.casefold() if any_case else key): _text(value) for key, value in value_map.items()},
        otherwise=_text(given.get("otherwise", REJECT)),
        any_case=any_case,
        prefix=_filled(given.get("prefix", ""), words),
        suffix=_filled(given.get("suffix", ""), words),
        optional=given.get("optional", False),
        number=NumberSpec(**number),
        date=DateSpec(**dates),
    )


def _where(item: dict[str, Any], words: dict[str, str]) -> Where:
    operator = next(key for key in item if key != "column")
    value = item[operator]
    values = value if isinstance(value, list) else [value]
    return Where(
        column=item["column"],
        operator=operator,
        values=tuple(str(_text(_filled(entry, words))) for entry in values),
    )
