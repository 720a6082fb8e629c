"""What an import came to: every row and every cent accounted for. Plain data, stored as the import's manifest."""

import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from qingshou.features.book.intake.errors import TotalsWrong


@dataclass(kw_only=True)
class AmountTotals:
    """One amount column: read = accepted + rejected + duplicate, to the last digit; the unreadable are counted."""

    read: Decimal
    accepted: Decimal
    rejected: Decimal
    duplicate: Decimal
    unreadable_rows: int


@dataclass(kw_only=True)
class ImportResult:
    """The record of one import. Paths are relative to home; no values of the file are in it.

    Law of conservation: rows_read = rows_accepted + rows_rejected + rows_duplicate; `rows_filtered` were never of this
    import (the mapping's `where`).
    """

    import_id: str
    tenant: str
    as_of: str
    shape: str
    frame: str
    source_name: str
    source_sha256: str
    source_bytes: int
    format: str
    encoding: str
    delimiter: str
    mapping_name: str
    mapping_digest: str
    imported_at: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    rows_filtered: int = 0
    amounts: dict[str, AmountTotals] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    rows_by_frame: dict[str, int] = field(default_factory=dict)
    quarantine: str | None = None
    refused: str | None = None
    is_quarantine: bool = False
    duplicate_of: str | None = None
    dry_run: bool = False

    def check(self) -> None:
        """Stop with TotalsWrong unless every row and every readable amount is accounted for."""
        rows = self.rows_accepted + self.rows_rejected + self.rows_duplicate
        if rows != self.rows_read:
            raise TotalsWrong(f"Of {self.rows_read} rows read, {rows} are accounted for: nothing was published.")
        for name, total in self.amounts.items():
            if total.accepted + total.rejected + total.duplicate != total.read:
                raise TotalsWrong(f"The amounts of column {name} do not add up: nothing was published.", column=name)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready data; amounts as text, so that no digit is lost."""
        data = asdict(self)
        data["amounts"] = {
            name: {key: str(value) if isinstance(value, Decimal) else value for key, value in total.items()}
            for name, total in data["amounts"].items()
        }
        return data

    def to_json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1, sort_keys=True)


def result_from_dict(data: dict[str, Any]) -> ImportResult:
    """Return the result a manifest holds."""
    amounts = {
        name: AmountTotals(
            **{key: Decimal(total[key]) for key in ("read", "accepted", "rejected", "duplicate")},
            unreadable_rows=total["unreadable_rows"],
        )
        for name, total in data["amounts"].items()
    }
    return ImportResult(**{**data, "amounts": amounts})


def load_result(path: Path) -> ImportResult:
    """Read a manifest."""
    return result_from_dict(json.loads(path.read_text("utf-8")))
