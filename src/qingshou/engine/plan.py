"""What an engine offers: scan files into lazy frames, keep a result that is used twice, sink a frame to a file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import pyarrow as pa
from narwhals.dtypes import DType

from qingshou.kernel.errors import BadInput, NotFound

Frame = nw.LazyFrame[Any]
StringOrPath = str | os.PathLike[str]

FORMATS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv"}
MONEY = nw.Decimal(18, 3)
RATE = nw.Decimal(9, 6)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take. DuckDB spills to `spill_dir` when `memory_mib` is full; Spark's driver gets the same."""

    memory_mib: int = 1024
    threads: int | None = None
    spill_dir: Path | None = None


class Engine(Protocol):
    """One way to run frames. Made by session.open_engine, used as a context manager, closed at its end."""

    name: str

    def scan(self, path: StringOrPath, *, columns: Mapping[str, DType] | None = None) -> Frame:
        """Return a lazy frame over a Parquet or CSV file (or a folder of Parquet parts), columns cast as asked."""

    def frame(self, table: pa.Table) -> Frame:
        """Return a lazy frame over an Arrow table in memory."""

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, so that what is built on it twice is not computed twice."""

    def collect(self, frame: Frame) -> pa.Table:
        """Compute a frame into memory; for small results."""

    def sink(self, frame: Frame, path: StringOrPath, *, order_by: Sequence[str] = ()) -> None:
        """Compute a frame into one Parquet or CSV file: written beside it, synced, then renamed."""

    def close(self) -> None:
        """Give back memory, threads and spill files."""


def format_of(path: StringOrPath) -> str:
    """Return 'parquet' or 'csv' by the name's ending; a folder is Parquet parts."""
    place = Path(path)
    if place.is_dir():
        return "parquet"
    kind = FORMATS.get(place.suffix.lower())
    if kind is None:
        raise BadInput(f"'{place.name}' is neither CSV nor Parquet by its name: end it with .csv or .parquet.")
    return kind


def existing(path: StringOrPath) -> Path:
    """Return the path when something is there to read."""
    place = Path(path)
    if not place.exists():
        raise NotFound(f"There is no file '{place}': check the path.")
    return place


def parts_of(path: StringOrPath) -> list[str]:
    """Return the files behind a path: itself, or the Parquet parts in a folder, in order of name."""
    place = existing(path)
    if not place.is_dir():
        return [str(place)]
    parts = sorted(str(part) for part in place.rglob("*.parquet"))
    if not parts:
        raise NotFound(f"The folder '{place}' holds no Parquet part: check the path.")
    return parts


def cast_columns(frame: Frame, columns: Mapping[str, DType] | None) -> Frame:
    """Keep the named columns, each as its type; a missing one is refused by name."""
    if columns is None:
        return frame
    names = frame.collect_schema().names()
    missing = [name for name in columns if name not in names]
    if missing:
        raise BadInput(f"The file has no column {', '.join(missing)}: it has {', '.join(names)}.", missing=missing)
    return frame.select(*(nw.col(name).cast(kind) for name, kind in columns.items()))
