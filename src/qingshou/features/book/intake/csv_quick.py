"""The quick way through a CSV: a block of lines without quotes is split by Arrow at once, line by line the same rows.

What has quotes, or is odd in many lines, is left to the exact reader (csv_reader.py).
"""

from collections.abc import Callable, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.csv as pa_csv

from qingshou.features.book.intake.limits import FIELD_CHARS_MAX
from qingshou.features.book.intake.raw_rows import schema_of
from qingshou.features.book.intake.reasons import Reason

Fault = tuple[Reason, int | None, str | None]
Fitted = Callable[[list[str], int], tuple[list[str], Reason, str | None]]
_ODD_SHARE_MAX = 0.1
_LINES_MIN = 128  # fewer are split sooner one by one


class QuickSplit:
    """Splits blocks of physical lines for one delimiter and width."""

    def __init__(self, *, delimiter: str, quote: str, width: int, fitted: Fitted) -> None:
        self._delimiter, self._quote, self._width, self._fitted = delimiter, quote, width, fitted
        self._schema = schema_of(width)
        names = [f"c{index}" for index in range(width)]
        # Arrow takes a delimiter of one byte; a blank line of a single column is a row, which it would drop
        self._is_fit = width > 1 and delimiter.isascii()
        self._parse = pa_csv.ParseOptions(
            delimiter=delimiter if self._is_fit else ",", quote_char=False, ignore_empty_lines=False
        )
        self._convert = pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        )
        self._names = names

    def split(self, block: list[str], first: int, numbers: Iterator[int]) -> pa.RecordBatch | None:
        """Return the rows of a block, or None when it needs a closer look.

        Takes   block    physical lines with their ends
                first    the number of the first
                numbers  counts the rows of the file; moved on only when there is an answer
        """
        if len(block) < _LINES_MIN:
            return None
        text = "".join(block)
        if not self._is_fit or (self._quote and self._quote in text) or text[:1] == "\ufeff":
            return None
        if max(map(len, block)) > FIELD_CHARS_MAX:
            return None
        numbered = range(first, first + len(block))
        lines: list[int] | range = numbered
        faults: dict[int, Fault] = {}
        between = self._width - 1
        odd = [index for index, line in enumerate(block) if line.count(self._delimiter) != between]
        if odd:
            if len(odd) > _ODD_SHARE_MAX * len(block):
                return None
            block, lines, faults = self._mended(block, numbered, odd)
            text = "".join(block)
        batch = self._columns(text.encode(), len(lines))
        if batch is None:
            return None
        return pa.RecordBatch.from_arrays(
            [
                pa.array(lines, pa.int64()),
                pa.array(list(islice(numbers, len(lines))), pa.int64()),
                *_fault_columns(faults, len(lines)),
                *batch.columns,
            ],
            schema=self._schema,
        )

    def _mended(self, block: list[str], lines: range, odd: list[int]) -> tuple[list[str], list[int], dict[int, Fault]]:
        """Drop blank lines; cut or fill the others that do not fit the header, and note why."""
        kept: list[str] = []
        numbers: list[int] = []
        faults: dict[int, Fault] = {}
        unfit = set(odd)
        for index, line in enumerate(block):
            if index in unfit:
                row = line.rstrip("\r\n").split(self._delimiter)
                if row == [""]:
                    continue
                row, bad, rest = self._fitted(row, self._width)
                faults[len(kept)] = (bad, None, rest)
                line = self._delimiter.join(row) + "\n"
            kept.append(line)
            numbers.append(lines[index])
        return kept, numbers, faults

    def _columns(self, content: bytes, size: int) -> pa.RecordBatch | None:
        options = pa_csv.ReadOptions(column_names=self._names, block_size=len(content) + 1, use_threads=False)
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(content),
                read_options=options,
                parse_options=self._parse,
                convert_options=self._convert,
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != size:
            return None
        return table.combine_chunks().to_batches()[0]


def _fault_columns(faults: dict[int, Fault], size: int) -> list[pa.Array]:
    if not faults:
        return [pa.nulls(size, pa.string()), pa.nulls(size, pa.int32()), pa.nulls(size, pa.string())]
    found = [faults.get(index, (None, None, None)) for index in range(size)]
    kinds = (pa.string(), pa.int32(), pa.string())
    return [pa.array([fault[place] for fault in found], kind) for place, kind in enumerate(kinds)]
