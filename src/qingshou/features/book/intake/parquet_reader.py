"""Parquet, judged by its footer and streamed: every typed value becomes the text that states it exactly."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limits import CHUNK_ROWS, COLUMNS_MAX, ROWS_MAX
from qingshou.features.book.intake.raw_rows import SourceShape, schema_of, unique_headers
from qingshou.features.book.intake.source_spec import SourceSpec

_FOOTER_BYTES_MAX = 16_000_000


class ParquetReader:
    """A Parquet file; the line of a row is its number, counted from 1."""

    def __init__(self, path: Path, _spec: SourceSpec) -> None:
        _check_footer_size(path)
        try:
            self._file = pq.ParquetFile(
                path,
                memory_map=False,
                pre_buffer=False,
                buffer_size=262_144,
                thrift_string_size_limit=_FOOTER_BYTES_MAX,
                thrift_container_size_limit=200_000,
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, ValueError):
            raise FileRefused("The Parquet file's footer is broken: write it again.", why="BROKEN_PARQUET") from None
        schema = self._file.schema_arrow
        if len(schema) > COLUMNS_MAX:
            raise FileRefused(f"The file has more than {COLUMNS_MAX} columns.", why="TOO_WIDE")
        if not 0 <= self._file.metadata.num_rows <= ROWS_MAX:
            raise FileRefused(f"The file claims more than {ROWS_MAX:,} rows.", why="TOO_LARGE")
        nested = [field.name for field in schema if pa.types.is_nested(field.type)]
        self._names = [field.name for field in schema if field.name not in nested]
        if not self._names:
            raise FileRefused("The Parquet file has no plain columns.", why="EMPTY")
        self.shape = SourceShape(
            format="parquet",
            headers=unique_headers(self._names),
            encoding="parquet",
            rows_total=self._file.metadata.num_rows,
            types=[str(schema.field(name).type) for name in self._names],
        )

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """Give the file's rows in record batches of text."""
        schema = schema_of(len(self._names))
        done = 0
        try:
            stream = self._file.iter_batches(batch_size=CHUNK_ROWS, columns=self._names, use_threads=False)
            for batch in stream:
                size = batch.num_rows
                numbers = pa.array(range(done + 1, done + size + 1), pa.int64())
                none = [pa.nulls(size, field.type) for field in list(schema)[2:5]]
                texts = [as_text(column) for column in batch.columns]
                yield pa.RecordBatch.from_arrays([numbers, numbers, *none, *texts], schema=schema)
                done += size
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, ValueError):
            raise FileRefused(
                f"The Parquet file is broken after row {done:,}: write it again.", why="BROKEN_PARQUET"
            ) from None


def _check_footer_size(path: Path) -> None:
    """Refuse a footer larger than any real one before it is parsed."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 8))
        tail = stream.read(8)
    footer = int.from_bytes(tail[:4], "little") if len(tail) == 8 else 0
    if tail[4:] != b"PAR1" or not 0 < footer <= min(size, _FOOTER_BYTES_MAX):
        raise FileRefused("The Parquet file's footer is broken or too large.", why="BROKEN_PARQUET")


def as_text(column: pa.Array) -> pa.Array:
    """Return a typed column as text that states each value exactly and without an exponent."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_string(kind):
        return column
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        values = [None if value is None else value.decode("utf-8", "replace") for value in column.to_pylist()]
        return pa.array(values, pa.string())
    if pa.types.is_decimal(kind):
        return _plainly(pc.cast(column, pa.string()))
    return pc.cast(column, pa.string())


def _floats(column: pa.Array) -> pa.Array:
    """Write doubles with their shortest exact digits; large and tiny ones by hand, as Arrow would use an exponent."""
    wide = pc.cast(column, pa.float64()) if column.type != pa.float32() else column
    return _plainly(pc.cast(wide, pa.string()))


def _plainly(text: pa.Array) -> pa.Array:
    """Write out the few numbers that were given an exponent."""
    odd = pc.fill_null(pc.match_substring_regex(text, "[^0-9.-]"), False)
    if not pc.any(odd).as_py():
        return text
    values = [
        _expanded(value) if is_odd else value for value, is_odd in zip(text.to_pylist(), odd.to_pylist(), strict=True)
    ]
    return pa.array(values, pa.string())


def _expanded(text: str) -> str:
    return f"{Decimal(text):f}" if "e" in text.lower() else text


def _timestamps(column: pa.Array) -> pa.Array:
    """Write midnights as dates and other instants with their time, in the zone the file states."""
    local = pc.local_timestamp(column) if column.type.tz else column
    text = pc.strftime(pc.cast(local, pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
    return pc.replace_substring_regex(text, " 00:00:00$", "")
