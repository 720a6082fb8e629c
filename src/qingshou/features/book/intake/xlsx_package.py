"""The zip around a workbook: its directory judged before anything is unpacked, then unpacked with a counted limit."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limits import (
    ZIP_BYTES_MAX,
    ZIP_ENTRIES_MAX,
    ZIP_RATIO_FREE_BYTES,
    ZIP_RATIO_MAX,
)

_BLOCK = 65_536


def open_package(path: Path) -> zipfile.ZipFile:
    """Open a workbook's zip, or refuse it by its directory alone: entries, sizes, ratios, macros, encryption."""
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileRefused("The workbook's zip directory is broken: save it again.", why="BROKEN_ZIP") from None
    entries = package.infolist()
    if len(entries) > ZIP_ENTRIES_MAX:
        raise FileRefused(f"The workbook holds more than {ZIP_ENTRIES_MAX} parts: save the sheet alone.", why="BOMB")
    if sum(entry.file_size for entry in entries) > ZIP_BYTES_MAX:
        raise FileRefused(
            f"The workbook unpacks to more than {ZIP_BYTES_MAX // 1_000_000} MB: save the sheet as CSV.", why="BOMB"
        )
    for entry in entries:
        _judge(entry)
    return package


def _judge(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise FileRefused("The workbook is encrypted: save it without a password.", why="ENCRYPTED")
    if entry.file_size > ZIP_RATIO_FREE_BYTES and entry.file_size > ZIP_RATIO_MAX * max(1, entry.compress_size):
        raise FileRefused(
            f"A part of the workbook is packed more than {ZIP_RATIO_MAX} to 1: this is a bomb or needs saving as CSV.",
            why="BOMB",
        )
    name = entry.filename.lower()
    if name.endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in name:
        raise FileRefused("The workbook holds macros: save it as a plain .xlsx.", why="MACROS")
    if name.endswith((".zip", ".xlsx", ".xlsm", ".docx", ".exe")) or "/embeddings/" in name:
        raise FileRefused("The workbook holds another file inside: save the sheet alone.", why="NESTED")


def stream(package: zipfile.ZipFile, name: str, parser: expat.XMLParserType) -> Iterator[int]:
    """Parse one part block by block, counting what really comes out: declared sizes lie. Gives the bytes so far."""
    limit = min(ZIP_BYTES_MAX, package.getinfo(name).file_size)
    seen = 0
    try:
        with package.open(name) as source:
            while block := source.read(_BLOCK):
                seen += len(block)
                if seen > limit:
                    raise FileRefused("A part of the workbook is larger than it says: refused.", why="BOMB")
                parser.Parse(block, False)
                yield seen
            parser.Parse(b"", True)
            yield seen
    except expat.ExpatError as error:
        raise FileRefused(
            f"The workbook's XML is broken ({expat.errors.messages.get(error.code, 'unknown')}): save it again.",
            why="BROKEN_XML",
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise FileRefused("The workbook's zip is broken: save it again.", why="BROKEN_ZIP") from None


def feed(package: zipfile.ZipFile, name: str, parser: expat.XMLParserType) -> None:
    """Parse a small part at once."""
    for _seen in stream(package, name, parser):
        pass


def new_parser() -> expat.XMLParserType:
    """Return an XML parser that refuses document types and entities: no XXE, no billion laughs."""
    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True

    def refuse(*_args: object) -> NoReturn:
        raise FileRefused("The workbook's XML declares a document type or entities: refused.", why="XML_DTD")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser
