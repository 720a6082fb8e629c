"""Physical lines of a text file, bounded in length, that can be put back."""

import io
from collections import deque
from collections.abc import Iterator
from typing import TextIO

from qingshou.features.book.intake.limits import LINE_CHARS_MAX


class Lines:
    """An iterator of lines for the csv module that remembers where it is and takes lines back.

    `record` holds the lines given out since `start()`: when a record turns out to be broken its first line is
    reported and the others are read again, so that one stray quote never swallows its neighbours.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self.number = 0
        self.record: list[str] = []
        self.overlong = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._text.readline(LINE_CHARS_MAX)
        if len(line) >= LINE_CHARS_MAX and line[-1] not in "\r\n":
            line = self._skip_rest(line)
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        return line

    def _skip_rest(self, line: str) -> str:
        """Read and drop the rest of an overlong line; keep its head for the report."""
        while True:
            more = self._text.readline(LINE_CHARS_MAX)
            if not more or more[-1] in "\r\n":
                break
        self.overlong = True
        return line[:200] + "\n"

    def read_block(self, chars: int, piece: int) -> list[str]:
        """Take the next physical lines with their ends: `piece` of those put back, else about so many characters.

        The lines count as read only when the caller adds them to `number`, or puts them back and reads them singly.
        """
        if self._back:
            return [self._back.popleft() for _ in range(min(piece, len(self._back)))]
        text = self._text.read(chars)
        if text:
            text += self._text.readline(LINE_CHARS_MAX)
        if "\r" not in text:
            block = text.split("\n")
            last = block.pop()
            block = [line + "\n" for line in block]
            return [*block, last] if last else block
        return list(io.StringIO(text, newline=""))

    def put_back_block(self, block: list[str]) -> None:
        """Give the lines of a block out again after all."""
        self._back.extendleft(reversed(block))

    def start(self) -> None:
        """Begin a new record."""
        self.record = []
        self.overlong = False

    def put_back(self) -> None:
        """Give the whole record out again."""
        self._back.extendleft(reversed(self.record))
        self.number -= len(self.record)
        self.record = []

    def put_back_all_but_first(self) -> str:
        """Return the record's first line and give the others out again."""
        first, *others = self.record
        self._back.extendleft(reversed(others))
        self.number -= len(others)
        self.record = [first]
        return first
