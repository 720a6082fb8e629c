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


@dataclass
class RawBlock:
    """Some records at once; `faults` maps their index to (why the structure is wrong, column, raw text)."""

    lines: list[int]
    rows: list[int]
    values: list[Sequence[str | None]]
    faults: dict[int, tuple[Reason, int | None, str | None]]

    chars: int = 0

    def extend(self, other: "RawBlock") -> None:
        """Add another block's records behind these."""
        start = len(self.lines)
        self.faults.update({start + index: fault for index, fault in other.faults.items()})
        self.lines += other.lines
        self.rows += other.rows
        self.values += other.values
        self.chars += other.chars

    @classmethod
    def of(cls, held: Sequence[RawRow]) -> "RawBlock":
        """Gather single rows."""
        faults = {index: (row.bad, row.bad_column, row.rest) for index, row in enumerate(held) if row.bad is not None}
        values = [row.values for row in held]
        chars = sum(len(text) for row in values for text in row if text)
        return cls([row.line for row in held], [row.row for row in held], values, faults, chars)


def batches(blocks: Iterator[RawBlock | pa.RecordBatch], width: int) -> Iterator[pa.RecordBatch]:
    """Gather blocks into record batches of at least CHUNK_ROWS rows, fewer at the end."""
    schema = schema_of(width)
    held = RawBlock([], [], [], {})
    ready: list[pa.RecordBatch] = []
    rows = size = 0
    for block in blocks:
        if isinstance(block, pa.RecordBatch):
            if held.lines:
                ready.append(_batch(held, width, schema))
                held = RawBlock([], [], [], {})
            ready.append(block)
            rows, size = rows + block.num_rows, size + block.nbytes
        else:
            held.extend(block)
            rows, size = rows + len(block.lines), size + block.chars
        if rows >= CHUNK_ROWS or size >= CHUNK_CHARS_MAX:
            yield _gathered(ready, held, width, schema)
            held, ready, rows, size = RawBlock([], [], [], {}), [], 0, 0
    if rows:
        yield _gathered(ready, held, width, schema)


def _gathered(ready: list[pa.RecordBatch], held: RawBlock, width: int, schema: pa.Schema) -> pa.RecordBatch:
    if held.lines:
        ready.append(_batch(held, width, schema))
    return ready[0] if len(ready) == 1 else pa.concat_batches(ready)


def _batch(block: RawBlock, width: int, schema: pa.Schema) -> pa.RecordBatch:
    size = len(block.lines)
    columns = list(zip(*block.values, strict=True)) if width else []
    bad, bad_column, rest = pa.nulls(size, pa.string()), pa.nulls(size, pa.int32()), pa.nulls(size, pa.string())
    if block.faults:
        faults = [block.faults.get(index, (None, None, None)) for index in range(size)]
        bad = pa.array([fault[0] for fault in faults], pa.string())
        bad_column = pa.array([fault[1] for fault in faults], pa.int32())
        rest = pa.array([fault[2] for fault in faults], pa.string())
    places = [pa.array(block.lines, pa.int64()), pa.array(block.rows, pa.int64()), bad, bad_column, rest]
    return pa.RecordBatch.from_arrays([*places, *(pa.array(c, pa.string()) for c in columns)], schema=schema)


def unique_headers(names: Sequence[str | None]) -> list[str]:
    """Return header names trimmed, blanks named by position, repeated ones numbered '(1)', '(2)': none is ambiguous."""
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
