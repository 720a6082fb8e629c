"""What of debtors others need to reach them: language, clock, numbers and addresses (sealed), loans that are open.

Rows for many debtors at once, in a fixed number of queries; personal values stay sealed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from qingshou.features.book.models import ContactPoint
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.places import Sealed
from qingshou.tenancy.bulk import read_rows
from qingshou.tenancy.reading import Reading, Rows, read


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """A debtor as contact needs him; `national_id_index` tells which debtors are one person."""

    id: UUID
    borrower_ref: str
    kind: str
    national_id_index: bytes | None
    language: str
    time_zone: str
    region: str
    has_address: bool


@dataclass(frozen=True, slots=True)
class PointRow:
    """A number or address of a debtor, as the book holds it. `value` is sealed."""

    id: UUID
    borrower_id: UUID
    channel: str
    position: int
    value: bytes | None
    value_index: bytes | None
    source: str
    is_struck: bool


_DEBTORS = """
SELECT id, borrower_ref, kind, national_id_index, language, time_zone, region, address IS NOT NULL
FROM book_borrower WHERE id = ANY(%(ids)s)
"""
_NAMES = "SELECT id, name FROM book_borrower WHERE id = ANY(%(ids)s)"
_SAME = """
SELECT national_id_index, id FROM book_borrower
WHERE national_id_index = ANY(ARRAY(
    SELECT national_id_index FROM book_borrower WHERE id = ANY(%(ids)s) AND national_id_index IS NOT NULL))
ORDER BY id
"""
_POINTS = """
SELECT id, borrower_id, channel, position, value, value_index, source, is_struck
FROM book_contactpoint WHERE borrower_id = ANY(%(ids)s) ORDER BY borrower_id, channel, position
"""
_LOANS = """
SELECT borrower_id, id FROM book_loan WHERE borrower_id = ANY(%(ids)s) AND NOT is_closed AND NOT is_written_off
ORDER BY borrower_id, id
"""


def debtors_reading(borrower_ids: Collection[UUID]) -> Reading[dict[UUID, DebtorRow]]:
    """Ask for debtors by id, together with other questions."""
    return Reading(_DEBTORS, {"ids": list(borrower_ids)}, _debtors)


def list_debtors(*, borrower_ids: Collection[UUID]) -> dict[UUID, DebtorRow]:
    """Return the debtors by id; one who is not there is left out."""
    return read(debtors_reading(borrower_ids))


def _debtors(rows: Rows) -> dict[UUID, DebtorRow]:
    return {row[0]: DebtorRow(row[0], row[1], row[2], _bytes(row[3]), *row[4:]) for row in rows}


def sealed_names(*, borrower_ids: Collection[UUID]) -> dict[UUID, dict[str, Sealed]]:
    """Return debtors' names as they are sealed, ready for `privacy.operations.reveal_many`; one query."""
    rows = read_rows(_NAMES, {"ids": list(borrower_ids)})
    return {row[0]: {"name": Sealed("book_borrower.name", row[0], PersonalKind.NAME, _bytes(row[1]))} for row in rows}


def same_people_reading(borrower_ids: Collection[UUID]) -> Reading[Mapping[bytes, list[UUID]]]:
    """Ask who bears the identity numbers of these debtors: blind index of the number -> the ids of all its debtors."""
    return Reading(_SAME, {"ids": list(borrower_ids)}, _same)


def _same(rows: Rows) -> Mapping[bytes, list[UUID]]:
    found: dict[bytes, list[UUID]] = defaultdict(list)
    for index, borrower_id in rows:
        found[bytes(index)].append(borrower_id)
    return found


def points_reading(borrower_ids: Collection[UUID]) -> Reading[dict[UUID, list[PointRow]]]:
    """Ask for every number and address of the debtors, together with other questions."""
    return Reading(_POINTS, {"ids": list(borrower_ids)}, _points)


def list_points(*, borrower_ids: Collection[UUID]) -> dict[UUID, list[PointRow]]:
    """Return every number and address of the debtors, by debtor, in the order of channel and position."""
    return read(points_reading(borrower_ids))


def _points(rows: Rows) -> dict[UUID, list[PointRow]]:
    found: dict[UUID, list[PointRow]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(PointRow(row[0], row[1], row[2], row[3], _bytes(row[4]), _bytes(row[5]), row[6], row[7]))
    return found


def open_loans_reading(borrower_ids: Collection[UUID]) -> Reading[dict[UUID, tuple[UUID, ...]]]:
    """Ask for the loans still owed, by debtor: neither closed nor written off."""
    return Reading(_LOANS, {"ids": list(borrower_ids)}, _loans)


def _loans(rows: Rows) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for borrower_id, loan_id in rows:
        found[borrower_id].append(loan_id)
    return {borrower_id: tuple(loans) for borrower_id, loans in found.items()}


def mark_struck(*, contact_point_ids: Collection[UUID], is_struck: bool = True) -> int:
    """Mark numbers as no longer to be used, so that every page shows them struck; in the caller's transaction."""
    return (
        ContactPoint.objects.filter(id__in=contact_point_ids).exclude(is_struck=is_struck).update(is_struck=is_struck)
    )


def _bytes(value: object) -> bytes | None:
    return None if value is None else bytes(value)  # type: ignore[call-overload, no-any-return]
