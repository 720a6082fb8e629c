"""A zip of statements as banks deliver them: its directory judged first, then unpacked with a counted limit.

A workbook is a zip as well; it is told by the part every one has, and read as a statement itself.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.limits import (
    DELIVERY_BYTES_MAX,
    DELIVERY_FILES_MAX,
    DELIVERY_RATIO_FREE_BYTES,
    DELIVERY_RATIO_MAX,
    FILE_BYTES_MAX,
)

_WORKBOOK_PART = "[Content_Types].xml"
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz")
_LEFT_OUT = ("__MACOSX/", ".")  # what systems add by themselves
_BLOCK = 1 << 16


def is_delivery(path: Path) -> bool:
    """Whether a file is a zip of statements, not one statement."""
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK_PART not in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def files_of(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give each file of a zip: its bare name and its content in blocks, to be read before the next is asked for.

    Stops   StatementRefused  BROKEN_ZIP, EMPTY, BOMB, ENCRYPTED, NESTED: before the first is given where the directory
                              tells it, else while it unpacks
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [one for one in archive.infolist() if _is_file(one)]
            _judge(entries)
            for entry in entries:
                yield Path(entry.filename).name, _blocks(archive, entry)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _broken() from None


def _is_file(entry: zipfile.ZipInfo) -> bool:
    return not entry.is_dir() and not entry.filename.startswith(_LEFT_OUT) and "/." not in entry.filename


def _judge(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise StatementRefused("The zip holds no file.", why="EMPTY")
    if len(entries) > DELIVERY_FILES_MAX:
        raise StatementRefused(f"The zip holds more than {DELIVERY_FILES_MAX} files: send fewer at once.", why="BOMB")
    if sum(entry.file_size for entry in entries) > DELIVERY_BYTES_MAX:
        raise StatementRefused("The zip unpacks to more than any delivery of statements.", why="BOMB")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise StatementRefused("The zip is locked: send it without a password.", why="ENCRYPTED")
        if entry.filename.lower().endswith(_ARCHIVES):
            raise StatementRefused("The zip holds another archive: send the files in it.", why="NESTED")
        is_dense = entry.file_size > DELIVERY_RATIO_MAX * max(1, entry.compress_size)
        if entry.file_size > FILE_BYTES_MAX or (entry.file_size > DELIVERY_RATIO_FREE_BYTES and is_dense):
            raise StatementRefused("The zip unpacks to more than any delivery of statements.", why="BOMB")


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a file; what comes out is counted, since a declared size may lie."""
    seen = 0
    try:
        with archive.open(entry) as source:
            while block := source.read(_BLOCK):
                seen += len(block)
                if seen > entry.file_size:
                    raise StatementRefused("The zip unpacks to more than it says.", why="BOMB")
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _broken() from None


def _broken() -> StatementRefused:
    return StatementRefused("The zip is broken: have it sent anew.", why="BROKEN_ZIP")
