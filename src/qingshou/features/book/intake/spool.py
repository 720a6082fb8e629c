"""The raw rows of a file while it is imported, sealed: settling may refuse rows long after they were read."""

import io
from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa

from qingshou.features.book.intake.atomic import storage_errors
from qingshou.features.book.intake.raw_rows import SEQ
from qingshou.features.book.intake.sealed import SealedWriter, VaultKeys, read_sealed


class Spool:
    """Chunks of raw rows, compressed and sealed in the staging folder, found again by their running number."""

    def __init__(self, path: Path, *, keys: VaultKeys, tenant: str) -> None:
        self._path, self._keys = path, keys
        self._purpose = f"spool:{tenant}"
        self._writer = SealedWriter(path, keys=keys, purpose=self._purpose)
        self._spans: list[range] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep one chunk; its SEQ column runs without gaps only before rows are filtered."""
        seqs = batch.column(SEQ)
        self._spans.append(range(seqs[0].as_py(), seqs[-1].as_py() + 1) if len(seqs) else range(0))
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_batch(batch)
        with storage_errors():
            self._writer.write(sink.getvalue())

    def close(self, *, failed: bool = False) -> None:
        with storage_errors():
            self._writer.__exit__(RuntimeError if failed else None, None, None)

    def chunks_with(self, wanted: Collection[int]) -> Iterator[pa.RecordBatch]:
        """Give the chunks that hold any of the running numbers wanted."""
        ordered = sorted(wanted)
        for span, chunk in zip(
            self._spans, read_sealed(self._path, keys=self._keys, purpose=self._purpose), strict=True
        ):
            if span and any(seq in span for seq in ordered):
                yield from pa.ipc.open_stream(pa.BufferReader(chunk)).read_all().to_batches()
