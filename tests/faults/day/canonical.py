"""All that a lender's days left behind, as text without chance: plain SQL, ids replaced by natural names."""

import re
from uuid import UUID

from django.db import connection

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# What is left out and why: row numbers and the roots made of them (a rolled-back insert uses numbers up), who ran it,
# how often and how long it took. The chains' hashes and an import's name hold ids of the lender; `verify` recomputes
# every hash.
_OUT = {
    "id", "tenant_id", "head", "prev_hash", "hash", "prev_root", "root", "anchor", "runner", "attempts", "taken_ms",
    "run_id", "anchored_seq", "queue_key", "arrears_key", "since_key", "intake_id", "file_name",
}  # fmt: skip
_TABLES = {
    "book_borrower": "borrower_ref",
    "book_loan": "loan_ref",
    "book_import": "as_of",
    "cases_case": "number",
    "cases_stageevidence": "id",
    "delinquency_movement": "as_of, loan_ref",
    "delinquency_classification": "as_of",
    "delinquency_figure": "as_of, name, base_date, currency, key",
    "oversight_dayrun": "as_of",
}
_JOINED = {
    "steps": "SELECT r.as_of AS day, s.* FROM oversight_daystep s JOIN oversight_dayrun r ON r.id = s.run_id "
    "WHERE s.tenant_id = %(tenant)s ORDER BY r.as_of, s.position",
    "contact steps": "SELECT c.number AS case_number, s.* FROM contact_casestep s "
    "JOIN cases_case c ON c.id = s.case_id WHERE s.tenant_id = %(tenant)s ORDER BY c.number",
    "events": "SELECT h.subject_kind, h.subject_id, e.* FROM audit_auditevent e "
    "JOIN audit_audithead h ON h.id = e.head WHERE e.tenant_id = %(tenant)s",
    "heads": "SELECT * FROM audit_audithead WHERE tenant_id = %(tenant)s",
    "anchors": "SELECT * FROM audit_auditanchor WHERE tenant_id = %(tenant)s ORDER BY on_date",
}
_NAMES = """
SELECT id, 'borrower ' || borrower_ref FROM book_borrower WHERE tenant_id = %(tenant)s
UNION ALL SELECT id, 'loan ' || loan_ref FROM book_loan WHERE tenant_id = %(tenant)s
UNION ALL SELECT id, 'case ' || number FROM cases_case WHERE tenant_id = %(tenant)s
UNION ALL SELECT id, 'day ' || as_of FROM oversight_dayrun WHERE tenant_id = %(tenant)s
UNION ALL SELECT id, 'import ' || as_of FROM book_import WHERE tenant_id = %(tenant)s
UNION ALL SELECT id, 'user ' || replace(username, %(code)s, '') FROM access_user WHERE tenant_id = %(tenant)s
"""


def canonical_dump(*, tenant_id: UUID, code: str) -> list[str]:
    """Return one line a row, sorted within each table."""
    given = {"tenant": tenant_id, "code": code}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, given)
        names = {str(row_id): name for row_id, name in cursor.fetchall()} | {str(tenant_id): "LENDER"}
        lines = []
        statements = {
            name: f"SELECT * FROM {name} WHERE tenant_id = %(tenant)s ORDER BY {order}"
            for name, order in _TABLES.items()
        }
        for table, statement in (statements | _JOINED).items():
            cursor.execute(statement, given)
            columns = [column.name for column in cursor.description]
            rows = [_line(table, columns, row, names, code) for row in cursor.fetchall()]
            lines += sorted(rows)
    return lines


def _line(table: str, columns: list[str], row: tuple[object, ...], names: dict[str, str], code: str) -> str:
    told = [f"{name}={_text(value)}" for name, value in zip(columns, row, strict=True) if name not in _OUT]
    text = f"{table}: {' '.join(told)}"
    named = _UUID.sub(lambda found: names.get(found.group(), "UNKNOWN-ID"), text)
    return re.sub(r'"?root"?:? ?"?[0-9a-f]{64}"?', "root", named.replace(code, "CODE"))


def _text(value: object) -> str:
    if isinstance(value, dict):
        return str(sorted(value.items(), key=lambda pair: pair[0]))
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)
