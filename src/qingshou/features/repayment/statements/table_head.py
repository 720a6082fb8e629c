"""Where a bank's table begins: above it stand lines about the account, the period and the bank."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qingshou.features.book.intake.csv_reader import open_bytes
from qingshou.features.book.intake.encodings import CODECS, detect
from qingshou.features.book.intake.guess_names import plain
from qingshou.features.repayment.statements.drafts import is_currency
from qingshou.features.repayment.statements.limits import HEADER_LINES_MAX
from qingshou.features.repayment.statements.table_mapping import TableMapping, all_names, known
from qingshou.features.repayment.statements.texts import cell_text

_HEAD_BYTES = 262_144
_DELIMITERS = ",;\t|^~:"
_LABELLED = re.compile(r"\s*([^:：]{1,30})[:：]\s*(.{0,200})")
# Several of them in one cell: '账号：6222 币种：人民币'.
_FURTHER = re.compile(r"\s([^\s:：]{1,30})[:：]\s*(\S{1,200})")
# Fewer names than this are words of a sentence and not the head of a table.
_NAMES_MIN = 3


@dataclass(frozen=True, slots=True)
class TableHead:
    """Where the columns' names stand, what divides them, and what the lines above say."""

    skip_rows: int
    delimiter: str
    account: str = ""
    currency: str = ""


def find_head(path: Path, mapping: TableMapping) -> TableHead:
    """Return where the table of a CSV begins: the line with most usual names of columns.

    Gives   TableHead  skip_rows 0 and delimiter 'auto' where no line has three of them: the first line is the head
    """
    with open_bytes(path) as stream:
        head = stream.read(_HEAD_BYTES)
    codec = CODECS[mapping.encoding] if mapping.encoding != "auto" else detect(head).codec
    lines = list(io.StringIO(head.decode(codec, "replace"), newline=""))[:HEADER_LINES_MAX]
    wanted = {plain(name) for names in mapping.columns.values() for name in names} | all_names()
    marks = _DELIMITERS if mapping.delimiter == "auto" else mapping.delimiter
    if mapping.skip_rows is not None:
        best = (0, -mapping.skip_rows, mapping.delimiter)
    else:
        scored = [
            (len({plain(cell) for cell in _cells(line, mark)} & wanted), -number, mark)
            for number, line in enumerate(lines)
            for mark in marks
        ]
        best = max(scored, default=(0, 0, mapping.delimiter), key=lambda one: one[:2])
        if best[0] < _NAMES_MIN:
            best = (0, 0, mapping.delimiter)
    rows = [_cells(line, best[2] if best[2] != "auto" else ",") for line in lines[: -best[1]]]
    return with_preamble(TableHead(-best[1], best[2]), rows)


def head_of_rows(rows: Sequence[Sequence[str | None]], mapping: TableMapping) -> TableHead:
    """Return the same for a workbook, whose cells are known."""
    wanted = {plain(name) for names in mapping.columns.values() for name in names} | all_names()
    counts = [len({plain(cell or "") for cell in row} & wanted) for row in rows[:HEADER_LINES_MAX]]
    place = counts.index(max(counts)) if counts and max(counts) >= _NAMES_MIN else 0
    place = mapping.skip_rows if mapping.skip_rows is not None else place
    return with_preamble(TableHead(place, "auto"), [[cell or "" for cell in row] for row in rows[:place]])


def with_preamble(head: TableHead, rows: Sequence[Sequence[str]]) -> TableHead:
    """Return the head with the account and currency that the lines above the table name."""
    found = {"account": "", "currency": ""}
    for label, value in _pairs(rows):
        for target, names in known()["preamble"].items():
            if not found[target] and plain(label) in {plain(str(name)) for name in names}:
                found[target] = value
    return TableHead(head.skip_rows, head.delimiter, found["account"], currency_code(found["currency"]))


def currency_code(text: str) -> str:
    """Return the ISO code of a currency as banks write it, or nothing."""
    bare = text.strip().upper()
    code = str(known()["currencies"].get(text.strip(), known()["currencies"].get(bare, bare)))
    return code if is_currency(code) else ""


def _pairs(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return what stands as 'label: value' in one cell, or as label and value in two beside each other."""
    pairs = []
    for row in rows:
        cells = [cell_text(cell) for cell in row]
        for place, cell in enumerate(cells):
            labelled = _LABELLED.match(cell)
            if labelled and labelled.group(2).strip():
                pairs.append((labelled.group(1), labelled.group(2).split()[0]))
                pairs += _FURTHER.findall(labelled.group(2))
            elif place + 1 < len(cells) and cells[place + 1]:
                pairs.append((cell.rstrip(":："), cells[place + 1]))
    return pairs


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n").lstrip("\ufeff")[:20_000]], delimiter=mark), [])
    except csv.Error:
        return []
