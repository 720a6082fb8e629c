"""A table as CSV or XLSX: exactly what is shown, typed numbers, no text that a spreadsheet would run."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from qingshou.edges.tables import Column
from qingshou.kernel.money import minor_digits

_RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_KEPT_IN_MEMORY_BYTES = 8 << 20
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_response(*, columns: Sequence[Column], rows: Iterable[Any], form: str, file_name: str) -> HttpResponseBase:
    """Return the rows as a file to keep.

    Takes   columns    those shown, in order
            rows       all rows that the filters admit; read here in full, while the lender's rows are open
            form       'csv' or 'xlsx'
            file_name  without its ending
    """
    out = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY_BYTES)  # noqa: SIM115 (closed by the response)
    if form == "csv":
        _write_csv(out, columns, rows)
    else:
        _write_xlsx(out, columns, rows)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{file_name}.{form}", content_type=TYPES[form])


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: a leading apostrophe before =, +, -, @, tab or return."""
    clean = _CONTROL.sub("", text)
    return f"'{clean}" if clean.startswith(_RUNNABLE) else clean


def _exact(column: Column, row: Any) -> Any:
    """Return a value as it is exported: money with its currency's decimals, unless that would lose some of it."""
    value = column.worded(row)
    if column.kind != "money" or not isinstance(value, Decimal):
        return value
    currency = column.currency(row) if column.currency else ""
    rounded = value.quantize(Decimal(1).scaleb(-(minor_digits(currency) if currency else 2)))
    return rounded if rounded == value else value


def _write_csv(out: Any, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([harmless(str(column.label)) for column in columns])
    for row in rows:
        writer.writerow([_csv_value(_exact(column, row)) for column in columns])
    text.detach()


def _csv_value(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, date | int) else harmless(str(value))


def _write_xlsx(out: Any, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_xlsx_cell(sheet, str(column.label)) for column in columns])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, _exact(column, row)) for column in columns])
    book.save(out)


def _xlsx_cell(sheet: Any, value: object) -> Any:
    if value is None:
        return None
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | date):
        cell = WriteOnlyCell(sheet, value=harmless(str(value)))
        cell.data_type = "s"
        return cell
    return value
