"""The elements of a camt message, one statement's child at a time: no entity, no depth and no size can hurt.

defusedxml refuses document type definitions, so neither a bomb of entities nor a file of ours can be named; elements
are counted while they come, and an entry is let go as soon as it has been read.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax import SAXException, handler, xmlreader

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from qingshou.features.book.intake.csv_reader import open_bytes
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.limits import XML_CHARS_MAX, XML_DEPTH_MAX, XML_NODES_MAX

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# What expat cannot read by itself, and banks in China declare.
_CHINESE = {"gbk", "gb2312", "gb18030", "cp936", "big5", "cp950"}


@dataclass(slots=True)
class Element:
    """One element: its name without the namespace's prefix, its own text, and what stands inside."""

    name: str
    line_no: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def all(self, *path: str) -> "list[Element]":
        """Return the elements at the end of a path of names."""
        found = [self]
        for name in path:
            found = [child for one in found for child in one.inside if child.name == name]
        return found

    def first(self, *path: str) -> "Element | None":
        """Return the first element at the end of a path."""
        found = self.all(*path)
        return found[0] if found else None

    def said(self, *path: str) -> str:
        """Return the text of the first element at the end of a path, or nothing."""
        found = self.first(*path)
        return found.text.strip() if found is not None else ""


class _Collector(handler.ContentHandler):
    """Gathers the children of each statement and hands them on one by one."""

    def __init__(self, containers: frozenset[str], told: Callable[[str, Element], None]) -> None:
        super().__init__()
        self._containers, self._told = containers, told
        self._path: list[str] = []
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._inside = 0  # depth of the statement's own element, 0 outside
        self._nodes = self._chars = 0
        self._locator: Any = None
        self.message = ""  # the message's own element: Document > BkToCstmrStmt
        self.namespace = ""

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 (the interface's name)
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 (the interface's name)
        bare = name.rpartition(":")[2]
        self._path.append(bare)
        if len(self._path) > XML_DEPTH_MAX:
            raise StatementRefused("The XML is nested deeper than any statement is.", why="TOO_DEEP")
        if bare == "Document":
            self.namespace = next((str(value) for key, value in attrs.items() if key.startswith("xmlns")), "")[:80]
        if not self._inside:
            if bare.startswith("BkToCstmr"):
                self.message = bare
            if bare in self._containers and self.message:
                self._inside = len(self._path)
                self._told("", Element(bare, self._line()))
            return
        self._nodes += 1
        if self._nodes > XML_NODES_MAX:
            raise StatementRefused(f"One entry holds more than {XML_NODES_MAX:,} elements.", why="ENTRY_TOO_LARGE")
        element = Element(bare, self._line(), {key: str(value)[:40] for key, value in attrs.items()})
        if self._open:
            self._open[-1].inside.append(element)
        self._open.append(element)
        self._texts.append([])

    def characters(self, content: str) -> None:
        if self._texts:
            self._texts[-1].append(content)
            self._chars += len(content)
            if self._chars > XML_CHARS_MAX:
                raise StatementRefused("One entry holds more text than any booking has.", why="ENTRY_TOO_LARGE")

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 (the interface's name)
        depth = len(self._path)
        self._path.pop()
        if self._inside and depth == self._inside:
            self._inside = 0
        elif self._open:
            element = self._open.pop()
            element.text = "".join(self._texts.pop())
            if not self._open:
                self._nodes = self._chars = 0
                self._told(element.name, element)

    def _line(self) -> int:
        return int(self._locator.getLineNumber() or 0) if self._locator is not None else 0


def read_elements(path: Path, *, containers: frozenset[str], told: Callable[[str, Element], None]) -> tuple[str, str]:
    """Read a message, handing on what stands in its statements.

    Takes   containers  names of the elements that are a statement
            told        called with ('', element) where a statement begins, then with (name, element) for each child
    Gives   (name of the message's element, its namespace); both empty where it is no camt message
    Stops   StatementRefused  no well-formed XML, a document type definition in it, too deep or too large
    """
    collector = _Collector(containers, told)
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(handler.feature_external_ges, False)
    parser.setContentHandler(collector)
    source = xmlreader.InputSource()
    try:
        with open_bytes(path) as stream:
            encoding, readable = _readable(stream)
            source.setEncoding(encoding)
            source.setByteStream(readable)
            parser.parse(source)
    except DefusedXmlException:
        raise StatementRefused(
            "The XML holds a document type definition or entities, which no bank's statement has: it is not read.",
            why="XML_FORBIDDEN",
        ) from None
    except (SAXException, ValueError, LookupError) as wrong:
        line = getattr(wrong, "getLineNumber", lambda: None)()
        raise StatementRefused(
            f"The XML is broken{f' at line {line}' if line else ''}: have the bank make the file anew.",
            why="XML_BROKEN",
            line_no=line,
        ) from None
    return collector.message, collector.namespace


def _readable(stream: BinaryIO) -> tuple[str | None, BinaryIO]:
    """Return the stream as expat can read it, and the encoding it has to be told."""
    head = stream.peek(300)[:300] if hasattr(stream, "peek") else b""
    declared = _DECLARED.match(head)
    name = declared.group(1).decode("ascii").lower() if declared else ""
    if name not in _CHINESE:
        return None, stream
    codec = "cp950" if name in ("big5", "cp950") else "gb18030"
    return "utf-8", codecs.StreamRecoder(
        stream,
        codecs.getencoder("utf-8"),
        codecs.getdecoder("utf-8"),
        codecs.getreader(codec),
        codecs.getwriter(codec),
    )  # type: ignore[return-value]
