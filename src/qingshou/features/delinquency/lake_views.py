"""Two dates of the book side by side, in DuckDB over the lake: what every figure is counted from and drills into.

Views    now       one row a loan of the as-of date
         before    the same of the base date
         pair      one row a loan of either date that was in the book on one of them, with its way between them
         reached   one row a loan ever seen, with the first as-of dates on which it was 30 and 90 days past due
"In the book" (`is_live`) is neither written off nor closed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

STATES = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "UNKNOWN")
ENDS = ("PAID_OFF", "WRITTEN_OFF", "GONE")

_SNAPSHOT = """
SELECT loan_id, borrower_id, product, coalesce(branch, '') AS branch, currency, balance, arrears, provision,
       overdue_days, bucket, severity, regulatory_class, coalesce(regulatory_reason, '') AS regulatory_reason,
       coalesce(stage::VARCHAR, 'UNKNOWN') AS stage, days_basis, originated_date, is_written_off, is_closed,
       NOT is_written_off AND NOT is_closed AS is_live,
       coalesce(is_non_performing, false) AS is_non_performing,
       coalesce(overdue_days >= 1, false) AS is_overdue,
       coalesce(overdue_days >= 30, false) AS is_30,
       coalesce(overdue_days >= 90, false) AS is_90,
       overdue_days IS NOT NULL AS is_known,
       CASE WHEN bucket IS NULL THEN 'UNKNOWN' ELSE 'M' || bucket END AS state
FROM read_parquet({path})
"""
# A move between unknown and known days is neither better nor worse: it is called CHANGED. A law that begins or ceases
# to cover a book is no movement of its loans.
_PAIR = """
SELECT coalesce(n.loan_id, b.loan_id) AS loan_id, coalesce(n.borrower_id, b.borrower_id) AS borrower_id,
       coalesce(n.currency, b.currency) AS currency, coalesce(n.product, b.product) AS product,
       coalesce(n.branch, b.branch) AS branch,
       CASE WHEN b.is_live THEN b.state END AS state_before,
       CASE WHEN n.loan_id IS NULL THEN 'GONE' WHEN n.is_written_off THEN 'WRITTEN_OFF'
            WHEN n.is_closed THEN 'PAID_OFF' ELSE n.state END AS state_after,
       CASE WHEN b.is_live THEN b.severity END AS severity_before,
       CASE WHEN n.is_live THEN n.severity END AS severity_after,
       CASE WHEN b.is_live THEN b.bucket END AS bucket_before,
       CASE WHEN n.is_live THEN n.bucket END AS bucket_after,
       b.balance AS balance_before, n.balance AS balance_after, n.overdue_days AS overdue_days_after,
       CASE WHEN b.is_live THEN b.regulatory_class END AS class_before,
       CASE WHEN n.is_live THEN n.regulatory_class END AS class_after,
       CASE WHEN b.balance IS NOT NULL OR n.balance IS NOT NULL
            THEN coalesce(n.balance, 0) - coalesce(b.balance, 0) END AS balance_change,
       coalesce(b.is_live, false) AS was_live, coalesce(n.is_live, false) AS is_live
FROM (SELECT * FROM before WHERE is_live) b FULL OUTER JOIN now n ON n.loan_id = b.loan_id
WHERE b.loan_id IS NOT NULL OR n.is_live
"""
MOVEMENT_KIND = """
CASE WHEN NOT was_live THEN 'NEW'
     WHEN state_after = 'PAID_OFF' THEN 'CLOSED'
     WHEN state_after IN ('WRITTEN_OFF', 'GONE') THEN state_after
     WHEN state_before = 'UNKNOWN' OR state_after = 'UNKNOWN'
          THEN CASE WHEN state_before = state_after THEN 'STAYED' ELSE 'CHANGED' END
     WHEN bucket_before = 0 AND bucket_after > 0 THEN 'ENTERED'
     WHEN bucket_before > 0 AND bucket_after = 0 THEN 'CURED'
     WHEN bucket_after > bucket_before THEN 'ROLLED'
     WHEN bucket_after < bucket_before THEN 'ROLLED_BACK'
     WHEN severity_before <> severity_after THEN 'CHANGED'
     WHEN class_before <> class_after AND 'UNCLASSIFIED' NOT IN (class_before, class_after) THEN 'CHANGED'
     ELSE 'STAYED' END
"""
# The same columns with no rows: the base of a first date, and the history before it.
_NO_SNAPSHOT = "SELECT * FROM now WHERE false"
_NO_HISTORY = (
    "SELECT * FROM (SELECT NULL::VARCHAR AS loan_id, NULL::VARCHAR AS currency, NULL::VARCHAR AS cohort, "
    "NULL::DATE AS first_30_date, NULL::DATE AS first_90_date) WHERE false"
)


@contextmanager
def opened(
    *, now: Path, before: Path | None = None, reached: Path | None = None, memory_mib: int = 1024
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the views over lake files; the views exist for the length of the `with`.

    Takes   now, before  classified files of the two dates (without `before`: every loan is new)
            reached      the reached file of the same date as `now`, when vintage is asked for
    """
    connection = duckdb.connect(":memory:", config={"memory_limit": f"{memory_mib}MiB"})
    try:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute(f"CREATE VIEW now AS {_SNAPSHOT.format(path=quoted(now))}")
        earlier = _SNAPSHOT.format(path=quoted(before)) if before else _NO_SNAPSHOT
        connection.execute(f"CREATE VIEW before AS {earlier}")
        connection.execute(f"CREATE VIEW pair AS SELECT *, {MOVEMENT_KIND} AS kind FROM ({_PAIR})")  # noqa: S608
        if reached:
            connection.execute(f"CREATE VIEW reached AS SELECT * FROM read_parquet({quoted(reached)})")  # noqa: S608
        yield connection
    finally:
        connection.close()


def quoted(path: Path) -> str:
    """Return a path as an SQL string: table functions take no parameters inside a view."""
    return "'" + str(path).replace("'", "''") + "'"


def reached_sql(*, as_of: str, previous: Path | None) -> str:
    """Return the statement of the reached table: yesterday's, carried on by today's days past due.

    A loan without a date of origination is counted from the month in which the tape first shows it. Those that are
    there on the lender's first date may be of any age: they have no month and stand in no vintage.

    Takes   as_of     ISO date of `now`
            previous  the reached file of the as-of date before, or None on the first
    """
    history = f"SELECT * FROM read_parquet({quoted(previous)})" if previous else _NO_HISTORY  # noqa: S608
    first_seen = f"CASE WHEN h.loan_id IS NULL THEN '{as_of[:7]}' END" if previous else "NULL"
    return f"""
        SELECT coalesce(h.loan_id, n.loan_id) AS loan_id, coalesce(h.currency, n.currency) AS currency,
               coalesce(h.cohort, strftime(n.originated_date, '%Y-%m'), {first_seen}) AS cohort,
               coalesce(h.first_30_date, CASE WHEN n.is_30 THEN DATE '{as_of}' END) AS first_30_date,
               coalesce(h.first_90_date, CASE WHEN n.is_90 THEN DATE '{as_of}' END) AS first_90_date
        FROM ({history}) h FULL OUTER JOIN now n ON n.loan_id = h.loan_id
        ORDER BY loan_id
    """  # noqa: S608
