"""Choose the working set out of a day's classified book: every loan of each borrower who is overdue, or was once.

DuckDB over the lake; no Django. Rows come out in the shape of the tables of models.py, without personal values.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa

from qingshou.features.book import identity

# What of a schedule a desk needs at hand; the whole of it stays in the lake.
SCHEDULE_MONTHS_BEHIND = 3
SCHEDULE_MONTHS_AHEAD = 3
PAYMENTS_MONTHS_BEHIND = 6

_CODES = (
    "product", "branch", "channel", "currency", "days_basis", "severity_base", "severity", "severity_reason",
    "regulatory_class", "regulatory_reason",
)  # fmt: skip
_PLAIN = (
    "contract_rate", "penalty_uplift", "originated_date", "maturity_date", "credit_limit", "balance", "arrears",
    "arrears_principal", "arrears_interest", "arrears_penalty", "arrears_fees", "paid_in_period", "payments_made",
    "oldest_due_date", "overdue_days", "bucket", "stage", "provision_rate", "provision", "is_secured",
)  # fmt: skip
_FLAGS = ("is_non_performing", "is_contaminated", "is_written_off", "is_closed")


@contextmanager
def chosen(
    *, tenant_id: UUID, as_of: date, classified: Path, known_borrower_refs: pa.Table, memory_mib: int = 1024
) -> Iterator["WorkingSet"]:
    """Open the working set of a date.

    Takes   classified           the classified file of the date
            known_borrower_refs  one column, borrower_ref: who is in PostgreSQL already
    """
    connection = duckdb.connect(":memory:", config={"memory_limit": f"{memory_mib}MiB"})
    try:
        connection.execute("SET enable_progress_bar = false")
        connection.register("known", known_borrower_refs)
        source = _parquet([classified])
        connection.execute(
            f"CREATE TEMP TABLE loans AS SELECT * FROM {source} WHERE borrower_id IN ("  # noqa: S608
            f"SELECT borrower_id FROM {source} WHERE overdue_days >= 1 AND NOT is_written_off AND NOT is_closed "
            "UNION SELECT borrower_ref FROM known)"
        )
        yield WorkingSet(connection, tenant_id, as_of)
    finally:
        connection.close()


class WorkingSet:
    """The chosen loans, and what hangs on them, as tables ready to be loaded."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tenant_id: UUID, as_of: date) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self._as_of = as_of

    @property
    def loans_count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM loans").fetchall()[0][0])

    def borrower_refs(self) -> list[str]:
        found = self._connection.execute("SELECT DISTINCT borrower_id FROM loans ORDER BY 1").fetchall()
        return [row[0] for row in found]

    def loan_refs(self) -> list[str]:
        return [row[0] for row in self._connection.execute("SELECT loan_id FROM loans ORDER BY 1").fetchall()]

    def borrowers(self) -> pa.RecordBatchReader:
        """Give a row a borrower; where loans differ on a fact of the person, the worst standing, the first kind."""
        return self._rows(f"""
            SELECT {self._borrower} AS id, {self._tenant} AS tenant_id, borrower_id AS borrower_ref,
                   min(borrower_kind) AS kind, coalesce(max(credit_standing), '') AS credit_standing,
                   coalesce(min(region), '') AS region, '' AS language, '' AS time_zone
            FROM loans GROUP BY borrower_id ORDER BY id
        """)  # noqa: S608

    def loans(self) -> pa.RecordBatchReader:
        """Give a row a loan with its state on the date."""
        codes = ", ".join(f"coalesce({one}, '') AS {one}" for one in _CODES)
        flags = ", ".join(f"coalesce({one}, false) AS {one}" for one in _FLAGS)
        return self._rows(f"""
            SELECT {self._loan} AS id, {self._tenant} AS tenant_id, loan_id AS loan_ref,
                   {self._borrower} AS borrower_id, {self._day} AS as_of, {codes}, {", ".join(_PLAIN)}, {flags}
            FROM loans ORDER BY id
        """)  # noqa: S608

    def instalments(self, parts: Sequence[Path]) -> pa.RecordBatchReader:
        """Give the instalments near the date; a position counts over the whole schedule, so it never moves."""
        return self._rows(f"""
            SELECT {self._tenant} AS tenant_id, {self._loan} AS loan_id, due_date, position, amount, principal,
                   interest, penalty, fees
            FROM (SELECT i.*, l.oldest_due_date,
                         row_number() OVER (PARTITION BY loan_id ORDER BY due_date, cum_amount, amount) AS position
                  FROM {_parquet(parts)} i JOIN (SELECT loan_id, oldest_due_date FROM loans) l USING (loan_id))
            WHERE due_date >= least(oldest_due_date, {self._day} - INTERVAL {SCHEDULE_MONTHS_BEHIND} MONTH)
                  AND due_date < {self._day} + INTERVAL {SCHEDULE_MONTHS_AHEAD} MONTH
        """)  # noqa: S608

    def payments(self, parts: Sequence[Path]) -> pa.RecordBatchReader:
        """Give the payments of the last months; one without a number is named by its date, amount and turn."""
        return self._rows(f"""
            SELECT {self._tenant} AS tenant_id, {self._loan} AS loan_id,
                   coalesce(payment_id, 'row:' || paid_date || ':' || amount || ':' || row_number() OVER
                            (PARTITION BY loan_id, paid_date, amount, payment_id ORDER BY reverses)) AS payment_ref,
                   paid_date, amount, coalesce(reverses, '') AS reverses_ref
            FROM {_parquet(parts)}
            WHERE loan_id IN (SELECT loan_id FROM loans)
                  AND paid_date >= {self._day} - INTERVAL {PAYMENTS_MONTHS_BEHIND} MONTH
        """)  # noqa: S608

    @property
    def _day(self) -> str:
        return f"DATE '{self._as_of}'"

    @property
    def _loan(self) -> str:
        return identity.identify_sql(self._tenant_id, identity.LOAN, "loan_id")

    @property
    def _borrower(self) -> str:
        return identity.identify_sql(self._tenant_id, identity.BORROWER, "borrower_id")

    @property
    def _tenant(self) -> str:
        return f"'{self._tenant_id}'"

    def _rows(self, statement: str) -> pa.RecordBatchReader:
        return self._connection.sql(statement).to_arrow_reader(65_536)


def _parquet(parts: Sequence[Path]) -> str:
    listed = ", ".join("'" + str(part).replace("'", "''") + "'" for part in parts)
    return f"read_parquet([{listed}])"
