"""The lake: Parquet by as-of date, written once, never changed."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qingshou.features.book.intake.atomic import publish, storage_errors
from qingshou.features.book.intake.places import Places

_GROUP_ROWS = 131_072


def _regrouped(source: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Give tables of one fixed size: the same rows make the same bytes, however they arrive."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in source:
        held.append(batch)
        rows += batch.num_rows
        while rows >= _GROUP_ROWS:
            table = pa.Table.from_batches(held, schema)
            yield table.slice(0, _GROUP_ROWS).combine_chunks()
            rest = table.slice(_GROUP_ROWS)
            held, rows = rest.to_batches(), rest.num_rows
    if rows:
        yield pa.Table.from_batches(held, schema).combine_chunks()


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give the same tables, each fetched while the one before is worked on."""
    with ThreadPoolExecutor(max_workers=1) as fetcher:
        waiting = fetcher.submit(next, tables, None)
        while (table := waiting.result()) is not None:
            waiting = fetcher.submit(next, tables, None)
            yield table


def write_parquet(source: pa.RecordBatchReader, path: Path) -> tuple[int, str]:
    """Write rows in their order; return how many and the SHA-256 of the file's bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    # ids and amounts hardly ever repeat: looking for repeats among them costs time and room
    repeated = [one.name for one in source.schema if not one.name.endswith("_id") and not pa.types.is_decimal(one.type)]
    with storage_errors():
        with pq.ParquetWriter(
            path, source.schema, compression="zstd", compression_level=1, use_dictionary=repeated
        ) as writer:
            for table in _ahead(_regrouped(source, source.schema)):
                writer.write_table(table, row_group_size=_GROUP_ROWS)
                rows += table.num_rows
        return rows, file_digest(path)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def part_name(digest: str) -> str:
    """Return the name a part has by its content."""
    return f"part-{digest[:32]}.parquet"


def write(*, frame: pa.Table | pa.RecordBatchReader, home: Path, tenant: str, as_of: date, table: str) -> Path:
    """Lay down rows as one part of a frame on one as-of date, atomically.

    Takes   frame    rows in their lasting order, without personal columns
    Gives   Path     part-<content hash>.parquet; the same rows give the same name, and writing twice changes nothing
    Stops   StorageFull when the disk takes no more; nothing is visible then
    """
    places = Places(home, tenant)
    folder = places.partition(table, as_of)
    reader = frame.to_reader() if isinstance(frame, pa.Table) else frame
    with storage_errors():
        folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".writing-{os.getpid()}-{os.urandom(4).hex()}.tmp"
    try:
        _rows, digest = write_parquet(reader, temporary)
        final = folder / part_name(digest)
        publish(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)
    return final


def parts(*, home: Path, tenant: str, table: str, as_of: date) -> list[Path]:
    """Return the parts of a frame on one as-of date, in order of name."""
    return sorted(Places(home, tenant).partition(table, as_of).glob("part-*.parquet"))


def dates(*, home: Path, tenant: str, table: str = "loans") -> list[date]:
    """Return the as-of dates for which the lake holds a frame."""
    folder = Places(home, tenant).lake / table
    found = [path.name.removeprefix("as_of=") for path in folder.glob("as_of=*") if any(path.glob("part-*.parquet"))]
    return sorted(date.fromisoformat(name) for name in found)
