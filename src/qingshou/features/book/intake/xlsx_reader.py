"""XLSX streamed cell by cell: stored values only, formulas never run, no sheet held in memory."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path

import pyarrow as pa

from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limits import COLUMNS_MAX, FIELD_CHARS_MAX, SHEET_COLUMNS_MAX
from qingshou.features.book.intake.quarantine_form import MARKERS
from qingshou.features.book.intake.raw_rows import RawBlock, RawRow, SourceShape, batches, unique_headers
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.source_spec import SourceSpec
from qingshou.features.book.intake.xlsx_package import new_parser, open_package, stream
from qingshou.features.book.intake.xlsx_parts import date_styles, local, shared_strings, sheets_of

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
Cell = tuple[str | None, Reason | None]


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def plain_number(text: str) -> str | None:
    """Return a stored double as the digits the sheet shows: 15 significant, no exponent; None when it is none.

    Excel stores 0.1 + 0.2 as 0.30000000000000004 and shows 0.3: fifteen digits are what a person entered.
    """
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if not exact.is_finite() or abs(exact.adjusted()) > 300:
        return None
    shown = Decimal(f"{exact:.14e}") if len(exact.as_tuple().digits) > 15 else exact
    written = f"{shown:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written) or "0"


class _Sheet:
    """Handlers that turn one worksheet's events into rows."""

    def __init__(self, strings: list[str], dates: frozenset[int], is_1904: bool, formulas: str) -> None:
        self.rows: deque[tuple[int, dict[int, Cell]]] = deque()
        self._strings, self._dates, self._formulas = strings, dates, formulas
        self._zero = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (a calendar, no clock)
        self._row_number = 0
        self._cells: dict[int, Cell] = {}
        self._column = -1
        self._kind, self._style, self._has_formula = "n", 0, False
        self._value: list[str] | None = None
        self._values: list[str] = []
        self._phonetic = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local(tag)
        if name == "row":
            given = attributes.get("r", "")
            self._row_number = int(given) if given.isdigit() and len(given) < 8 else self._row_number + 1
            self._cells, self._column = {}, -1
        elif name == "c":
            match = _PLACE.fullmatch(attributes.get("r", ""))
            self._column = _column_index(match.group(1)) if match else self._column + 1
            self._kind = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdigit() and len(style) < 7 else 0
            self._has_formula, self._values = False, []
        elif name == "f":
            self._has_formula = True
        elif name in ("v", "t"):
            self._value = [] if not self._phonetic else None
        elif name == "rPh":
            self._phonetic = True

    def data(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in ("v", "t") and self._value is not None:
            self._values.append("".join(self._value))
            self._value = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "c" and 0 <= self._column < SHEET_COLUMNS_MAX:
            cell = self._cell("".join(self._values))
            if cell != (None, None):
                self._cells[self._column] = cell
        elif name == "row" and self._cells:
            self.rows.append((self._row_number, self._cells))
            self._cells = {}

    def _cell(self, text: str) -> Cell:
        if self._has_formula and self._formulas == "reject":
            return text or None, Reason.FORMULA_REFUSED
        if text == "":
            return None, Reason.FORMULA_WITHOUT_VALUE if self._has_formula and self._kind != "str" else None
        if len(text) > FIELD_CHARS_MAX:
            return text[:1000], Reason.FIELD_TOO_LONG
        if self._kind == "s":
            known = text.isdigit() and len(text) < 9 and int(text) < len(self._strings)
            return (_unescaped(self._strings[int(text)]) or None, None) if known else (text, Reason.CELL_ERROR)
        if self._kind in ("str", "inlineStr"):
            return _unescaped(text), None
        if self._kind == "b":
            return ("true" if text.strip() in ("1", "true") else "false"), None
        if self._kind == "e":
            return text, Reason.CELL_ERROR
        if self._kind == "d":
            return text.removesuffix("T00:00:00"), None
        return self._number(text.strip())

    def _number(self, text: str) -> Cell:
        plain = plain_number(text)
        if plain is None:
            return text, None  # judged with the column: NaN and overflows get their own reason there
        if self._style in self._dates and len(plain) < 25 and -1 < float(plain) < 2_958_466:
            moment = self._zero + timedelta(days=float(plain))
            moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
            return (moment.date().isoformat() if moment.time().isoformat() == "00:00:00" else str(moment)), None
        return plain, None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


class XlsxReader:
    """One sheet of a workbook; the line of a row is its number in the sheet."""

    def __init__(self, path: Path, spec: SourceSpec) -> None:
        self._spec = spec
        self._package = open_package(path)
        sheets, is_1904 = sheets_of(self._package)
        self._part = _chosen(sheets, spec.sheet)
        self._sheet = _Sheet(shared_strings(self._package), date_styles(self._package), is_1904, spec.formulas)
        self._stream = self._records()
        self._held: tuple[int, dict[int, Cell]] | None = None
        headers = self._headers()
        self.shape = SourceShape(
            format="xlsx",
            headers=headers,
            encoding="xlsx",
            sheet=next(name for name, part in sheets if part == self._part),
            sheets=[name for name, _part in sheets],
            is_quarantine=False,
        )

    def _headers(self) -> list[str]:
        first = next((item for item in self._stream if item[0] > self._spec.skip_rows), None)
        if first is None:
            raise FileRefused("The sheet is empty.", why="EMPTY")
        width = max(first[1]) + 1
        if width > COLUMNS_MAX:
            raise FileRefused(f"The sheet has more than {COLUMNS_MAX} columns.", why="TOO_WIDE")
        if not self._spec.header:
            self._held = first
            return [f"column {number}" for number in range(1, width + 1)]
        names = [first[1].get(index, (None, None))[0] for index in range(width)]
        return unique_headers(names[: -len(MARKERS)] if tuple(names[-len(MARKERS) :]) == MARKERS else names)

    def _records(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Give rows while the part is being parsed: expat pushes, this generator pulls block by block."""
        parser = new_parser()
        parser.StartElementHandler = self._sheet.start
        parser.EndElementHandler = self._sheet.end
        parser.CharacterDataHandler = self._sheet.data
        for _block in stream(self._package, self._part, parser):
            while self._sheet.rows:
                yield self._sheet.rows.popleft()

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """Give the sheet's rows in record batches of text."""
        rows = self._rows()
        blocks = iter(lambda: RawBlock.of(list(islice(rows, 2000))), RawBlock([], [], [], {}))
        return batches(blocks, len(self.shape.headers))

    def _rows(self) -> Iterator[RawRow]:
        width = len(self.shape.headers)
        number = 0
        held = [self._held] if self._held else []
        for source in (held, self._stream):
            for line, cells in source:
                number += 1
                yield _row(line, number, cells, width)


def _row(line: int, number: int, cells: dict[int, Cell], width: int) -> RawRow:
    values = [cells.get(index, (None, None))[0] for index in range(width)]
    for index in sorted(cells):
        reason = cells[index][1]
        if reason is not None and index < width:
            return RawRow(line, number, values, reason, index)
        if index >= width and cells[index][0] is not None:
            beyond = ",".join(str(cells[place][0]) for place in sorted(cells) if place >= width)
            return RawRow(line, number, values, Reason.TOO_MANY_FIELDS, None, beyond[:1000])
    return RawRow(line, number, values)


def _chosen(sheets: list[tuple[str, str]], wanted: str | int) -> str:
    names = [name for name, _part in sheets]
    if isinstance(wanted, str) and wanted in names:
        return sheets[names.index(wanted)][1]
    if isinstance(wanted, int) and 0 <= wanted < len(sheets):
        return sheets[wanted][1]
    raise FileRefused(f"The workbook has no sheet '{wanted}': it has {', '.join(names[:20])}.", why="NO_SHEET")
