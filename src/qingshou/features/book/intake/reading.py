"""The caller's side of the limited child: start it, stream its chunks, turn its death into a clear refusal."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

import qingshou
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limits import CHILD_STALL_SECONDS
from qingshou.features.book.intake.raw_rows import SourceShape
from qingshou.features.book.intake.source_spec import SourceSpec

_SHAPE_KEY = b"qingshou.shape"
_DEATHS = {
    signal.SIGXCPU: ("TOO_SLOW", "Reading the file takes more processor time than any sound file needs."),
    signal.SIGKILL: ("STALLED", "Reading the file stalled or was stopped from outside."),
}


class Source:
    """An open file, seen through the child: `shape`, then `chunks()` once."""

    def __init__(self, process: "subprocess.Popen[bytes]", stall_seconds: float) -> None:
        self._process = process
        self._stall_seconds = stall_seconds
        self._errors: list[bytes] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._stream = self._guarded_open()
        self.shape = SourceShape(**json.loads(self._stream.schema.metadata[_SHAPE_KEY]))

    def _listen(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 (given as a pipe)
        self._errors.append(self._process.stderr.read()[-20_000:])

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Kill a child that gives nothing for too long."""
        timer = threading.Timer(self._stall_seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _guarded_open(self) -> pa.RecordBatchStreamReader:
        try:
            with self._watched():
                return pa.ipc.open_stream(self._process.stdout)
        except (pa.ArrowInvalid, OSError):
            raise self._refusal() from None

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """Give the rows chunk by chunk; FileRefused when the child gave up half-way."""
        while True:
            try:
                with self._watched():
                    batch = self._stream.read_next_batch()
            except StopIteration:
                break
            except (pa.ArrowInvalid, OSError):
                raise self._refusal() from None
            yield batch
        if self._process.wait() != 0:
            raise self._refusal()

    def _refusal(self) -> FileRefused:
        code = self._process.wait()
        self._listener.join(timeout=5)
        text = b"".join(self._errors).decode("utf-8", "replace")
        for line in reversed(text.splitlines()):
            if line.startswith('{"why"'):
                told = json.loads(line)
                return FileRefused(told["message"], why=told["why"])
        if code < 0 and signal.Signals(-code) in _DEATHS:
            why, message = _DEATHS[signal.Signals(-code)]
            return FileRefused(message, why=why)
        # The child's own words may quote the file: only the kind of error is passed on.
        kind = text.strip().splitlines()[-1].split(":")[0][:80] if text.strip() else f"exit {code}"
        return FileRefused(f"The file could not be read ({kind}).", why="PARSER_FAILED")


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@contextlib.contextmanager
def open_source(
    *, path: Path, spec: SourceSpec, rows_max: int | None = None, stall_seconds: float = CHILD_STALL_SECONDS
) -> Iterator[Source]:
    """Open a stranger's file in a limited child.

    Takes   path       a CSV (plain or gzip), XLSX or Parquet file
            spec       what the mapping says of the file
            rows_max   stop after so many rows
    Gives   Source     its shape at once, its rows in chunks of text
    Stops   FileRefused with a stable `why` when the file is hostile, broken or no table
    """
    if not path.is_file():
        raise FileRefused(f"There is no file at {path.name}.", why="NO_FILE")
    root = str(Path(qingshou.__file__).parent.parent)
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": root,
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # One arena and the plain allocator: what the limit counts is what is really used.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "qingshou.features.book.intake.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        bufsize=1 << 20,
    )
    assert process.stdin is not None  # noqa: S101 (given as a pipe)
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(
            json.dumps({"path": str(path.resolve()), "spec": asdict(spec), "rows_max": rows_max}).encode()
        )
        process.stdin.close()
    try:
        yield Source(process, stall_seconds)
    finally:
        _end(process)
