"""One target column of one chunk: from source text to typed values, with a reason for each that is none.

Usual values go through vectorised patterns and casts; whatever these do not recognise goes, once per distinct text,
through the exact single-value readers (numbers.py, dates.py, texts.py), which alone define what is right.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qingshou.features.book.intake.dates import date_reader
from qingshou.features.book.intake.mapping import KEEP, REJECT, ColumnRule
from qingshou.features.book.intake.numbers import number_reader, whole_reader
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.targets import CURRENCIES, Kind, Target
from qingshou.features.book.intake.texts import (
    BLANKS,
    CONTROL_RE2,
    HIDDEN_RE2,
    code_reader,
    read_yes_no,
    text_reader,
)

_MEMO_MAX = 200_000
Outcome = Any  # a typed value, or the Reason why there is none


@dataclass
class ColumnResult:
    """Typed values (null where blank or refused), which rows hold something unreadable, and all refusals."""

    values: pa.Array
    unreadable: pa.Array
    refused: list[tuple[pa.Array, Reason]] = field(default_factory=list)
    stripped: int = 0


def reader_for(rule: ColumnRule, target: Target) -> Callable[[str], Outcome]:
    """Return the exact reader of single texts for this target."""
    match target.kind:
        case Kind.MONEY:
            return number_reader(rule.number, digits_max=15, decimals_max=3)
        case Kind.RATE:
            return number_reader(rule.number, digits_max=3, decimals_max=6)
        case Kind.WHOLE:
            return whole_reader(rule.number)
        case Kind.DATE:
            return date_reader(rule.date)
        case Kind.BOOL:
            return read_yes_no
        case Kind.CODE:
            return code_reader(target.allowed, Reason.NOT_ALLOWED)
        case Kind.CURRENCY:
            return code_reader(CURRENCIES, Reason.UNKNOWN_CURRENCY)
    return text_reader(length_max=target.length_max, names=target.kind is Kind.TEXT)


def _quick_pattern(rule: ColumnRule, target: Target) -> tuple[str, str]:
    """Return the RE2 pattern of values the cast reads exactly as the reader would, and what to remove first."""
    spec = rule.number
    if target.kind in (Kind.ID, Kind.TEXT):
        return f"^[^{CONTROL_RE2}{HIDDEN_RE2}\\x{{fffd}}]{{1,{target.length_max}}}$", ""
    if target.kind is Kind.WHOLE and spec.is_plain:
        return "^-?[0-9]{1,9}$", ""
    if target.kind is Kind.RATE and spec.is_plain:
        return r"^-?[0-9]{1,3}(?:\.[0-9]{1,6})?$", ""
    if target.kind is Kind.MONEY and spec.is_plain:
        mark = "[$¥￥€£]?" if spec.currency else ""
        grouped = "[0-9]{1,3}(?:,[0-9]{3}){1,4}|" if spec.group == "," else ""
        remove = "[$¥￥€£,]" if mark or grouped else ""
        return rf"^-?{mark}(?:{grouped}[0-9]{{1,15}})(?:\.[0-9]{{1,3}})?$", remove
    return "", ""


class ColumnReader:
    """Fills one target column, chunk after chunk; remembers texts it has read."""

    def __init__(self, rule: ColumnRule, target: Target, sources: list[str], as_of: date) -> None:
        self.rule, self.target = rule, target
        self._sources = sources  # Arrow names of the source columns
        self._as_of = as_of
        self._read = reader_for(rule, target)
        self._pattern, self._remove = _quick_pattern(rule, target)
        self._memo: dict[str, Outcome] = {}
        self._mapped: dict[str, tuple[str | None, bool]] = {}
        self._extract = _with_named_group(rule.extract)

    def fill(self, batch: pa.RecordBatch) -> ColumnResult:
        """Return this column's values for a chunk of sound rows."""
        refused: list[tuple[pa.Array, Reason]] = []
        text = self._text(batch)
        if self.rule.extract:
            text = self._extracted(text, refused)
        if self.rule.value_map is not None:
            text = self._mapped_text(text, refused)
        if self.rule.prefix or self.rule.suffix:
            parts = [pa.scalar(self.rule.prefix), text, pa.scalar(self.rule.suffix)]
            text = pc.binary_join_element_wise(*parts, "")
        values, stripped = self._typed(text, refused)
        unreadable = pc.and_(pc.is_valid(text), pc.is_null(values))
        for rows, _reason in refused:
            unreadable = pc.or_(unreadable, rows)
        self._judge(values, refused)
        if self.target.required:
            missing = pc.and_(pc.is_null(values), pc.invert(unreadable))
            _add(refused, missing, Reason.REQUIRED_MISSING)
        return ColumnResult(values, unreadable, refused, stripped)

    def _text(self, batch: pa.RecordBatch) -> pa.Array:
        """Return the source text, trimmed, with null for what means nothing."""
        rule, size = self.rule, batch.num_rows
        if rule.constant is not None:
            return pa.repeat(pa.scalar(rule.constant), size)
        if rule.from_as_of:
            # Written by the first format of the column, so that it reads back as itself.
            return pa.nulls(size, pa.string())
        if rule.row_number:
            return pc.cast(batch.column("#row"), pa.string())
        parts = [self._clean(batch.column(name)) for name in self._sources]
        if len(parts) == 1:
            return parts[0]
        joined = pc.binary_join_element_wise(*parts, rule.joiner, null_handling="skip")
        return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)

    def _clean(self, text: pa.Array) -> pa.Array:
        if self.rule.trim and not is_bare(text):
            text = pc.utf8_trim(text, characters=BLANKS)
        blank = pc.is_in(text, pa.array(["", *sorted(self.rule.null_tokens)], pa.string()))
        return pc.if_else(blank, pa.scalar(None, pa.string()), text)

    def _extracted(self, text: pa.Array, refused: list[tuple[pa.Array, Reason]]) -> pa.Array:
        found = pc.extract_regex(text, self._extract)
        value = pc.struct_field(found, [0])
        _add(refused, pc.and_(pc.is_valid(text), pc.is_null(found)), Reason.PATTERN_NOT_FOUND)
        return value

    def _mapped_text(self, text: pa.Array, refused: list[tuple[pa.Array, Reason]]) -> pa.Array:
        if "" in (self.rule.value_map or {}):
            text = pc.fill_null(text, "")  # the map says what a blank means
        encoded = text.dictionary_encode()
        outcomes = [self._map_one(value) for value in encoded.dictionary.to_pylist()]
        mapped = pa.array([value for value, _ok in outcomes], pa.string())
        bad = pa.array([not is_ok for _value, is_ok in outcomes], pa.bool_())
        _add(refused, pc.fill_null(pc.take(bad, encoded.indices), False), Reason.UNMAPPED_VALUE)
        return pc.take(mapped, encoded.indices)

    def _map_one(self, text: str) -> tuple[str | None, bool]:
        key = text.casefold() if self.rule.any_case else text
        table = self.rule.value_map or {}
        if key in table:
            return table[key], True
        otherwise = self.rule.otherwise
        if otherwise == REJECT:
            return None, False
        return (text if otherwise == KEEP else otherwise), True

    def _typed(self, text: pa.Array, refused: list[tuple[pa.Array, Reason]]) -> tuple[pa.Array, int]:
        kind = self.target.arrow_type
        if self.rule.from_as_of:
            return pa.repeat(pa.scalar(self._as_of, kind), len(text)), 0
        if not self._pattern:
            return self._slowly(text, kind, refused), 0
        quick = pc.fill_null(self._is_usual(text), True)
        usual = text if pc.all(quick).as_py() is not False else pc.if_else(quick, text, pa.scalar(None, pa.string()))
        if self._remove:
            usual = pc.replace_substring_regex(usual, self._remove, "")
        values = usual if kind == pa.string() else pc.cast(usual, kind)
        if usual.null_count == text.null_count:
            return values, 0
        slow_rows = pc.invert(quick)
        slow_text = pc.filter(text, slow_rows)
        slow_refused: list[tuple[pa.Array, Reason]] = []
        slow = self._slowly(slow_text, kind, slow_refused)
        positions = pc.indices_nonzero(slow_rows)
        for rows, reason in slow_refused:
            _add(refused, _mask(len(text), pc.filter(positions, rows)), reason)
        stripped = 0
        if self.target.kind is Kind.TEXT:
            stripped = pc.sum(pc.not_equal(slow, slow_text)).as_py() or 0
        return pc.replace_with_mask(values, slow_rows, slow), stripped

    def _is_usual(self, text: pa.Array) -> pa.Array:
        """Say which texts the cast reads as the exact reader would; null where there is none."""
        if self.target.kind in (Kind.ID, Kind.TEXT) and is_bare(text):
            # nothing to look for in these characters: only the length is left to ask
            length = pc.binary_length(text)
            some, most = pa.scalar(0, pa.int32()), pa.scalar(self.target.length_max, pa.int32())
            return pc.and_(pc.greater(length, some), pc.less_equal(length, most))
        return pc.match_substring_regex(text, self._pattern)

    def _slowly(self, text: pa.Array, kind: pa.DataType, refused: list[tuple[pa.Array, Reason]]) -> pa.Array:
        """Read each distinct text once by the exact reader."""
        encoded = text.dictionary_encode()
        outcomes = [self._remembered(value) for value in encoded.dictionary.to_pylist()]
        values = pa.array([None if isinstance(each, Reason) else each for each in outcomes], kind)
        for reason in sorted({each for each in outcomes if isinstance(each, Reason)}):
            bad = pa.array([each is reason for each in outcomes], pa.bool_())
            _add(refused, pc.fill_null(pc.take(bad, encoded.indices), False), reason)
        return pc.take(values, encoded.indices)

    def _remembered(self, text: str) -> Outcome:
        if text not in self._memo:
            if len(self._memo) >= _MEMO_MAX:
                self._memo.clear()
            outcome = self._read(text)
            self._memo[text] = None if outcome == "" else outcome
        return self._memo[text]

    def _judge(self, values: pa.Array, refused: list[tuple[pa.Array, Reason]]) -> None:
        """Check ranges and the future."""
        target = self.target
        if target.value_min is not None:
            low = pc.less(values, pa.scalar(target.value_min, pa.int32()))
            _add(refused, pc.fill_null(low, False), Reason.NEGATIVE if target.value_min == 0 else Reason.OUT_OF_RANGE)
        if target.value_max is not None:
            high = pc.greater(values, pa.scalar(target.value_max, pa.int32()))
            _add(refused, pc.fill_null(high, False), Reason.OUT_OF_RANGE)
        if target.not_after_as_of:
            late = pc.greater(values, pa.scalar(self._as_of, pa.date32()))
            _add(refused, pc.fill_null(late, False), Reason.FUTURE_DATE)


def is_bare(text: pa.Array) -> bool:
    """Say whether all texts are of printable ASCII without blanks: one look at all bytes, not one at each text."""
    if text.type != pa.string() or not len(text):
        return False
    _valid, offsets, content = text.buffers()
    if offsets is None or content is None:
        return False
    first, last = np.frombuffer(offsets, np.int32)[[text.offset, text.offset + len(text)]]
    held = np.frombuffer(content, np.uint8)[first:last]
    return bool(held.size and held.min() > 0x20 and held.max() < 0x7F)


def _add(refused: list[tuple[pa.Array, Reason]], rows: pa.Array, reason: Reason) -> None:
    if pc.any(rows).as_py():
        refused.append((rows, reason))


def _mask(size: int, positions: pa.Array) -> pa.Array:
    mask = [False] * size
    for position in positions.to_pylist():
        mask[position] = True
    return pa.array(mask, pa.bool_())


def _with_named_group(pattern: str) -> str:
    """Arrow wants named groups; people write plain ones."""
    if not pattern or "(?P<" in pattern:
        return pattern
    return re.sub(r"(?<!\\)\((?!\?)", "(?P<part>", pattern, count=1) if "(" in pattern else f"(?P<part>{pattern})"
