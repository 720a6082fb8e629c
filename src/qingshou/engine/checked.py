"""Read a file of rows that may be wrong: the good ones go to Parquet, each bad one is reported with its place.

CSV is read a row at a time in bounded memory (BOM, CRLF, blank lines, columns in any order, columns we do not know);
Parquet is checked by DuckDB.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from qingshou.engine.cells import ARROW, READ, SQL, Column
from qingshou.engine.plan import StringOrPath, existing, format_of
from qingshou.kernel.errors import BadInput

BATCH_ROWS = 65_536
REJECTS_KEPT_MAX = 100_000

# A rule over a whole row whose cells are good: the column at fault and why, or None.
RowRule = Callable[[Mapping[str, object]], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Reject:
    """Why one row was left out. `line` counts from 1 with the header; in Parquet it is the row's number."""

    file: str
    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Checked:
    """What was read of a file; `rejects` keeps the first hundred thousand, `rejected_rows` counts all."""

    path: Path
    file: str
    rows_read: int = 0
    rejected_rows: int = 0
    rejects: list[Reject] = field(default_factory=list)
    columns: tuple[str, ...] = ()

    def refuse(self, line: int, faults: Iterable[tuple[str, str]]) -> None:
        """Note that a row is left out, for each of its faults."""
        self.rejected_rows += 1
        for column, reason in faults:
            if len(self.rejects) < REJECTS_KEPT_MAX:
                self.rejects.append(Reject(self.file, line, column, reason))


def check_file(
    path: StringOrPath,
    *,
    columns: Sequence[Column],
    into: Path,
    rule: RowRule | None = None,
    encoding: str = "utf-8",
) -> Checked:
    """Read a CSV or Parquet file, keep the good rows.

    Takes   path      ends with .csv or .parquet
            columns   what is wanted of it; others are ignored
            into      the Parquet file to write the good rows to
            rule      judges a CSV row as a whole
    Gives   Checked   where the good rows are, how many were read, and why others were left out
    Stops   NotFound; BadInput when the file has no header, lacks a column, or names one twice
    """
    place = existing(path)
    checked = Checked(path=into, file=place.name)
    if format_of(place) == "parquet":
        _check_parquet(place, columns, checked, rule)
    else:
        _check_csv(place, columns, checked, rule, encoding)
    return checked


def matched(names: Sequence[str], columns: Sequence[Column], file: str) -> dict[str, int]:
    """Find each wanted column's place in a header, whatever its order and letter case."""
    places: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        places.setdefault(name.strip().lower(), []).append(index)
    found: dict[str, int] = {}
    missing = []
    for column in columns:
        hits = [place for name in (column.name, *column.aliases) for place in places.get(name, [])]
        if len(hits) > 1:
            raise BadInput(f"{file}: the column '{column.name}' stands in the header more than once: keep one.")
        if hits:
            found[column.name] = hits[0]
        elif column.is_required:
            missing.append(" or ".join((column.name, *column.aliases)))
    if missing:
        heads = ", ".join(repr(name[:40]) for name in names[:20])
        raise BadInput(f"{file}: the header lacks {', '.join(missing)}; it has {heads}. Rename or add the column.")
    return found


def _rows(place: Path, encoding: str) -> Iterator[tuple[int, list[str] | None]]:
    """Give each row with the line it starts on; None where the line cannot be split into cells."""
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    with place.open(encoding=codec, errors="surrogateescape", newline="") as text:
        head = text.readline()
        delimiter = max(",;\t", key=head.count)
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                continue
            if any(cell.strip() for cell in row):
                yield line, row


def _check_csv(place: Path, columns: Sequence[Column], checked: Checked, rule: RowRule | None, encoding: str) -> None:
    rows = _rows(place, encoding)
    _, header = next(rows, (1, None))
    if header is None:
        raise BadInput(f"{place.name}: the file is empty: it needs a header line with the names of the columns.")
    found = matched(header, columns, place.name)
    present = [column for column in columns if column.name in found]
    checked.columns = tuple(column.name for column in present)
    readers = [(column, found[column.name], READ[column.kind]) for column in present]
    schema = pa.schema([(column.name, ARROW[column.kind]) for column in present])
    batch: list[list[object]] = [[] for _ in present]
    with pq.ParquetWriter(checked.path, schema) as writer:
        for line, row in rows:
            checked.rows_read += 1
            values, faults = _read_row(row, len(header), readers)
            if not faults and rule is not None:
                fault = rule(dict(zip(checked.columns, values, strict=True)))
                faults = [fault] if fault else []
            if faults:
                checked.refuse(line, faults)
                continue
            for cells, value in zip(batch, values, strict=True):
                cells.append(value)
            if len(batch[0]) >= BATCH_ROWS:
                _flush(writer, batch, schema)
        _flush(writer, batch, schema)


def _read_row(
    row: list[str] | None, width: int, readers: Sequence[tuple[Column, int, Callable[[str], object]]]
) -> tuple[list[object], list[tuple[str, str]]]:
    if row is None:
        return [], [("", "The line cannot be split into cells: a quote is not closed or a cell is too long.")]
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        return [], [("", f"The row has {len(row)} cells under {width} columns: quote cells that hold a comma.")]
    values: list[object] = []
    faults = []
    for column, place, read in readers:
        text = row[place].strip() if place < len(row) else ""
        if not text:
            if not column.may_be_empty:
                faults.append((column.name, "The cell is empty."))
            values.append(None)
            continue
        try:
            values.append(read(text))
        except BadInput as fault:
            faults.append((column.name, fault.message))
    return values, faults


def _flush(writer: pq.ParquetWriter, batch: list[list[object]], schema: pa.Schema) -> None:
    arrays = [pa.array(cells, kind) for cells, kind in zip(batch, schema.types, strict=True)]
    writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    for cells in batch:
        cells.clear()


def _check_parquet(place: Path, columns: Sequence[Column], checked: Checked, rule: RowRule | None) -> None:
    with duckdb.connect(":memory:") as connection:
        source = connection.read_parquet(str(place), file_row_number=True, hive_partitioning=False)
        names = [name for name in source.columns if name != "file_row_number"]
        found = matched(names, columns, place.name)
        present = [column for column in columns if column.name in found]
        checked.columns = tuple(column.name for column in present)
        casts = [
            f"TRY_CAST({_quoted(names[found[column.name]])} AS {SQL[column.kind]}) AS {_quoted(column.name)}"
            for column in present
        ]
        # A cell that was there and is gone after the cast could not be read.
        lost = [
            f"({_quoted(names[found[column.name]])} IS NOT NULL AND {_quoted(column.name + '!')} IS NULL)"
            + ("" if column.may_be_empty else f" OR {_quoted(names[found[column.name]])} IS NULL")
            for column in present
        ]
        marks = [
            cast.rsplit(" AS ", 1)[0] + f" AS {_quoted(column.name + '!')}"
            for cast, column in zip(casts, present, strict=True)
        ]
        marked = source.project(", ".join(["*", *marks]))
        checked.rows_read = marked.count("*").fetchall()[0][0]
        bad = " OR ".join(f"({one})" for one in lost)
        flags = ", ".join(f"({one}) AS f{index}" for index, one in enumerate(lost))
        for number, *faulty in marked.filter(bad).project(f"file_row_number + 1, {flags}").order("1").fetchall():
            names_at_fault = [column for column, is_bad in zip(present, faulty, strict=True) if is_bad]
            checked.refuse(number, [(c.name, "The cell is empty or cannot be read.") for c in names_at_fault])
        kept = ", ".join(f"{_quoted(column.name + '!')} AS {_quoted(column.name)}" for column in present)
        good = marked.filter(f"NOT ({bad})")
        if rule is None:
            good.project(kept).to_parquet(str(checked.path))
            return
        _filter_by_rule(good.project(f"file_row_number + 1 AS row_number, {kept}"), checked, rule, present)


def _filter_by_rule(rows: duckdb.DuckDBPyRelation, checked: Checked, rule: RowRule, present: Sequence[Column]) -> None:
    schema = pa.schema([(column.name, ARROW[column.kind]) for column in present])
    with pq.ParquetWriter(checked.path, schema) as writer:
        for batch in rows.to_arrow_reader(BATCH_ROWS):
            keep = []
            for row in batch.to_pylist():
                number = row.pop("row_number")
                fault = rule(row)
                if fault:
                    checked.refuse(number, [fault])
                keep.append(fault is None)
            table = pa.Table.from_batches([batch]).filter(pa.array(keep)).drop_columns(["row_number"])
            writer.write_table(table.cast(schema))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
