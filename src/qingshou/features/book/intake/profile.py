"""Look at a file of unknown origin: format, encoding, delimiter, header, and what its columns hold."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qingshou.features.book.intake.column_profile import ColumnProfile, profile_column
from qingshou.features.book.intake.reading import open_source
from qingshou.features.book.intake.source_spec import SourceSpec

SAMPLE_ROWS = 2_000


@dataclass
class FileProfile:
    """What a file looks like from its first rows. Holds values of the file: show it only to who may see them."""

    name: str
    format: str
    encoding: str
    encoding_how: str
    delimiter: str
    has_header: bool
    sheet: str
    sheets: list[str]
    rows_sampled: int
    rows_total: int | None
    columns: list[ColumnProfile]
    rows: list[list[str | None]] = field(default_factory=list)
    is_quarantine: bool = False
    structure_faults: int = 0
    spec: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> list[str]:
        return [column.name for column in self.columns]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def sniff(path: Path, *, spec: SourceSpec | None = None, rows: int = SAMPLE_ROWS) -> FileProfile:
    """Return the profile of any table file.

    Takes   spec         what the user has set already (sheet, encoding, delimiter, header); None: find out all
    Gives   FileProfile  from the first `rows` rows; has_header is a judgement when spec is None
    Stops   FileRefused as an import would
    """
    profile = _read(path, spec or SourceSpec(), rows)
    if spec is None and profile.format != "parquet" and not profile.is_quarantine and _header_is_data(profile):
        profile = _read(path, SourceSpec(header=False), rows)
        profile.has_header = False
    return profile


def _read(path: Path, spec: SourceSpec, rows: int) -> FileProfile:
    with open_source(path=path, spec=spec, rows_max=rows) as source:
        shape = source.shape
        batches = list(source.chunks())
    width = len(shape.headers)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    faults = 0
    for batch in batches:
        sound = batch.filter(batch.column("#bad").is_null())
        faults += batch.num_rows - sound.num_rows
        for index in range(width):
            columns[index] += sound.column(f"c{index}").to_pylist()
    sampled = len(columns[0]) if columns else 0
    return FileProfile(
        name=path.name,
        format=shape.format,
        encoding=shape.encoding,
        encoding_how=shape.encoding_how,
        delimiter=shape.delimiter,
        has_header=spec.header,
        sheet=shape.sheet,
        sheets=shape.sheets,
        rows_sampled=sampled,
        rows_total=shape.rows_total,
        columns=[profile_column(name, at + 1, columns[at]) for at, name in enumerate(shape.headers)],
        rows=[[column[row] for column in columns] for row in range(min(20, sampled))],
        is_quarantine=shape.is_quarantine,
        structure_faults=faults,
        spec={key: value for key, value in asdict(spec).items() if value != asdict(SourceSpec())[key]},
    )


def _header_is_data(profile: FileProfile) -> bool:
    """Say whether the first line looks like a row: it holds numbers or dates where the column does."""
    from qingshou.features.book.intake.guess_names import best_target

    if any(best_target(column.name)[1] >= 0.9 for column in profile.columns):
        return False
    data_like = 0
    for column in profile.columns:
        named = profile_column("", 0, [column.name])
        is_number = named.number is not None and named.number_share == 1.0
        is_date = bool(named.date_formats) and named.date_share == 1.0 and named.date_formats != ["excel_serial"]
        if (is_number and column.number_share > 0.9) or (is_date and column.date_share > 0.9):
            data_like += 1
    return data_like > 0
