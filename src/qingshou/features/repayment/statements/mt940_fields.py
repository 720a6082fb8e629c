"""The fields of an MT940 file with the lines they begin on: statements, each a list of tags and their text."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qingshou.features.book.intake.csv_reader import open_bytes
from qingshou.features.book.intake.encodings import detect
from qingshou.features.repayment.statements.limits import FIELD_CHARS_MAX

_HEAD_BYTES = 262_144
_LINE_CHARS_MAX = 4_096
# The tags of the standard; a line of text that happens to begin ':12:' is text.
_TAG = re.compile(r":(13D?|20|21|25P?|28C?|34F?|60[FM]?|61|62[FM]?|64|65|86|90[CD]?|NS):", re.ASCII)


@dataclass
class Field:
    """One field: its tag, its text with line ends, and where it begins."""

    tag: str
    line_no: int
    lines: list[str] = field(default_factory=list)
    is_too_long: bool = False

    @property
    def text(self) -> str:
        """The field's text, its lines joined by line ends."""
        return "\n".join(self.lines).strip()


def statements_of(path: Path) -> Iterator[list[Field]]:
    """Give the fields of each statement; a statement begins with :20: and ends with a line of one dash."""
    held: list[Field] = []
    is_open = False
    for number, line in _lines(path):
        found = _TAG.match(line)
        if found:
            if found.group(1) == "20" and held:
                yield held
                held = []
            held.append(Field(found.group(1), number, [line[found.end() :]]))
            is_open = True
        elif line == "-" or line.startswith(("-}", "{")):
            is_open = False  # between statements stand the envelopes of SWIFT
        elif is_open and held:
            _continue(held[-1], line)
    if held:
        yield held


def _continue(last: Field, line: str) -> None:
    if sum(map(len, last.lines)) + len(line) > FIELD_CHARS_MAX:
        last.is_too_long = True
    elif line:
        last.lines.append(line)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with open_bytes(path) as stream:
        codec = detect(stream.read(_HEAD_BYTES)).codec
    with io.TextIOWrapper(open_bytes(path), encoding=codec, errors="replace", newline=None) as text:
        number = 0
        while line := text.readline(_LINE_CHARS_MAX):
            number += 1
            while len(line) == _LINE_CHARS_MAX and line[-1] != "\n" and (more := text.readline(_LINE_CHARS_MAX)):
                line = line[: _LINE_CHARS_MAX - 1] + more[-1]  # the rest of an overlong line says nothing
            yield number, line.rstrip("\r\n").rstrip()
