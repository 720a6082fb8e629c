"""The refused rows of an import: where each fault is and why, and the rows themselves, to correct and send again."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book.importing import SUBJECT
from qingshou.features.book.intake.mapping import Mapping, load_mapping, load_raw, shipped_names
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.quarantine import read_quarantine
from qingshou.features.book.intake.quarantine_form import MARKERS, unguard
from qingshou.features.book.models import Import
from qingshou.features.book.models import Mapping as KeptMapping
from qingshou.features.book.operations import installation_vault_keys
from qingshou.kernel.errors import NotFound
from qingshou.tenancy.queries import current_tenant

HIDDEN = "****"
_VALUE_CHARS = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one refused row. `value` is masked where the column may hold personal data."""

    line: int
    row: int
    column: str
    reason: str
    value: str | None


def list_faults(
    *, row: Import, home: Path, limit: int, offset: int = 0, reason: str = "", column: str = ""
) -> tuple[list[Fault], int]:
    """Return one page of an import's faults in the order of lines, and how many fit the filter."""
    path = Places(home, current_tenant().code).refused(row.intake_id)
    if not row.intake_id or not path.is_file():
        return [], 0
    table = pq.read_table(path)
    if reason:
        table = table.filter(pc.equal(table["reason"], reason))
    if column:
        table = table.filter(pc.equal(table["column"], column))
    found = table.slice(offset, limit).to_pylist()
    values = _values(row, home, {fault["row"] for fault in found})
    open_columns = _open_columns(row)
    faults = [
        Fault(
            fault["line"],
            fault["row"],
            fault["column"],
            fault["reason"],
            _shown(values.get(fault["row"], {}), fault["column"], open_columns),
        )
        for fault in found
    ]
    return faults, table.num_rows


def open_rejects(*, row: Import, home: Path, actor: Actor, now: datetime) -> Iterator[bytes]:
    """Return the refused rows as CSV, piece by piece; the download is recorded: the file holds the lender's values."""
    chunks = _sealed_rows(row, home)
    with transaction.atomic():
        record(
            subject_kind=SUBJECT,
            subject_id=row.id,
            action="REJECTS_DOWNLOADED",
            actor=actor,
            now=now,
            facts={"rows": row.rows_rejected + row.rows_duplicate},
        )
    return chunks


def _sealed_rows(row: Import, home: Path) -> Iterator[bytes]:
    tenant = current_tenant().code
    path = Places(home, tenant).quarantine(row.intake_id)
    if not row.intake_id or not path.is_file():
        raise NotFound("No row of this import was refused, or they were erased.")
    return read_quarantine(path, keys=installation_vault_keys(), tenant=tenant)


def _values(row: Import, home: Path, wanted: set[int]) -> dict[int, dict[str, str]]:
    """Return the refused rows of a page by their number, read one after the other until all are found."""
    if not wanted:
        return {}
    raw = io.BufferedReader(_Chunks(_sealed_rows(row, home)))
    lines = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
    found: dict[int, dict[str, str]] = {}
    for line in csv.DictReader(lines):
        number = int(line[MARKERS[1]] or 0)
        if number in wanted:
            found[number] = {name: unguard(value or "") for name, value in line.items() if isinstance(value, str)}
            if len(found) == len(wanted):
                break
    return found


def _shown(values: dict[str, str], column: str, open_columns: frozenset[str]) -> str | None:
    value = values.get(column)
    if value is None:
        return None
    if column not in open_columns:
        return HIDDEN if value else ""
    return value[:_VALUE_CHARS]


def _open_columns(row: Import) -> frozenset[str]:
    """Return the file's columns that surely hold nothing personal: those the mapping fills only open targets from."""
    mapping = mapping_of(row)
    if mapping is None:
        return frozenset()
    fills: dict[str, bool] = {}
    for frame, rules in mapping.frames:
        for rule in rules:
            target = frame.target(rule.target)
            for source in rule.sources:
                if isinstance(source, str):
                    fills[source] = fills.get(source, False) or target is None or target.personal
    return frozenset(name for name, is_personal in fills.items() if not is_personal)


def mapping_of(row: Import) -> Mapping | None:
    """Return the mapping an import was read by, or None when it is no longer known."""
    found = _document_and_mapping(row)
    return found[1] if found else None


def document_of_import(row: Import) -> dict[str, Any] | None:
    """Return the document of the mapping an import was read by, or None when it is no longer known."""
    found = _document_and_mapping(row)
    return load_raw(found[0]) if found else None


def _document_and_mapping(row: Import) -> tuple[Any, Mapping] | None:
    kept: Sequence[Any] = KeptMapping.objects.filter(name=row.mapping_name).values_list("document", flat=True)
    shipped = [row.mapping_name] if row.mapping_name in shipped_names() else []
    for document in (*kept, *shipped):
        mapping = load_mapping(document, as_of=row.as_of)
        if mapping.digest == row.mapping_hash:
            return document, mapping
    return None


class _Chunks(io.RawIOBase):
    """Bytes that come in pieces, as a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = piece
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
