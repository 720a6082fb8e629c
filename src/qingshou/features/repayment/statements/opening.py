"""A bank's file of unknown kind: told by what stands in it, never by its name, and read into the one form."""

import zlib
from pathlib import Path

from qingshou.features.book.intake.csv_reader import open_bytes
from qingshou.features.book.intake.encodings import detect
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.repayment.statements.assembling import assembled
from qingshou.features.repayment.statements.camt_statement import read_camt
from qingshou.features.repayment.statements.drafts import Reading, is_currency
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Format, StatementFile
from qingshou.features.repayment.statements.limits import FILE_BYTES_MAX
from qingshou.features.repayment.statements.mt940_statement import read_mt940
from qingshou.features.repayment.statements.table_mapping import TableMapping, read_mapping
from qingshou.features.repayment.statements.table_statement import read_table

_HEAD_BYTES = 16_384
_BLOCK_BYTES = 1 << 20
_NO_STATEMENT = (
    b"%PDF",
    b"\x7fELF",
    b"MZ",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xfd7zXZ",
    b"PK\x05\x06",
    b"PAR1",
    b"\x28\xb5\x2f\xfd",
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_statement(
    *,
    path: Path,
    name: str,
    mapping: TableMapping | Path | str | None = None,
    account: str = "",
    currency: str = "",
    row_key: bytes = b"",
) -> StatementFile:
    """Read a bank's file.

    Takes   path      the file as it came, plain or gzip
            name      what it was called; kept, and otherwise without meaning
            mapping   how this bank's table is read (YAML); unneeded where its columns have usual names
            account   the lender's own account, where a table does not name it
            currency  ISO 4217, where a table does not name it
            row_key   the lender's secret for the lines' hashes, at most 64 bytes
    Gives   StatementFile  good lines, rejected rows with line, column and code, and warnings; never half a file
    Stops   StatementRefused  not a statement, broken, hostile, or larger than any statement
            MappingWrong      the mapping does not fit its schema or the file
    """
    if currency and not is_currency(currency):
        raise StatementRefused(f"'{currency[:10]}' is no currency: write three capital letters.", why="BAD_CURRENCY")
    known = mapping if isinstance(mapping, TableMapping) else read_mapping(mapping)
    reading, kind, version = parse_statement(path=path, mapping=known, account=account, currency=currency)
    return assembled(reading, path=path, name=name, kind=kind, version=version, row_key=row_key)


def parse_statement(
    *, path: Path, mapping: TableMapping, account: str, currency: str
) -> tuple[Reading, Format, str]:  # fmt: skip
    """Parse a bank's file: what was read, its kind and version; nothing is named by the lender's secret yet.

    Stops   as read_statement
    """
    try:
        kind = kind_of(path)
        version = ""
        if kind is Format.CAMT053:
            reading, kind, version = read_camt(path)
        elif kind is Format.MT940:
            reading = read_mt940(path)
            kind = Format.MT942 if reading.is_interim else kind
        else:
            reading = read_table(
                path, mapping=mapping, account=account, currency=currency, is_workbook=kind is Format.XLSX
            )
    except FileRefused as refused:
        raise StatementRefused(refused.message, why=refused.why) from None
    return reading, kind, version


def kind_of(path: Path) -> Format:
    """Return what a file is, by its first characters; any XML is taken for camt until it is read.

    Stops   StatementRefused  empty, too large, or surely none of the kinds read
    """
    size = path.stat().st_size
    if size > FILE_BYTES_MAX:
        raise _too_large()
    with path.open("rb") as stream:
        raw = stream.read(8)
    if raw.startswith(b"PK\x03\x04"):
        return Format.XLSX
    if raw.startswith(_OLD_EXCEL):
        raise StatementRefused("This is an old or encrypted Excel file: save it as .xlsx or CSV.", why="OLD_EXCEL")
    if raw.startswith(_NO_STATEMENT):
        raise StatementRefused(
            "This is no statement: give CSV, XLSX, camt.052 to camt.054, MT940 or MT942.", why="UNKNOWN_FORMAT"
        )
    head = _head_of_packed(path) if raw.startswith(b"\x1f\x8b") else _head_of_plain(path)
    if not head.strip(b"\xef\xbb\xbf \r\n\t\x00"):
        raise StatementRefused("The file is empty.", why="EMPTY")
    text = head.decode(detect(head).codec, "replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<"):
        return Format.CAMT053
    lines = text.splitlines()
    if text.startswith("{1:") or any(line.startswith((":20:", ":25:", ":60F:", ":60M:", ":34F:")) for line in lines):
        return Format.MT940
    return Format.CSV


def _head_of_plain(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _head_of_packed(path: Path) -> bytes:
    """Return the first bytes of a packed file, once all of it has been unpacked and counted; nothing is kept."""
    try:
        with open_bytes(path) as stream:
            head = stream.read(_HEAD_BYTES)
            size = len(head)
            while block := stream.read(_BLOCK_BYTES):
                size += len(block)
                if size > FILE_BYTES_MAX:
                    raise _too_large()
    except (EOFError, OSError, zlib.error):
        raise StatementRefused("The packed file is broken: have it sent anew.", why="BROKEN_GZIP") from None
    return head


def _too_large() -> StatementRefused:
    return StatementRefused(
        f"The file is larger than {FILE_BYTES_MAX // 1_000_000} MB: ask the bank for a file a day.",
        why="TOO_LARGE",
        bytes_max=FILE_BYTES_MAX,
    )
