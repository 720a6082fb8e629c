"""A segment in SQL: which live cases it is, how many they are, and what there is to choose from."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from qingshou.features.contact.rules.segments import TEXTS, Segment
from qingshou.tenancy.context import current_tenant_id

COUNT_MAX = 1_000_000
_CHOICES_MAX = 200
_COLUMNS = {
    "severity": "c.severity",
    "stage": "c.stage",
    "product": "c.product",
    "branch": "c.branch",
    "next_action": "c.next_action",
    "region": "b.region",
    "language": "COALESCE(NULLIF(p.language, ''), b.language)",  # as the person asked, else as the tape says
}
_RANGES = {
    "days_min": "c.overdue_days >=",
    "days_max": "c.overdue_days <=",
    "arrears_min": "c.arrears >=",
    "arrears_max": "c.arrears <=",
}

# The person behind a debtor, as queries.persons.person_key spells it.
PERSON = "COALESCE('N:' || encode(b.national_id_index, 'hex'), 'B:' || b.id::text)"
# p is there once the debtor's person is known to the desk of contact
FROM = """FROM cases_case c JOIN book_borrower b ON b.id = c.borrower_id
LEFT JOIN contact_personlink l ON l.borrower_id = c.borrower_id
LEFT JOIN contact_contactperson p ON p.id = l.person_id"""


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """How many debtors a segment is, and their arrears by currency (of those whose arrears are known)."""

    debtors: int
    arrears: tuple[tuple[str, Decimal | None], ...]


def where_sql(segment: Segment) -> tuple[str, dict[str, object]]:
    """Return the condition of a segment over FROM, and what it is given."""
    parts = ["c.tenant_id = %(tenant)s", "c.closed_on IS NULL"]
    given: dict[str, object] = {"tenant": current_tenant_id()}
    for name in (*TEXTS, *_RANGES):
        value = getattr(segment, name)
        if value not in ("", None):
            parts.append(f"{_COLUMNS[name]} = %({name})s" if name in _COLUMNS else f"{_RANGES[name]} %({name})s")
            given[name] = value
    return " AND ".join(parts), given


def count_segment(segment: Segment) -> SegmentSize:
    """Return how many live cases a segment is, with the sum of their arrears."""
    where, given = where_sql(segment)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.currency, count(*), sum(c.arrears) {FROM} WHERE {where} GROUP BY 1 ORDER BY 2 DESC",
            given,
        )
        rows = cursor.fetchall()
    return SegmentSize(sum(row[1] for row in rows), tuple((row[0], row[2]) for row in rows))


def segment_choices() -> dict[str, list[str]]:
    """Return the regions and languages that debtors with live cases have."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for name in ("region", "language"):
            cursor.execute(
                f"SELECT DISTINCT value FROM (SELECT {_COLUMNS[name]} AS value {FROM} "  # noqa: S608
                "WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL) AS each_one WHERE value <> '' "
                f"ORDER BY value LIMIT {_CHOICES_MAX}",
                {"tenant": current_tenant_id()},
            )
            found[name] = [row[0] for row in cursor.fetchall()]
    return found
