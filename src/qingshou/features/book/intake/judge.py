"""Judge one chunk of text rows: which become rows of the frames, and why the others do not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qingshou.features.book.intake.column_values import ColumnReader, ColumnResult
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.mapping import ColumnRule, Mapping, SourceName, Where
from qingshou.features.book.intake.raw_rows import BAD, BAD_COLUMN, SEQ
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.row_checks import check_rows, settle_days
from qingshou.features.book.intake.targets import Frame, Kind, Target

# Given by intake when the mapping does not fill them.
_SETTLED = frozenset({"days_basis"})


@dataclass
class Judged:
    """What one chunk came to: `frames[name]` holds sound rows with their line; `refused` maps chunk rows to faults."""

    batch: pa.RecordBatch
    frames: dict[str, pa.Table]
    refused: dict[int, list[tuple[str, Reason]]]
    filtered: int
    sums: dict[str, "Sums"]
    stripped: int = 0
    refused_keys: set[str] = field(default_factory=set)


@dataclass
class Sums:
    """Control sums of one amount column over one chunk."""

    read: Any = 0
    refused: Any = 0
    unreadable: int = 0


class Judge:
    """A mapping bound to a file's headers; judges chunk after chunk."""

    def __init__(self, *, mapping: Mapping, headers: Sequence[str], as_of: date) -> None:
        self.mapping, self.as_of = mapping, as_of
        self._headers = list(headers)
        self._where = [(condition, self._place(condition.column, "where")) for condition in mapping.where]
        bound = [(frame, self._present(rules)) for frame, rules in mapping.frames]
        bound = [(frame, rules) for frame, rules in bound if frame is mapping.frame or _says_something(frame, rules)]
        self.frames = [frame for frame, _rules in bound]
        self.given = {rule.target for rule in bound[0][1]}
        self._readers = {frame.name: self._bind(frame, rules) for frame, rules in bound}
        self.labels = {(frame.name, rule.target): self._label(rule) for frame, rules in bound for rule in rules}

    def _present(self, rules: Sequence[ColumnRule]) -> list[ColumnRule]:
        """Leave out optional rules whose column the file does not have."""
        return [
            rule
            for rule in rules
            if not rule.optional or all(isinstance(name, int) or name in self._headers for name in rule.sources)
        ]

    def _place(self, source: SourceName, target: str) -> str:
        """Return the Arrow column of a header or position; MappingWrong names what is missing."""
        if isinstance(source, int):
            if not 1 <= source <= len(self._headers):
                raise MappingWrong(
                    f"Column {target}: the file has {len(self._headers)} columns, not {source}.", column=target
                )
            return f"c{source - 1}"
        if source in self._headers:
            return f"c{self._headers.index(source)}"
        folded = [header.strip().casefold() for header in self._headers]
        if folded.count(source.strip().casefold()) == 1:
            return f"c{folded.index(source.strip().casefold())}"
        repeated = f"{source} (1)" in self._headers
        shown = ", ".join(self._headers[:40])
        hint = f"it occurs more than once: write '{source} (1)' or '{source} (2)'" if repeated else f"it has {shown}"
        raise MappingWrong(f"Column {target}: the file has no single column '{source}'; {hint}.", column=target)

    def _bind(self, frame: Frame, rules: Sequence[ColumnRule]) -> list[ColumnReader]:
        given = {rule.target for rule in rules}
        unmet = unmet_targets(frame, given)
        if unmet:
            raise MappingWrong(
                f"The mapping does not fill {', '.join(unmet)}: frame {frame.name} requires them.", unmet=unmet
            )
        readers = []
        for target in frame.targets:
            rule = next((rule for rule in rules if rule.target == target.name), None)
            if rule is None and target.default is not None:
                rule = ColumnRule(target=target.name, constant=target.default)
            if rule is not None:
                places = [self._place(source, target.name) for source in rule.sources]
                readers.append(ColumnReader(rule, target, places, self.as_of))
        return readers

    def _label(self, rule: ColumnRule) -> str:
        """Return the name under which a fault is reported: the file's own header where there is one."""
        if len(rule.sources) != 1:
            return rule.target
        return self._headers[int(self._place(rule.sources[0], rule.target)[1:])]

    def judge(self, batch: pa.RecordBatch) -> Judged:
        """Return what a chunk comes to; every row is sound, refused, or not of this import."""
        structure_bad = pc.is_valid(batch.column(BAD))
        wanted = pc.or_(structure_bad, self._selected(batch)) if self._where else None
        filtered = 0
        if wanted is not None:
            filtered = batch.num_rows - (pc.sum(wanted).as_py() or 0)
            batch = batch.filter(wanted) if filtered else batch
        refused = self._structure(batch)
        judged = Judged(batch, {}, refused, filtered, {})
        for frame in self.frames:
            columns = self._fill(frame, batch, judged)
            judged.frames[frame.name] = self._table(frame, batch, columns)
        self._finish(judged)
        return judged

    def _selected(self, batch: pa.RecordBatch) -> pa.Array:
        wanted = pa.repeat(pa.scalar(True), batch.num_rows)
        for condition, place in self._where:
            wanted = pc.and_(wanted, _meets(condition, batch.column(place)))
        return wanted

    def _structure(self, batch: pa.RecordBatch) -> dict[int, list[tuple[str, Reason]]]:
        column = batch.column(BAD)
        if column.null_count == len(column):
            return {}
        refused = {}
        for index in pc.indices_nonzero(pc.is_valid(column)).to_pylist():
            place = batch.column(BAD_COLUMN)[index].as_py()
            label = self._headers[place] if place is not None else ""
            refused[index] = [(label, Reason(column[index].as_py()))]
        return refused

    def _fill(self, frame: Frame, batch: pa.RecordBatch, judged: Judged) -> dict[str, pa.Array]:
        broken = set(judged.refused) if frame is self.mapping.frame else set()
        sound = pc.is_null(batch.column(BAD))
        columns: dict[str, pa.Array] = {}
        results: dict[str, ColumnResult] = {}
        for reader in self._readers[frame.name]:
            result = reader.fill(batch)
            results[reader.target.name] = result
            columns[reader.target.name] = result.values
            judged.stripped += result.stripped
            label = self.labels.get((frame.name, reader.target.name), reader.target.name)
            optional_person = frame is not self.mapping.frame and reader.target.required
            for rows, reason in result.refused:
                if optional_person and reason is Reason.REQUIRED_MISSING:
                    continue  # a row without a guarantor is no fault
                _note(judged.refused, pc.and_(rows, sound), label, reason)
        self._default_rest(frame, columns, batch.num_rows)
        given = frozenset(results)
        if frame.name == "loans":
            settle_days(columns, as_of=self.as_of, blank_due_date=self.mapping.blank_due_date, given=given)
        for name, rows, reason in check_rows(frame.name, columns):
            label = self.labels.get((frame.name, name), name)
            _note(judged.refused, pc.and_(rows, sound), label, reason)
        if frame is self.mapping.frame:
            self._sum_up(frame, results, sound, judged, broken)
        return columns

    def _default_rest(self, frame: Frame, columns: dict[str, pa.Array], size: int) -> None:
        for target in frame.targets:
            if target.name not in columns:
                columns[target.name] = pa.nulls(size, target.arrow_type)

    def _sum_up(
        self, frame: Frame, results: dict[str, ColumnResult], sound: pa.Array, judged: Judged, broken: set[int]
    ) -> None:
        for target in money_targets(frame, results):
            result = results[target.name]
            read = pc.sum(pc.filter(pc.cast(result.values, pa.decimal128(38, 3)), sound)).as_py()
            unreadable = pc.sum(pc.and_(result.unreadable, sound)).as_py() or 0
            judged.sums[target.name] = Sums(read=read or 0, unreadable=unreadable + len(broken))

    def _table(self, frame: Frame, batch: pa.RecordBatch, columns: dict[str, pa.Array]) -> pa.Table:
        ordered = {target.name: columns[target.name] for target in frame.targets}
        return pa.table({**ordered, SEQ: batch.column(SEQ)})

    def _finish(self, judged: Judged) -> None:
        """Take the refused rows out of every frame, counting what they held."""
        if not judged.refused:
            for frame in self.frames[1:]:
                judged.frames[frame.name] = _with_person(judged.frames[frame.name], frame)
            return
        size = judged.batch.num_rows
        bad = pa.array([index in judged.refused for index in range(size)], pa.bool_())
        sound_structure = pc.is_null(judged.batch.column(BAD))
        main = judged.frames[self.mapping.frame.name]
        out = main.filter(pc.and_(bad, sound_structure))
        for name, sums in judged.sums.items():
            sums.refused = pc.sum(pc.cast(out.column(name), pa.decimal128(38, 3))).as_py() or 0
        if self.mapping.hold_back == "LOAN" and "loan_id" in main.column_names:
            judged.refused_keys = set(out.column("loan_id").drop_null().to_pylist())
        good = pc.invert(bad)
        judged.frames = {name: table.filter(good) for name, table in judged.frames.items()}
        for frame in self.frames[1:]:
            judged.frames[frame.name] = _with_person(judged.frames[frame.name], frame)


def _says_something(frame: Frame, rules: Sequence[ColumnRule]) -> bool:
    """Say whether a frame set apart has more than its key: a tape without names makes no people."""
    return any(rule.target not in frame.key for rule in rules)


def _with_person(table: pa.Table, frame: Frame) -> pa.Table:
    """Keep the rows that name somebody: all required columns of a frame set apart are filled."""
    keep = None
    for target in frame.targets:
        if target.required:
            filled = pc.is_valid(table.column(target.name))
            keep = filled if keep is None else pc.and_(keep, filled)
    return table if keep is None else table.filter(keep)


def money_targets(frame: Frame, given: Any) -> list[Target]:
    """Return the amount columns a mapping fills: those with control sums."""
    return [target for target in frame.targets if target.kind is Kind.MONEY and target.name in given]


def unmet_targets(frame: Frame, given: set[str]) -> list[str]:
    """Return required columns that neither the mapping nor intake fills."""
    return [
        target.name
        for target in frame.targets
        if target.required and target.default is None and target.name not in given and target.name not in _SETTLED
    ]


def _meets(condition: Where, column: pa.Array) -> pa.Array:
    text = pc.utf8_trim(column, characters=" \t\u00a0\u3000")
    if condition.operator == "filled":
        filled = pc.and_(pc.is_valid(text), pc.not_equal(pc.fill_null(text, ""), ""))
        return filled if condition.values == ("true",) else pc.invert(filled)
    inside = pc.is_in(text, pa.array(condition.values, pa.string()))
    return pc.invert(inside) if condition.operator.startswith("not") else inside


def _note(refused: dict[int, list[tuple[str, Reason]]], rows: pa.Array, label: str, reason: Reason) -> None:
    for index in pc.indices_nonzero(rows).to_pylist():
        faults = refused.setdefault(index, [])
        if (label, reason) not in faults:
            faults.append((label, reason))
