"""Rows that come from a connected system instead of a file: the same shape and chunks, held in memory only."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from qingshou.features.book.intake.raw_rows import RawBlock, SourceShape, batches


@dataclass(frozen=True)
class TableSource:
    """Rows of text under named columns; `digest` names their content."""

    name: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[str | None, ...]]
    digest: str
    size: int

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, str | None]], *, name: str) -> "TableSource":
        """Gather dictionaries with the same keys."""
        headers = tuple(rows[0]) if rows else ()
        values = [tuple(row.get(header) for header in headers) for row in rows]
        digest = hashlib.sha256(repr(headers).encode())
        size = 0
        for row in values:
            content = repr(row).encode()
            size += len(content)
            digest.update(content)
        return cls(name, headers, values, digest.hexdigest(), size)

    @contextmanager
    def open(self) -> Iterator["OpenTable"]:
        yield OpenTable(self)


class OpenTable:
    """An opened table: what `reading.Source` is for a file."""

    def __init__(self, table: TableSource) -> None:
        self._table = table
        self.shape = SourceShape(format="api", headers=list(table.headers), rows_total=len(table.rows))

    def chunks(self) -> Iterator[pa.RecordBatch]:
        return batches(self._blocks(), len(self._table.headers))

    def _blocks(self) -> Iterator[RawBlock]:
        rows = self._table.rows
        for start in range(0, len(rows), 2_000):
            part = list(rows[start : start + 2_000])
            numbers = list(range(start + 1, start + len(part) + 1))
            chars = sum(len(text) for row in part for text in row if text)
            yield RawBlock(numbers, list(numbers), list(part), {}, chars)
