"""DuckDB: one machine, bounded memory, spills to disk.

Lazy frames hold relations of one connection, so an engine is used by one thread at a time.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
from narwhals.dtypes import DType

import qingshou.engine.quiet_exit  # noqa: F401  (registers itself)
from qingshou.engine.landing import landing
from qingshou.engine.plan import Frame, Limits, StringOrPath, cast_columns, existing, format_of, parts_of


class DuckEngine:
    """One in-memory DuckDB with a memory limit and a spill folder of its own."""

    name = "duckdb"

    def __init__(self, *, limits: Limits) -> None:
        self._spill = tempfile.mkdtemp(prefix="qingshou-spill-", dir=limits.spill_dir)
        config: dict[str, Any] = {
            "memory_limit": f"{limits.memory_mib}MiB",
            "threads": limits.threads or os.cpu_count() or 1,
            "temp_directory": self._spill,
            # Row order is asked for where it is wanted; keeping it everywhere would hold whole files in memory.
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("SET enable_progress_bar = false")
        self._kept = 0

    def scan(self, path: StringOrPath, *, columns: Mapping[str, DType] | None = None) -> Frame:
        """Scan Parquet with DuckDB's reader, CSV as text that is then cast."""
        if format_of(path) == "parquet":
            relation = self._connection.read_parquet(parts_of(path), hive_partitioning=False)
        else:
            relation = self._connection.read_csv(
                str(existing(path)), header=True, all_varchar=True, delimiter=",", strict_mode=True
            )
        return cast_columns(nw.from_native(relation), columns)

    def frame(self, table: pa.Table) -> Frame:
        """Wrap an Arrow table."""
        return nw.from_native(self._connection.from_arrow(table))

    def keep(self, frame: Frame) -> Frame:
        """Compute into a temporary table, which spills like everything else."""
        self._kept += 1
        name = f"kept_{self._kept}"
        relation = nw.to_native(frame)
        relation.create(name)
        return nw.from_native(self._connection.table(name))

    def collect(self, frame: Frame) -> pa.Table:
        """Compute into Arrow."""
        table: pa.Table = nw.to_native(frame).to_arrow_table()
        return table

    def sink(self, frame: Frame, path: StringOrPath, *, order_by: Sequence[str] = ()) -> None:
        """Write one file; sorting spills when it must."""
        relation = nw.to_native(frame)
        if order_by:
            relation = relation.order(", ".join(f'"{name}"' for name in order_by))
        with landing(path) as draft:
            if format_of(path) == "parquet":
                relation.to_parquet(str(draft), compression="snappy")
            else:
                relation.to_csv(str(draft), header=True)

    def close(self) -> None:
        """Close the connection and remove the spill folder."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)
