"""The mapping of a file as a form and back: each target with its source and how its values are written.

What the form does not show (patterns, joins, prefixes, variants) is kept from the document it was made from.
"""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from qingshou.features.book.guess_words import guess_words
from qingshou.features.book.intake.targets import FRAMES, Kind, Target

NOTHING, KEEP, CONSTANT, ROW_NUMBER, AS_OF, COLUMN = "", "=keep", "=constant", "=row", "=as_of", "#"
UNITS = ("one", "percent", "permille", "basis_points", "cents", "mills", "thousand", "million",
         "万元", "百万", "亿元", "萬元", "億元")  # fmt: skip
FLAGS = ("currency", "parentheses", "trailing_minus", "scientific", "percent_sign", "full_width")
ALSO = {"snapshot": ("people", "guarantors", "collaterals")}
_NUMBERS = frozenset({Kind.MONEY, Kind.RATE, Kind.WHOLE})
_SOURCES = frozenset({"from", "position", "constant", "row_number", "as_of", "join", "with"})
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One target of the form."""

    key: str  # group.target: the prefix of the row's fields
    target: Target
    source: str
    spec: Spec
    confidence: int | None = None
    reasons: Sequence[str] = ()
    is_assumed: bool = False

    @property
    def takes_numbers(self) -> bool:
        return self.target.kind in _NUMBERS

    @property
    def takes_dates(self) -> bool:
        return self.target.kind is Kind.DATE

    @property
    def constant(self) -> str:
        return _word(self.spec.get("constant", ""))

    @property
    def value_map(self) -> str:
        """Return the value map as lines 'file's value = ours'."""
        return "\n".join(f"{old} = {_word(new)}" for old, new in self.spec.get("map", {}).items())

    @property
    def otherwise(self) -> str:
        return _word(self.spec.get("otherwise", "REJECT"))

    @property
    def formats(self) -> str:
        return ", ".join(self.spec.get("date", {}).get("formats", []))

    @property
    def number(self) -> Spec:
        return dict(self.spec.get("number", {}))

    @property
    def flags(self) -> list[tuple[str, bool]]:
        return [(flag, bool(self.number.get(flag))) for flag in FLAGS]

    @property
    def is_filled(self) -> bool:
        return self.source != NOTHING

    @property
    def is_needed(self) -> bool:
        """Whether the mapping must fill it: nothing stands in for it where it is left out."""
        return self.target.required and self.target.default is None and self.target.name != "days_basis"

    @property
    def is_missing(self) -> bool:
        return self.is_needed and not self.is_filled

    @property
    def is_open(self) -> bool:
        """Whether how it is written deserves to be seen at once."""
        return bool(self.spec.get("map"))


@dataclass(frozen=True, slots=True)
class Group:
    """The targets of one frame: those filled or required, and the rest."""

    shape: str
    first: list[Row] = field(default_factory=list)
    rest: list[Row] = field(default_factory=list)


def groups_of(document: Spec, *, headers: Sequence[str], guesses: Dict[tuple[str, str], Any]) -> list[Group]:
    """Return the form of a mapping document.

    Takes   headers  the file's columns, in order
            guesses  (frame, target) -> how sure the proposal was and why, where there was one
    """
    shape = document["shape"]
    groups = []
    for name in (shape, *ALSO.get(shape, ())):
        columns = document["columns"] if name == shape else document.get("also", {}).get(name, {})
        frame = FRAMES[name]
        group = Group(name)
        for target in frame.targets:
            spec = columns.get(target.name)
            spec = {"from": spec} if isinstance(spec, str) else dict(spec or {})
            guess = guesses.get((frame.name, target.name))
            row = Row(
                key=f"{name}.{target.name}",
                target=target,
                source=_source(spec, headers),
                spec=spec,
                confidence=round(guess.confidence * 100) if guess else None,
                reasons=[guess_words(reason) for reason in guess.reasons] if guess else (),
                is_assumed=bool(guess and guess.is_assumed),
            )
            is_needed = row.is_needed and name == shape
            (group.first if row.is_filled or is_needed else group.rest).append(row)
        groups.append(group)
    return groups


def document_of(post: Dict[str, Any], base: Spec, *, headers: Sequence[str], has_header: bool) -> Spec:
    """Return the mapping document a sent form stands for; `base` gives what the form does not show."""
    document = deepcopy(base)
    shape = document["shape"]
    document["name"] = str(post.get("name", "")).strip() or document["name"]
    _source_settings(post, document)
    _defaults(post, document)
    for name in (shape, *ALSO.get(shape, ())):
        held = base["columns"] if name == shape else base.get("also", {}).get(name, {})
        columns: Spec = {}
        for target in FRAMES[name].targets:
            kept = held.get(target.name, {})
            kept = {"from": kept} if isinstance(kept, str) else kept
            spec = _spec(post, f"{name}.{target.name}", kept, headers, has_header=has_header)
            if spec and "constant" not in spec:
                _written(post, f"{name}.{target.name}", target, spec)
            if spec:
                columns[target.name] = spec
        if name == shape:
            document["columns"] = columns
        elif columns:
            document.setdefault("also", {})[name] = columns
        else:
            document.get("also", {}).pop(name, None)
    if not document.get("also"):
        document.pop("also", None)
    return document


def _source(spec: Spec, headers: Sequence[str]) -> str:
    if not spec:
        return NOTHING
    if "constant" in spec:
        return CONSTANT
    if spec.get("row_number"):
        return ROW_NUMBER
    if spec.get("as_of"):
        return AS_OF
    if "position" in spec and spec["position"] <= len(headers):
        return f"{COLUMN}{spec['position'] - 1}"
    if spec.get("from") in headers:
        return f"{COLUMN}{list(headers).index(spec['from'])}"
    return KEEP


def _spec(post: Dict[str, Any], key: str, base: Spec, headers: Sequence[str], *, has_header: bool) -> Spec:
    source = str(post.get(f"{key}.source", KEEP if base else NOTHING)).strip()
    if source == NOTHING:
        return {}
    if source == KEEP:
        return dict(base)
    if source == CONSTANT:
        return {"constant": str(post.get(f"{key}.constant", "")).strip() or "?"}
    if source == ROW_NUMBER:
        return {"row_number": True}
    if source == AS_OF:
        return {"as_of": True}
    spec = {name: value for name, value in base.items() if name not in _SOURCES}
    return spec | _column(source, headers, has_header=has_header)


def _column(source: str, headers: Sequence[str], *, has_header: bool) -> Spec:
    """Return where a chosen column stands: its name where the file names its columns, else its position."""
    number = source.removeprefix(COLUMN)
    if source in headers:
        place = list(headers).index(source)
    else:
        place = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    return {"from": headers[place]} if has_header and place < len(headers) else {"position": place + 1}


def _written(post: Dict[str, Any], key: str, target: Target, spec: Spec) -> None:
    if f"{key}.map" in post:
        _value_map(str(post[f"{key}.map"]), str(post.get(f"{key}.otherwise", "REJECT")), spec)
    if target.kind is Kind.DATE and f"{key}.formats" in post:
        formats = [part.strip() for part in str(post[f"{key}.formats"]).split(",") if part.strip()]
        dates = {name: value for name, value in spec.get("date", {}).items() if name != "formats"}
        _put(spec, "date", dates | ({"formats": formats} if formats else {}))
    if target.kind in _NUMBERS and f"{key}.unit" in post:
        number: Spec = {flag: True for flag in FLAGS if post.get(f"{key}.{flag}")}
        if post[f"{key}.unit"] in UNITS and post[f"{key}.unit"] != "one":
            number["unit"] = post[f"{key}.unit"]
        marks = str(post.get(f"{key}.marks", ""))
        if marks:
            number["decimal"], number["group"] = marks[0], marks[1:].replace("s", " ")
        _put(spec, "number", number)


def _value_map(text: str, otherwise: str, spec: Spec) -> None:
    table: dict[str, Any] = {}
    for line in text.splitlines():
        old, mark, new = line.rpartition("=")
        if mark:
            table[old.strip()] = _value(new.strip())
    _put(spec, "map", table)
    if table and otherwise != "REJECT":
        spec["otherwise"] = _value(otherwise)
    else:
        spec.pop("otherwise", None)


def _source_settings(post: Dict[str, Any], document: Spec) -> None:
    settings = dict(document.get("source", {}))
    for name in ("encoding", "delimiter", "sheet"):
        if name in post:
            settings[name] = str(post[name])
            if settings[name] in ("", "auto"):
                settings.pop(name)
    skipped = str(post.get("skip_rows", ""))
    if skipped.isascii() and skipped.isdigit():
        settings["skip_rows"] = int(skipped)
        if settings["skip_rows"] == 0:
            settings.pop("skip_rows")
    _put(document, "source", settings)


def _defaults(post: Dict[str, Any], document: Spec) -> None:
    if "null_tokens" not in post:
        return
    tokens = [part.strip() for part in str(post["null_tokens"]).split(",") if part.strip()]
    defaults = {name: value for name, value in document.get("defaults", {}).items() if name != "null_tokens"}
    _put(document, "defaults", defaults | ({"null_tokens": tokens} if tokens else {}))


def _put(spec: Spec, name: str, value: Spec) -> None:
    if value:
        spec[name] = value
    else:
        spec.pop(name, None)


def _word(value: object) -> str:
    if value is None:
        return "unknown"
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _value(word: str) -> object:
    return {"true": True, "false": False, "unknown": None}.get(word, word)
