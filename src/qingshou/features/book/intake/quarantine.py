"""Refused rows, sealed, in a form that can be downloaded, corrected and imported again."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from qingshou.features.book.intake.atomic import storage_errors
from qingshou.features.book.intake.quarantine_form import MARKERS, guard
from qingshou.features.book.intake.raw_rows import LINE, REST, ROW
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.sealed import SealedWriter, VaultKeys, read_sealed

Faults = list[tuple[str, Reason]]
_BLOCK_CHARS = 1_000_000
REFUSED_SCHEMA = pa.schema(
    [("line", pa.int64()), ("row", pa.int64()), ("column", pa.string()), ("reason", pa.string())]
)


def _purpose(tenant: str) -> str:
    return f"quarantine:{tenant}"


class Quarantine:
    """Collects refused rows: their values sealed, their places and reasons in the clear."""

    def __init__(self, path: Path, *, headers: Sequence[str], keys: VaultKeys, tenant: str) -> None:
        self._path = path
        self._width = len(headers)
        self._writer = SealedWriter(path, keys=keys, purpose=_purpose(tenant))
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._text.write("\ufeff")  # so that spreadsheets read Chinese right
        self._csv.writerow([*headers, *MARKERS])
        self.places: list[tuple[int, int, str, str]] = []
        self.rows = 0

    def add(self, batch: pa.RecordBatch, faults: dict[int, Faults]) -> None:
        """Add the refused rows of one chunk with all that is wrong with each."""
        if not faults:
            return
        order = sorted(faults)
        rows = pc.take(batch, pa.array(order, pa.int64()))
        columns = [rows.column(f"c{index}").to_pylist() for index in range(self._width)]
        lines, numbers, rests = (rows.column(name).to_pylist() for name in (LINE, ROW, REST))
        for place, index in enumerate(order):
            names = "; ".join(name for name, _reason in faults[index])
            reasons = "; ".join(reason.value for _name, reason in faults[index])
            values = [guard(column[place] or "") for column in columns]
            self._csv.writerow([*values, lines[place], numbers[place], names, reasons, guard(rests[place] or "")])
            self.places += [(lines[place], numbers[place], name, reason.value) for name, reason in faults[index]]
            self.rows += 1
        if self._text.tell() > _BLOCK_CHARS:
            self._flush()

    def _flush(self) -> None:
        with storage_errors():
            content = self._text.getvalue().encode("utf-8", "surrogatepass")
            for start in range(0, len(content), 4 * _BLOCK_CHARS):
                self._writer.write(content[start : start + 4 * _BLOCK_CHARS])
        self._text.seek(0)
        self._text.truncate()

    def close(self, *, failed: bool = False) -> None:
        """Seal what is left; a failed import leaves only its staging folder, which the next one empties."""
        if not failed:
            self._flush()
        with storage_errors():
            self._writer.__exit__(RuntimeError if failed else None, None, None)

    def places_table(self) -> pa.Table:
        """Return line, row, column and reason of every fault, in order of line: no values."""
        ordered = sorted(self.places)
        columns = [[place[index] for place in ordered] for index in range(len(REFUSED_SCHEMA))]
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, REFUSED_SCHEMA, strict=True)], REFUSED_SCHEMA)


def read_quarantine(path: Path, *, keys: VaultKeys, tenant: str) -> Iterator[bytes]:
    """Give the bytes of a quarantine file (CSV, UTF-8 with BOM), for download by who may see personal data."""
    return read_sealed(path, keys=keys, purpose=_purpose(tenant))
