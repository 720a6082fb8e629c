"""What a mapping says of the file itself, as the limited child needs it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """What the mapping says of the file itself; 'auto' leaves it to the reader."""

    format: str = "auto"
    encoding: str = "auto"
    delimiter: str = "auto"
    quote: str = '"'
    header: bool = True
    skip_rows: int = 0
    sheet: str | int = 0
    formulas: str = "value"
