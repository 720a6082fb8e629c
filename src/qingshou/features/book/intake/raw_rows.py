"""What every reader gives: rows of text with their place, in chunks, before any meaning is read into them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from qingshou.features.book.intake.limits import CHUNK_CHARS_MAX, CHUNK_ROWS
from qingshou.features.book.intake.reasons import Reason

LINE, ROW, BAD, BAD_COLUMN, REST = "#line", "#row", "#bad", "#bad_column", "#rest"
SEQ = "#seq"  # given by the caller: unique even where a hostile sheet numbers two rows alike


@dataclass
class RawRow:
    """One record of the file; `bad` says that its very structure is wrong."""

    line: int
    row: int
    values: Sequence[str | None]
    bad: Reason | None = None
    bad_column: int | None = None
    rest: str | None = None


@dataclass
class SourceShape:
    """What is known of a file once its head is read."""

    format: str
    headers: list[str]
    encoding: str = ""
    encoding_how: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    is_quarantine: bool = False
    rows_total: int | None = None
    types: list[str] = field(default_factory=list)


class Reader(Protocol):
    """A file opened for reading: its shape, then its chunks."""

    shape: SourceShape

    def chunks(self) -> Iterator[pa.RecordBatch]: ...


def schema_of(width: int) -> pa.Schema:
    """Return the Arrow schema of a chunk with so many source columns."""
    places = [
        pa.field(LINE, pa.int64()),
        pa.field(ROW, pa.int64()),
        pa.field(BAD, pa.string()),
        pa.field(BAD_COLUMN, pa.int32()),
        pa.field(REST, pa.string()),
    ]
    return pa.schema([*places, *(pa.field(f"c{index}", pa.string()) for index in range(width))])


def batches(rows: Iterator[RawRow], width: int) -> Iterator[pa.RecordBatch]:
    """Gather rows into record batches bounded in rows and in characters."""
    schema = schema_of(width)
    held: list[RawRow] = []
    chars = 0
    for row in rows:
        held.append(row)
        chars += sum(map(len, filter(None, row.values)))
        if len(held) >= CHUNK_ROWS or chars >= CHUNK_CHARS_MAX:
            yield _batch(held, width, schema)
            held, chars = [], 0
    if held:
        yield _batch(held, width, schema)


def _batch(held: list[RawRow], width: int, schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*(row.values for row in held), strict=True)) if width else []
    places = [
        [row.line for row in held],
        [row.row for row in held],
        [row.bad for row in held],
        [row.bad_column for row in held],
        [row.rest for row in held],
    ]
    arrays = [pa.array(values, type_.type) for values, type_ in zip([*places, *columns], schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def unique_headers(names: Sequence[str | None]) -> list[str]:
    """Return header names trimmed, blanks named by position, repeated ones numbered '(1)', '(2)' so none is ambiguous."""
    bare = [(name or "").strip().strip("\ufeff").strip() or f"column {index}" for index, name in enumerate(names, 1)]
    counts: dict[str, int] = {}
    for name in bare:
        counts[name] = counts.get(name, 0) + 1
    seen: dict[str, int] = {}
    result = []
    for name in bare:
        seen[name] = seen.get(name, 0) + 1
        result.append(f"{name} ({seen[name]})" if counts[name] > 1 else name)
    return result
