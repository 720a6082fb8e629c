"""The small parts of a workbook: sheet list, shared strings, and which styles are dates."""

import re
import zipfile
from collections.abc import Mapping
from posixpath import join, normpath

from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.limits import SHARED_STRINGS_CHARS_MAX
from qingshou.features.book.intake.xlsx_package import feed, new_parser

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DATE_FORMAT = re.compile(r"[ymdhs]", re.IGNORECASE)
_NOT_PATTERN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


def local(tag: str) -> str:
    """Return a tag or attribute name without its namespace."""
    return tag.rpartition("|")[2]


def sheets_of(package: zipfile.ZipFile) -> tuple[list[tuple[str, str]], bool]:
    """Return the sheets as (name, part) in order, and whether dates count from 1904."""
    found: list[tuple[str, str]] = []
    is_1904 = False
    targets: dict[str, str] = {}

    def relation(tag: str, attributes: Mapping[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def workbook(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal is_1904
        if local(tag) == "sheet":
            found.append(
                (attributes.get("name", ""), next((v for k, v in attributes.items() if k.endswith("|id")), ""))
            )
        elif local(tag) == "workbookPr":
            is_1904 = attributes.get("date1904", "0") in ("1", "true")

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", workbook)):
        if part not in package.NameToInfo:
            raise FileRefused("This zip file is no Excel workbook.", why="NOT_A_WORKBOOK")
        parser = new_parser()
        parser.StartElementHandler = handler
        feed(package, part, parser)
    sheets = []
    for name, relation_id in found:
        target = targets.get(relation_id, "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if path in package.NameToInfo:
            sheets.append((name, path))
    return sheets, is_1904


def shared_strings(package: zipfile.ZipFile) -> list[str]:
    """Return the workbook's shared texts; phonetic hints (furigana) are not part of the text."""
    strings: list[str] = []
    if "xl/sharedStrings.xml" not in package.NameToInfo:
        return strings
    parts: list[str] = []
    state = {"t": False, "phonetic": False}
    chars = 0

    def start(tag: str, _attributes: Mapping[str, str]) -> None:
        name = local(tag)
        if name == "si":
            parts.clear()
        elif name == "t":
            state["t"] = not state["phonetic"]
        elif name == "rPh":
            state["phonetic"] = True

    def end(tag: str) -> None:
        nonlocal chars
        name = local(tag)
        if name == "si":
            text = "".join(parts)
            chars += len(text) + 50
            if chars > SHARED_STRINGS_CHARS_MAX:
                raise FileRefused("The workbook holds too much text for a sheet: save it as CSV.", why="TOO_LARGE")
            strings.append(text)
        elif name == "t":
            state["t"] = False
        elif name == "rPh":
            state["phonetic"] = False

    def data(text: str) -> None:
        if state["t"]:
            parts.append(text)

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    feed(package, "xl/sharedStrings.xml", parser)
    return strings


def date_styles(package: zipfile.ZipFile) -> frozenset[int]:
    """Return the cell style numbers whose number format shows a date."""
    if "xl/styles.xml" not in package.NameToInfo:
        return frozenset()
    own: dict[int, bool] = {}
    styles: list[int] = []
    inside = {"cellXfs": False}

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        name = local(tag)
        if name == "numFmt":
            pattern = _NOT_PATTERN.sub("", attributes.get("formatCode", ""))
            own[int(attributes.get("numFmtId", "0"))] = bool(_DATE_FORMAT.search(pattern))
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(tag: str) -> None:
        if local(tag) == "cellXfs":
            inside["cellXfs"] = False

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        feed(package, "xl/styles.xml", parser)
    except ValueError:
        raise FileRefused("The workbook's styles are broken: save it again.", why="BROKEN_XML") from None
    return frozenset(index for index, code in enumerate(styles) if own.get(code, code in _BUILT_IN_DATES))
