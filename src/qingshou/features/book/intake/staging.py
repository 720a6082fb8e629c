"""Chunks in, staged frames out: nothing personal touches the disk in the clear, not even for a moment."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qingshou.features.book.intake.atomic import storage_errors
from qingshou.features.book.intake.judge import Judge, Judged, money_targets
from qingshou.features.book.intake.mapping import Mapping
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.quarantine import Quarantine
from qingshou.features.book.intake.raw_rows import SEQ
from qingshou.features.book.intake.reading import Source
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.features.book.intake.spool import Spool
from qingshou.features.book.intake.table_source import OpenTable
from qingshou.features.book.intake.targets import Frame, Kind
from qingshou.features.book.intake.vault import VaultWriter, digests

Progress = Callable[[str, int, int | None], None]
Opener = Callable[[], AbstractContextManager[Source | OpenTable]]


def with_seq(batch: pa.RecordBatch, done: int) -> pa.RecordBatch:
    """Number the rows of a chunk on from `done`."""
    return batch.append_column(SEQ, pa.array(np.arange(done, done + batch.num_rows, dtype=np.int64)))


def slim(table: pa.Table, frame: Frame, key: bytes) -> pa.Table:
    """Return what settling a personal frame needs and no more: its key, its amounts, a keyed digest of its rows."""
    names = list(frame.key)
    names += [t.name for t in frame.targets if t.kind is Kind.MONEY and t.name not in names]
    kept = table.select([*names, SEQ])
    return kept.append_column("content", digests(table, frame, key))


class FrameStage:
    """The staged rows of one frame: Parquet for the lake's frames, sealed file and slim keys for personal ones."""

    def __init__(self, frame: Frame, folder: Path, *, keys: VaultKeys, tenant: str) -> None:
        self.frame = frame
        self.path = folder / f"{frame.name}.parquet"
        self.sealed_path = folder / f"{frame.name}.sealed"
        self._digest_key = keys.key(keys.current, purpose=f"rows:{tenant}:{frame.name}")
        self._vault = (
            VaultWriter(self.sealed_path, keys=keys, tenant=tenant, frame=frame.name) if frame.is_personal else None
        )
        self._parquet: pq.ParquetWriter | None = None
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        if self._vault is not None:
            self._vault.write(table)
            table = slim(table, self.frame, self._digest_key)
        with storage_errors():
            if self._parquet is None:
                # read once and thrown away: quick to write is all it must be
                self._parquet = pq.ParquetWriter(
                    self.path, table.schema, compression="lz4", use_dictionary=False, write_statistics=False
                )
            self._parquet.write_table(table)
        self.rows += table.num_rows

    def close(self, *, failed: bool = False) -> None:
        if self._vault is not None:
            self._vault.close(failed=failed)
        if self._parquet is not None:
            with storage_errors():
                self._parquet.close()


@dataclass
class Staged:
    """What a whole file came to before duplicates are looked for."""

    frames: dict[str, FrameStage]
    quarantine: Quarantine
    spool: Spool
    headers: list[str]
    format: str
    encoding: str
    delimiter: str
    is_quarantine: bool
    rows_read: int = 0
    rows_refused: int = 0
    rows_filtered: int = 0
    stripped: int = 0
    read: dict[str, Decimal] = field(default_factory=dict)
    refused: dict[str, Decimal] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    refused_keys: set[str] = field(default_factory=set)

    def keep(self, judged: Judged) -> None:
        """Stage one chunk: sound rows, refused rows, raw rows."""
        for name, table in judged.frames.items():
            self.frames[name].add(table)
        self.quarantine.add(judged.batch, judged.refused)
        self.spool.add(judged.batch)
        self.count(judged)

    def count(self, judged: Judged) -> None:
        """Add one chunk to the control totals."""
        self.rows_read += judged.batch.num_rows
        self.rows_refused += len(judged.refused)
        self.rows_filtered += judged.filtered
        self.stripped += judged.stripped
        self.refused_keys |= judged.refused_keys
        for name, sums in judged.sums.items():
            self.read[name] = self.read.get(name, Decimal(0)) + sums.read
            self.refused[name] = self.refused.get(name, Decimal(0)) + sums.refused
            self.unreadable[name] = self.unreadable.get(name, 0) + sums.unreadable

    def close(self, *, failed: bool = False) -> None:
        self.quarantine.close(failed=failed)
        self.spool.close(failed=failed)
        for stage in self.frames.values():
            stage.close(failed=failed)


def stage(
    *,
    opener: Opener,
    mapping: Mapping,
    as_of: date,
    places: Places,
    folder: Path,
    keys: VaultKeys,
    progress: Progress,
) -> Staged:
    """Read the source, judge every row, stage the sound ones; the quarantine stays open."""
    with opener() as source:
        shape = source.shape
        judge = Judge(mapping=mapping, headers=shape.headers, as_of=as_of)
        staged = Staged(
            frames={frame.name: FrameStage(frame, folder, keys=keys, tenant=places.tenant) for frame in judge.frames},
            quarantine=Quarantine(folder / "quarantine.sealed", headers=shape.headers, keys=keys, tenant=places.tenant),
            spool=Spool(folder / "spool.sealed", keys=keys, tenant=places.tenant),
            headers=shape.headers,
            format=shape.format,
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            is_quarantine=shape.is_quarantine,
        )
        for target in money_targets(mapping.frame, judge.given):
            staged.read[target.name] = staged.refused[target.name] = Decimal(0)
            staged.unreadable[target.name] = 0
        try:
            # one chunk is written away while the next is judged and the one after that is read by the child
            with ThreadPoolExecutor(max_workers=1) as writer:
                done = 0
                written: Future[None] | None = None
                for batch in source.chunks():
                    judged = judge.judge(with_seq(batch, done))
                    done += batch.num_rows
                    if written is not None:
                        written.result()
                    written = writer.submit(staged.keep, judged)
                    progress("read", done, shape.rows_total)
                if written is not None:
                    written.result()
        except BaseException:
            staged.close(failed=True)
            raise
    staged.spool.close()
    for frame_stage in staged.frames.values():
        frame_stage.close()
    return staged


def quarantine_settled(staged: Staged, *, dropped: dict[int, str], label: str) -> None:
    """Add the rows settling refused to the quarantine, so that their values, too, can be corrected."""
    for batch in staged.spool.chunks_with(dropped):
        faults = {
            index: [(label, Reason(dropped[seq]))]
            for index, seq in enumerate(batch.column(SEQ).to_pylist())
            if seq in dropped
        }
        staged.quarantine.add(batch, faults)
