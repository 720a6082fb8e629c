"""What must hold, asked in plain SQL and not of our models: the checker stands outside the code it checks.

Each check counts what is wrong; 0 is right. The day's run asks those marked daily, `qingshou verify` all of them.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to count; `sql` gives one number and takes `%(tenant)s`."""

    name: str
    invariant: str
    sql: str
    is_daily: bool = False


_AMOUNTS_UNBALANCED = """
SELECT count(*) FROM book_import i, jsonb_each(i.totals) AS t(name, total)
WHERE i.tenant_id = %(tenant)s AND i.status = 'DONE'
  AND (total ->> 'read')::numeric
      <> (total ->> 'accepted')::numeric + (total ->> 'rejected')::numeric + (total ->> 'duplicate')::numeric
"""

_SUMS_DIFFER = """
SELECT count(*) FROM cases_case c JOIN (
    SELECT borrower_id, max(as_of) AS as_of, count(*) AS loans_count, min(currency) = max(currency) AS one_currency,
        sum(balance) AS balance, sum(arrears) AS arrears, max(overdue_days) AS overdue_days
    FROM book_loan WHERE tenant_id = %(tenant)s AND NOT is_closed AND NOT is_written_off GROUP BY borrower_id
) l ON l.borrower_id = c.borrower_id
WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL AND l.as_of = c.as_of AND (
    c.loans_count <> l.loans_count OR c.overdue_days IS DISTINCT FROM l.overdue_days
    OR (l.one_currency AND (c.balance IS DISTINCT FROM l.balance OR c.arrears IS DISTINCT FROM l.arrears)))
"""

_OVERDUE = """
SELECT DISTINCT borrower_id FROM book_loan
WHERE tenant_id = %(tenant)s AND NOT is_closed AND NOT is_written_off AND severity IN ('MILD', 'MODERATE', 'SEVERE')
"""

CHECKS = (
    Check(
        "unclassified",
        "DAY",
        "SELECT COALESCE((SELECT unclassified_count FROM delinquency_classification WHERE tenant_id = %(tenant)s "
        "ORDER BY as_of DESC LIMIT 1), 0)",
        is_daily=True,
    ),
    Check(
        "cases_without_owner_action_date",
        "CASE",
        "SELECT count(*) FROM cases_case WHERE tenant_id = %(tenant)s AND closed_on IS NULL "
        "AND (owner_id IS NULL OR next_action = '' OR next_action_on IS NULL)",
        is_daily=True,
    ),
    Check(
        "rows_unaccounted",
        "I10",
        "SELECT count(*) FROM book_import WHERE tenant_id = %(tenant)s AND status = 'DONE' "
        "AND rows_read <> rows_accepted + rows_rejected + rows_duplicate",
        is_daily=True,
    ),
    Check("amounts_unaccounted", "I10", _AMOUNTS_UNBALANCED, is_daily=True),
    Check(
        "debtors_without_case",
        "CASE",
        f"SELECT count(*) FROM ({_OVERDUE}) o WHERE NOT EXISTS (SELECT 1 FROM cases_case c "  # noqa: S608
        "WHERE c.borrower_id = o.borrower_id AND c.closed_on IS NULL)",
        is_daily=True,
    ),
    Check(
        "debtors_with_two_cases",
        "CASE",
        "SELECT count(*) FROM (SELECT borrower_id FROM cases_case WHERE tenant_id = %(tenant)s AND closed_on IS NULL "
        "GROUP BY borrower_id HAVING count(*) > 1) twice",
        is_daily=True,
    ),
    Check(
        "cases_owned_across_lenders",
        "CASE",
        "SELECT count(*) FROM cases_case c JOIN access_user u ON u.id = c.owner_id "
        "WHERE c.tenant_id = %(tenant)s AND c.closed_on IS NULL AND u.tenant_id <> c.tenant_id",
    ),
    Check("case_sums_differ", "I2", _SUMS_DIFFER, is_daily=True),
    Check(
        "cases_without_record",
        "I9",
        "SELECT count(*) FROM cases_case c WHERE c.tenant_id = %(tenant)s AND NOT EXISTS ("
        "SELECT 1 FROM audit_audithead h WHERE h.tenant_id = c.tenant_id AND h.subject_kind = 'CASE' "
        "AND h.subject_id = c.id AND h.seq > 0)",
    ),
    Check(
        "days_twice",
        "DAY",
        "SELECT count(*) FROM (SELECT run_id, name FROM oversight_daystep WHERE tenant_id = %(tenant)s "
        "GROUP BY 1, 2 HAVING count(*) > 1) twice",
    ),
    Check(
        "done_days_with_missing_steps",
        "DAY",
        # the checks are a run's last step: as many steps as its position
        "SELECT count(*) FROM oversight_dayrun r WHERE r.tenant_id = %(tenant)s AND r.status = 'DONE' AND "
        "(SELECT count(*) FROM oversight_daystep s WHERE s.run_id = r.id) IS DISTINCT FROM "
        "(SELECT s.position FROM oversight_daystep s WHERE s.run_id = r.id AND s.name = 'checks')",
    ),
)


def run_checks(tenant_id: UUID, *, daily_only: bool = False) -> dict[str, int]:
    """Return name -> how many are wrong, for the daily checks or all of them."""
    found: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        # whole tables are compared, of which PostgreSQL knows nothing yet on a first day: row by row took 80 s
        cursor.execute("SET LOCAL enable_nestloop = off")
        for check in CHECKS:
            if check.is_daily or not daily_only:
                cursor.execute(check.sql, {"tenant": tenant_id})
                found[check.name] = int(cursor.fetchone()[0])
    return found


def intake_of(tenant_id: UUID, as_of: object) -> list[dict[str, object]]:
    """Return what was taken in for a day, a row a frame: files, rows read, accepted, rejected, duplicate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT frame, count(*), sum(rows_read), sum(rows_accepted), sum(rows_rejected), sum(rows_duplicate) "
            "FROM book_import WHERE tenant_id = %s AND as_of = %s AND status = 'DONE' GROUP BY frame ORDER BY frame",
            [tenant_id, as_of],
        )
        names = ("frame", "files", "read", "accepted", "rejected", "duplicate")
        return [
            {name: value if name == "frame" else int(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]
