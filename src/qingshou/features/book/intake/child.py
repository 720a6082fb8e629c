"""The limited child: the only process that opens a stranger's file. It can write nothing but its answer.

    python -m qingshou.features.book.intake.child < request.json > rows.arrow

Standard output is an Arrow stream of text chunks whose schema metadata holds the file's shape; on failure standard
error ends with one JSON line {"why", "message"}. Memory, processor time and files are capped by the kernel before the
file is opened: a bomb ends this process, never the caller.
"""

import dataclasses
import json
import os
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from qingshou.features.book.intake.csv_reader import CsvReader
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limited import limit_process
from qingshou.features.book.intake.limits import (
    CHILD_CPU_SECONDS_BASE,
    CHILD_CPU_SECONDS_PER_MB,
    CHILD_MEMORY_EXTRA_BYTES,
)
from qingshou.features.book.intake.parquet_reader import ParquetReader
from qingshou.features.book.intake.raw_rows import Reader, schema_of
from qingshou.features.book.intake.source_spec import SourceSpec
from qingshou.features.book.intake.xlsx_reader import XlsxReader

SHAPE_KEY = b"qingshou.shape"


def _kind(path: Path, wanted: str) -> str:
    """Return the format by content, not by name; a mapping that says otherwise is refused."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"PK\x03\x04"):
        found = "xlsx"
    elif head.startswith(b"PAR1"):
        found = "parquet"
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("This is an old or encrypted Excel file: save it as .xlsx without password.", why="OLD_EXCEL")
    elif head.startswith((b"PK\x05\x06", b"%PDF", b"\x7fELF", b"MZ", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")):
        raise FileRefused("This is no table: give CSV, XLSX or Parquet.", why="UNKNOWN_FORMAT")
    else:
        found = "csv"
    if wanted not in ("auto", found):
        raise FileRefused(f"The mapping says {wanted}, but the file is {found}.", why="WRONG_FORMAT")
    return found


def open_reader(path: Path, spec: SourceSpec) -> Reader:
    """Return the reader for a file, its head already read."""
    kind = _kind(path, spec.format)
    if kind == "xlsx" and not zipfile.is_zipfile(path):
        raise FileRefused("The workbook's zip directory is broken: save it again.", why="BROKEN_ZIP")
    readers: dict[str, type[CsvReader] | type[XlsxReader] | type[ParquetReader]] = {
        "csv": CsvReader,
        "xlsx": XlsxReader,
        "parquet": ParquetReader,
    }
    return readers[kind](path, spec)


def _answer(path: Path, spec: SourceSpec, rows_max: int | None) -> None:
    reader = open_reader(path, spec)
    described = json.dumps(dataclasses.asdict(reader.shape), ensure_ascii=False).encode()
    schema = schema_of(len(reader.shape.headers)).with_metadata({SHAPE_KEY: described})
    left = rows_max
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as writer:
        for batch in reader.chunks():
            if left is not None:
                batch = batch.slice(0, left)
                left -= batch.num_rows
            writer.write_batch(batch)
            sys.stdout.buffer.flush()
            if left == 0:
                break


def main() -> int:
    """Read one request, answer it, and say why not when it cannot be answered."""
    request = json.loads(sys.stdin.read())
    path = Path(request["path"])
    refusal: dict[str, str]
    try:
        seconds = CHILD_CPU_SECONDS_BASE + CHILD_CPU_SECONDS_PER_MB * (path.stat().st_size // 1_000_000)
        limit_process(memory_bytes=CHILD_MEMORY_EXTRA_BYTES, cpu_seconds=seconds)
        _answer(path, SourceSpec(**request["spec"]), request.get("rows_max"))
        return 0
    except FileRefused as error:
        refusal = {"why": error.why, "message": error.message}
    except (MemoryError, pa.ArrowMemoryError):
        refusal = {
            "why": "TOO_MUCH_MEMORY",
            "message": "Reading the file takes more memory than any sound file needs: split it or save it as CSV.",
        }
    except BrokenPipeError:
        return 0
    sys.stderr.write("\n" + json.dumps(refusal, ensure_ascii=False) + "\n")
    sys.stderr.flush()
    os._exit(3)  # a stream cut short must not be closed politely


if __name__ == "__main__":
    raise SystemExit(main())
