"""A home of its own for each test, and one call to import a text."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from qingshou.features.book.intake.quarantine import read_quarantine
from qingshou.features.book.intake.run import run_import
from qingshou.features.book.intake.sealed import VaultKeys

KEYS = VaultKeys(current="k1", keys={"k1": b"1" * 32})
AS_OF = date(2026, 10, 31)
NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)


class Desk:
    """Writes source files, imports them, and looks at what came of it."""

    keys = KEYS
    as_of = AS_OF

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def file(self, content: str | bytes, name: str = "tape.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(self, content, mapping="canonical", name="tape.csv", **more):
        path = content if isinstance(content, Path) else self.file(content, name)
        given = {"as_of": AS_OF, "tenant": "bank", "home": self.home, "keys": KEYS, "now": NOW, **more}
        return run_import(source_path=path, mapping=mapping, **given)

    def rows(self, result, frame="loans"):
        tables = [pq.read_table(self.home / name) for name in result.parts.get(frame, [])]
        return [row for table in tables for row in table.to_pylist()]

    def refused(self, result):
        """Return (line, column, reason) of every fault."""
        if result.refused is None:
            return []
        table = pq.read_table(self.home / result.refused)
        return [(row["line"], row["column"], row["reason"]) for row in table.to_pylist()]

    def quarantine(self, result, name="rejects.csv") -> Path:
        path = self.folder / name
        path.write_bytes(b"".join(read_quarantine(self.home / result.quarantine, keys=KEYS, tenant="bank")))
        return path

    def edit(self, path: Path, change) -> Path:
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows = [change(row) for row in csv.DictReader(source)]
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return path

    def tree(self) -> dict[str, bytes]:
        """Return every lasting file of the lake by name (the vault is sealed with fresh nonces)."""
        lake = self.home / "lake"
        paths = [path for path in lake.rglob("*") if path.is_file() and path.suffix != ".lock"]
        return {str(path.relative_to(lake)): path.read_bytes() for path in paths}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)
