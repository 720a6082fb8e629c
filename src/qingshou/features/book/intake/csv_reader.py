"""CSV of any dialect and encoding, row by row with physical line numbers, hostile input included."""

import csv
import gzip
import io
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from qingshou.features.book.intake.csv_lines import Lines
from qingshou.features.book.intake.csv_quick import QuickSplit
from qingshou.features.book.intake.encodings import CODECS, Encoding, detect
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limits import (
    COLUMNS_MAX,
    FIELD_CHARS_MAX,
    GZIP_FREE_BYTES,
    GZIP_RATIO_MAX,
    RECORD_LINES_MAX,
)
from qingshou.features.book.intake.quarantine_form import MARKERS, unguard
from qingshou.features.book.intake.raw_rows import RawBlock, RawRow, SourceShape, batches, unique_headers
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.source_spec import SourceSpec

_HEAD_BYTES = 1_048_576
_BLOCK_CHARS = 500_000
_PIECE_LINES = 64
_DELIMITERS = ",;\t|^~:"


class _CountedGzip(io.RawIOBase):
    """A decompressed stream that stops when it has grown beyond all proportion to what was read."""

    def __init__(self, path: Path) -> None:
        self._packed = path.stat().st_size
        self._stream = gzip.open(path, "rb")  # noqa: SIM115 (closed with this object)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), 262_144))
        self._given += len(data)
        if self._given > GZIP_FREE_BYTES and self._given > self._packed * GZIP_RATIO_MAX:
            raise FileRefused(
                f"The compressed file unpacks to more than {GZIP_RATIO_MAX} times its size: unpack it yourself "
                "and look at it before giving it again.",
                why="BOMB",
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_bytes(path: Path) -> BinaryIO:
    """Open a plain or gzip file as bytes."""
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return io.BufferedReader(_CountedGzip(path)) if packed else path.open("rb")


def guess_delimiter(sample: list[str], quote: str) -> str:
    """Return the delimiter that splits the sample's lines most evenly into the most fields."""
    best, best_score = ",", 0.0
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=mark, quotechar=quote or '"') if row]
        except csv.Error:
            continue
        if not widths or max(widths) == 1:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        if usual == 1:
            continue
        score = widths.count(usual) / len(widths) + min(usual, 50) / 1000 + (0.002 if mark in ",\t" else 0)
        if mark == ":" or mark == "~":
            score -= 0.3
        if score > best_score:
            best, best_score = mark, score
    return best


class CsvReader:
    """A CSV file: its dialect found or given, then rows, each right or with the reason why not."""

    def __init__(self, path: Path, spec: SourceSpec) -> None:
        csv.field_size_limit(FIELD_CHARS_MAX)
        self._spec = spec
        with open_bytes(path) as stream:
            head = stream.read(_HEAD_BYTES)
        if not head.strip(b"\xef\xbb\xbf \r\n\t\x00"):
            raise FileRefused("The file is empty.", why="EMPTY")
        encoding = detect(head) if spec.encoding == "auto" else Encoding(CODECS[spec.encoding], "mapping")
        sample = head.decode(encoding.codec, "replace").splitlines(keepends=True)[: 200 + spec.skip_rows]
        self._quarantine = _is_quarantine(sample)
        skip = 0 if self._quarantine else spec.skip_rows
        delimiter = spec.delimiter if spec.delimiter != "auto" else guess_delimiter(sample[skip:], spec.quote)
        self._delimiter = "," if self._quarantine else delimiter
        self._text = io.TextIOWrapper(open_bytes(path), encoding=encoding.codec, errors="replace", newline="")
        self._lines = Lines(self._text)
        try:
            for _ in range(skip):
                next(self._lines, None)
            headers = self._headers()
        except BaseException:
            self.close()
            raise
        self.shape = SourceShape(
            format="csv",
            headers=headers,
            encoding=encoding.codec,
            encoding_how=encoding.how,
            delimiter=self._delimiter,
            is_quarantine=self._quarantine,
        )

    def close(self) -> None:
        """Let go of the file, for callers that outlive it; the limited child ends instead."""
        self._text.close()

    def _dialect(self) -> dict[str, object]:
        quote = '"' if self._quarantine else self._spec.quote
        quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
        return {"delimiter": self._delimiter, "quotechar": quote or '"', "quoting": quoting, "strict": True}

    def _headers(self) -> list[str]:
        self._lines.start()
        try:
            first = next((row for row in csv.reader(self._lines, **self._dialect()) if row), [])  # type: ignore[arg-type]
        except csv.Error:
            raise FileRefused(
                "The header line cannot be read: a quote is not closed or a name is too long.", why="BAD_HEADER"
            ) from None
        if len(first) > COLUMNS_MAX:
            raise FileRefused(f"The file has more than {COLUMNS_MAX} columns.", why="TOO_WIDE")
        if self._quarantine:
            first = first[: -len(MARKERS)]
            return unique_headers(first) if self._spec.header else [f"column {n}" for n in range(1, len(first) + 1)]
        if self._spec.header:
            return unique_headers(first)
        self._lines.put_back()
        return [f"column {number}" for number in range(1, len(first) + 1)]

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """Give the file's rows in record batches of text."""
        blocks = self._slow_blocks(self._quarantine_rows()) if self._quarantine else self._blocks()
        return batches(blocks, len(self.shape.headers))

    def _blocks(self) -> Iterator[RawBlock | pa.RecordBatch]:
        """Give rows block by block: the quick way where every line is one record, else one by one."""
        width = len(self.shape.headers)
        numbers = count(1)
        slow = self._records(width)
        quick = QuickSplit(delimiter=self._delimiter, quote=self._spec.quote, width=width, fitted=self._fitted)
        while block := self._lines.read_block(_BLOCK_CHARS, _PIECE_LINES):
            first = self._lines.number + 1
            batch = quick.split(block, first, numbers)
            if batch is not None:
                self._lines.number += len(block)
                yield batch
                continue
            rows = self._split(block)
            if rows is not None:
                self._lines.number += len(block)
                checked = self._checked(rows, first, width, numbers)
                checked.chars = sum(map(len, block))
                yield checked
                continue
            self._lines.put_back_block(block)
            # A large block is tried again in pieces, so that one odd line slows down only its neighbours.
            if len(block) <= _PIECE_LINES:
                yield self._one_by_one(slow, first + len(block) - 1, width, numbers)

    def _split(self, block: list[str]) -> list[list[str]] | None:
        """Split lines into fields at once, or None when one of them needs a closer look."""
        if max(map(len, block)) > FIELD_CHARS_MAX:
            return None
        quote = '"' if self._quarantine else self._spec.quote
        if not quote or not any(quote in line for line in block):
            return [line.rstrip("\r\n").split(self._delimiter) for line in block]
        try:
            rows = list(csv.reader(block, **self._dialect()))  # type: ignore[arg-type]
        except csv.Error:
            return None
        return rows if len(rows) == len(block) else None

    def _checked(self, rows: list[list[str]], first: int, width: int, numbers: "count[int]") -> RawBlock:
        """Number the rows, drop blank lines, and mark those whose fields do not fit the header."""
        block = RawBlock([], [], [], {})
        lines = range(first, first + len(rows))
        if any(len(row) != width for row in rows):
            kept = [(line, row) for line, row in zip(lines, rows, strict=True) if row not in ([], [""])]
            rows = [row for _line, row in kept]
            block.lines = [line for line, _row in kept]
            for index, row in enumerate(rows):
                if len(row) != width:
                    rows[index], bad, rest = self._fitted(row, width)
                    block.faults[index] = (bad, None, rest)
        else:
            block.lines = list(lines)
        block.values = list(rows)
        block.rows = list(islice(numbers, len(rows)))
        return block

    def _fitted(self, row: list[str], width: int) -> tuple[list[str], Reason, str | None]:
        if len(row) < width:
            return [*row, *[""] * (width - len(row))], Reason.TOO_FEW_FIELDS, None
        return row[:width], Reason.TOO_MANY_FIELDS, self._joined(row[width:])

    def _one_by_one(self, records: Iterator["_Record"], last: int, width: int, numbers: "count[int]") -> RawBlock:
        """Read the records up to line `last` one by one, resuming after each broken one."""
        block = RawBlock([], [], [], {})
        for line, values, bad, rest in records:
            if bad is None and len(values) != width:
                values, bad, rest = self._fitted(values, width)
            if bad is not None:
                block.faults[len(block.lines)] = (bad, None, rest)
            block.lines.append(line)
            block.rows.append(next(numbers))
            block.values.append(values)
            block.chars += sum(map(len, values))
            if self._lines.number >= last:
                break
        return block

    @staticmethod
    def _slow_blocks(rows: Iterator[RawRow]) -> Iterator[RawBlock]:
        while held := list(islice(rows, 1000)):
            yield RawBlock.of(held)

    def _joined(self, values: list[str]) -> str:
        sink = io.StringIO()
        csv.writer(sink, delimiter=self._delimiter, lineterminator="").writerow(values)
        return sink.getvalue()[:1000]

    def _records(self, width: int) -> Iterator["_Record"]:
        """Give (first line, fields, why the structure is wrong, raw text); resume after each broken record."""
        lines = self._lines
        blank = [""] * width
        source = _Limited(lines)
        reader = csv.reader(source, **self._dialect())  # type: ignore[arg-type]
        while True:
            lines.start()
            first = lines.number + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RecordTooLong) as error:
                why = _why_broken(error, len(lines.record))
                raw = lines.put_back_all_but_first()
                yield first, blank, why, raw[:1000].rstrip("\r\n")
                reader = csv.reader(source, **self._dialect())  # type: ignore[arg-type]
                continue
            if lines.overlong:
                lines.put_back_all_but_first()
                yield first, blank, Reason.LINE_TOO_LONG, lines.record[0].rstrip("\n")
            elif len(lines.record) > 1 and len(values) != width:
                # A record over several lines that does not come out even: a stray quote, not a long address.
                raw = lines.put_back_all_but_first()
                yield first, blank, Reason.BAD_QUOTES, raw[:1000].rstrip("\r\n")
                reader = csv.reader(source, **self._dialect())  # type: ignore[arg-type]
            elif values:
                yield first, values, None, None

    def _quarantine_rows(self) -> Iterator[RawRow]:
        """Read back a corrected quarantine file: original columns, original row numbers, guards removed."""
        width = len(self.shape.headers)
        added = len(MARKERS)
        for line, values, bad, rest in self._records(width + added):
            if bad is None and len(values) != width + added:
                bad, rest = Reason.TOO_FEW_FIELDS, self._joined(values)
                values = (values + [""] * (width + added))[: width + added]
            original = values[width + 1] if bad is None else ""
            row = int(original) if original.isascii() and original.isdigit() and len(original) < 12 else line - 1
            yield RawRow(line, row, [unguard(value) for value in values[:width]], bad, None, rest)


# First line, fields, why the structure is wrong, raw text.
_Record = tuple[int, list[str], Reason | None, str | None]


class _RecordTooLong(Exception):
    """One record spans more lines than any real one."""


class _Limited:
    """The lines of one record at a time: stops a quoted field that never ends."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._lines.record) >= RECORD_LINES_MAX:
            raise _RecordTooLong
        return next(self._lines)


def _why_broken(error: Exception, lines: int) -> Reason:
    """A field too long on one line is just that; over several lines it is a quote that was never closed."""
    is_long = isinstance(error, csv.Error) and "field larger" in str(error) and lines == 1
    return Reason.FIELD_TOO_LONG if is_long else Reason.BAD_QUOTES


def _is_quarantine(sample: list[str]) -> bool:
    first = sample[0].lstrip("\ufeff").rstrip("\r\n") if sample else ""
    return first.endswith(",".join(MARKERS))
