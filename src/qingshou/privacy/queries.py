"""Who read whose data: for the compliance officer, and for the person who asks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qingshou.privacy.models import PersonalDataRead


@dataclass(frozen=True, slots=True)
class Read:
    """One act of reading."""

    at: datetime
    reader_name: str
    role: str
    purpose: str
    subject_kind: str
    subjects_count: int
    clear_fields: tuple[str, ...]
    masked_fields: tuple[str, ...]


def list_reads_of(*, subject_id: UUID, limit: int = 100) -> list[Read]:
    """Return who read one person's data, newest first."""
    return _reads(PersonalDataRead.objects.filter(subject_ids__contains=[subject_id]), limit)


def list_reads_by(*, reader_id: UUID, limit: int = 100) -> list[Read]:
    """Return what one user read, newest first."""
    return _reads(PersonalDataRead.objects.filter(reader_id=reader_id), limit)


def list_reads(*, limit: int = 100, before: datetime | None = None) -> list[Read]:
    """Return all reads of the lender in force, newest first."""
    rows = PersonalDataRead.objects.all()
    return _reads(rows.filter(at__lt=before) if before else rows, limit)


def _reads(rows, limit: int) -> list[Read]:  # type: ignore[no-untyped-def]
    return [
        Read(
            row.at,
            row.reader_name,
            row.role,
            row.purpose,
            row.subject_kind,
            len(row.subject_ids),
            tuple(row.clear_fields),
            tuple(row.masked_fields),
        )
        for row in rows.order_by("-at", "-id")[:limit]
    ]
