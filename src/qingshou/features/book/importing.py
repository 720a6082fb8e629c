"""A file taken in, as a row: begun before the intake, ended after it, with its audit event."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.book import identity
from qingshou.features.book.intake.mapping import Mapping as BoundMapping
from qingshou.features.book.intake.result import ImportResult
from qingshou.features.book.models import Import
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import current_tenant_id

RUNNING, DONE, FAILED = "RUNNING", "DONE", "FAILED"
SUBJECT = "IMPORT"


def begin(
    *, source_path: Path, source_name: str, mapping: BoundMapping, as_of: date, actor: Actor, now: datetime
) -> Import:
    """Return the row of this file under this mapping on this date, made now unless it is there."""
    digest = _digest(source_path)
    frame = mapping.frame.name
    row_id = identity.identify(current_tenant_id(), "import", as_of, frame, digest, mapping.digest)
    values: dict[str, Any] = {
        "as_of": as_of,
        "frame": frame,
        "file_name": source_name[:200],
        "content_hash": digest,
        "mapping_name": mapping.name[:80],
        "mapping_hash": mapping.digest,
        "status": RUNNING,
        "started_by": actor.name,
        "started_at": now,
    }
    with transaction.atomic():
        # two at once: one row is made, the other finds it
        Import.objects.bulk_create([Import(id=row_id, **values)], ignore_conflicts=True)
        row = Import.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.status == FAILED:
            Import.objects.filter(pk=row_id).update(status=RUNNING, error="", started_by=actor.name, started_at=now)
            row.refresh_from_db()
    return row


def end(*, row_id: UUID, result: ImportResult, actor: Actor, now: datetime) -> Import:
    """Write what the intake came to, once: of two that ran the same file, the later one changes nothing."""
    with transaction.atomic():
        row = Import.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.status == DONE:
            return row
        row.status = DONE
        row.intake_id = result.import_id
        row.rows_read, row.rows_accepted = result.rows_read, result.rows_accepted
        row.rows_rejected, row.rows_duplicate = result.rows_rejected, result.rows_duplicate
        plain = result.as_dict()
        row.totals, row.reasons = plain["amounts"], plain["reasons"]
        row.columns, row.notes = plain["columns"], plain["notes"]
        row.lake_path = (result.parts.get(result.frame) or [""])[0]
        row.rejects_path = result.quarantine or ""
        row.error = ""
        row.ended_at = now
        row.save()
        record(
            subject_kind=SUBJECT,
            subject_id=row.id,
            action="FILE_IMPORTED",
            actor=actor,
            now=now,
            facts=_facts(row),
            document_hash=row.content_hash,
        )
    return row


def fail(*, row_id: UUID, error: QingshouError, actor: Actor, now: datetime) -> None:
    """Write that the intake refused the file, and why; an import that is done stays done."""
    with transaction.atomic():
        row = Import.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.status == DONE:
            return
        row.status, row.error, row.ended_at = FAILED, f"{error.code}: {error.message}"[:400], now
        row.save()
        record(
            subject_kind=SUBJECT,
            subject_id=row.id,
            action="IMPORT_FAILED",
            actor=actor,
            now=now,
            facts={"code": error.code, "frame": row.frame, "as_of": row.as_of},
            document_hash=row.content_hash,
        )


def _facts(row: Import) -> Mapping[str, object]:
    return {
        "frame": row.frame,
        "as_of": row.as_of,
        "mapping": row.mapping_name,
        "rows_read": row.rows_read,
        "rows_accepted": row.rows_accepted,
        "rows_rejected": row.rows_rejected,
        "rows_duplicate": row.rows_duplicate,
    }


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
