"""The first rows of a file as a mapping reads them: what would go to the lake, what to quarantine and why."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qingshou.features.book.intake.judge import Judge
from qingshou.features.book.intake.mapping import Mapping, load_mapping
from qingshou.features.book.intake.raw_rows import LINE, ROW
from qingshou.features.book.intake.reading import open_source
from qingshou.features.book.intake.staging import with_seq


@dataclass
class PreviewRow:
    """One row: its source values, and either its target values or its faults."""

    line: int
    row: int
    source: list[str | None]
    values: dict[str, str | None]
    faults: list[tuple[str, str]]


@dataclass
class Preview:
    """The first rows under a mapping. Holds values of the file: show it only to who may see them."""

    headers: list[str]
    targets: list[str]
    rows: list[PreviewRow]
    filtered: int

    @property
    def rejected(self) -> int:
        return sum(1 for row in self.rows if row.faults)


def preview(
    path: Path, mapping: Mapping | str | Path | dict[str, Any], *, as_of: date, rows: int = 20, look: int = 2_000
) -> Preview:
    """Judge the first rows of a file without importing anything.

    Takes   rows     how many to show; `look` how many to read at most (a mapping's `where` may skip many)
    Gives   Preview  rows in the order of the file, good and refused
    Stops   FileRefused, MappingWrong as an import would
    """
    bound = mapping if isinstance(mapping, Mapping) else load_mapping(mapping, as_of=as_of)
    with open_source(path=path, spec=bound.source, rows_max=look) as source:
        judge = Judge(mapping=bound, headers=source.shape.headers, as_of=as_of)
        targets = [(frame.name, rule.target) for frame, rules in bound.frames for rule in rules]
        shown = Preview(source.shape.headers, [f"{f}.{t}" if f != bound.frame.name else t for f, t in targets], [], 0)
        done = 0
        for batch in source.chunks():
            judged = judge.judge(with_seq(batch, done))
            done += batch.num_rows
            shown.filtered += judged.filtered
            shown.rows += _rows(judged, shown, bound, rows - len(shown.rows))
            if len(shown.rows) >= rows:
                break
    return shown


def _rows(judged: Any, shown: Preview, bound: Mapping, wanted: int) -> list[PreviewRow]:
    good: dict[int, dict[str, str | None]] = {}
    for name, table in judged.frames.items():
        prefix = "" if name == bound.frame.name else f"{name}."
        head = table.slice(0, wanted)
        for record in head.to_pylist():
            seq = record.pop("#seq")
            texts = {f"{prefix}{key}": None if value is None else str(value) for key, value in record.items()}
            good.setdefault(seq, {}).update({key: text for key, text in texts.items() if key in shown.targets})
    rows = []
    batch = judged.batch
    for index, record in enumerate(batch.slice(0, wanted).to_pylist()):
        source = [record[f"c{at}"] for at in range(len(shown.headers))]
        faults = [(column, reason.value) for column, reason in judged.refused.get(index, [])]
        rows.append(PreviewRow(record[LINE], record[ROW], source, good.get(record["#seq"], {}), faults))
    return rows
