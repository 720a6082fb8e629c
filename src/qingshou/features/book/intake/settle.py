# ruff: noqa: S608 (names in SQL come from our own frames and staging paths, never from a file)
"""Rows against each other and against the lake: repeats, contradictions, loans held back. DuckDB, out of core."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from qingshou.features.book.intake.raw_rows import SEQ
from qingshou.features.book.intake.reasons import DUPLICATES, Reason
from qingshou.features.book.intake.staging import FrameStage
from qingshou.features.book.intake.targets import Frame

_MEMORY = "384MB"
_DUPLICATE_LIST = ", ".join(f"'{reason.value}'" for reason in sorted(DUPLICATES))
_SEQ = f'"{SEQ}"'


@contextmanager
def desk(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a bounded DuckDB that spills into the staging folder and reaches nothing else."""
    spill = folder / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "threads": "2",
        "temp_directory": str(spill),
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=settings)
    try:
        yield connection
    finally:
        connection.close()


def _columns(frame: Frame) -> str:
    return ", ".join(f'"{target.name}"' for target in frame.targets)


def _content(frame: Frame, alias: str) -> str:
    """Return SQL for one text that is equal exactly when two rows mean the same."""
    if frame.is_personal:
        return f"{alias}.content"
    texts = ", ".join(f'coalesce({alias}."{target.name}"::VARCHAR, chr(30))' for target in frame.targets)
    return f"sha256(concat_ws(chr(31), {texts}))"


class Settlement:
    """One frame being settled: view `staged`, view `existing`, table `dropped` (seq, reason)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, stage: FrameStage) -> None:
        self.frame = stage.frame
        self._run = connection
        connection.execute("DROP VIEW IF EXISTS live")
        connection.execute("DROP VIEW IF EXISTS existing")
        connection.execute("DROP VIEW IF EXISTS staged")
        connection.execute("CREATE OR REPLACE TABLE dropped (seq BIGINT, reason VARCHAR)")
        source = f"read_parquet('{_quoted(stage.path)}')"
        if stage.frame.name == "payments":
            source = f"({_payments(source)})"
        connection.execute(f"CREATE VIEW staged AS SELECT * FROM {source}")
        connection.execute(f"CREATE OR REPLACE VIEW live AS FROM staged WHERE {_SEQ} NOT IN (SELECT seq FROM dropped)")
        self._has_existing = False

    def against(self, parts: list[Path]) -> None:
        """Name the parts the lake already holds for this date."""
        if parts:
            files = ", ".join(f"'{_quoted(path)}'" for path in parts)
            self._run.execute(f"CREATE VIEW existing AS SELECT {_columns(self.frame)} FROM read_parquet([{files}])")
            self._has_existing = True

    def against_rows(self, rows: pa.Table) -> None:
        """Name the slim rows the vault already holds for this date."""
        if rows.num_rows:
            self._run.register("existing_rows", rows)
            self._run.execute("CREATE VIEW existing AS SELECT * FROM existing_rows")
            self._has_existing = True

    def judge(self, *, refused_keys: set[str], first_wins: bool) -> int:
        """Fill `dropped`; return how many rows differ from the one kept (`first_wins`: persons of several loans)."""
        differs = 0
        if self.frame.name == "instalments":
            self._repeats("ALL_COLUMNS")
            self._loans_in_lake()
        else:
            differs = self._repeats("KEY", first_wins=first_wins)
            self._keys_in_lake(first_wins=first_wins)
        if refused_keys:
            self._hold_back(refused_keys)
        return differs

    def _repeats(self, by: str, *, first_wins: bool = False) -> int:
        frame = self.frame
        names = [target.name for target in frame.targets] if by == "ALL_COLUMNS" else list(frame.key)
        key = ", ".join(f'"{name}"' for name in names)
        match = " AND ".join(f's."{name}" IS NOT DISTINCT FROM r."{name}"' for name in names)
        self._run.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key} FROM live GROUP BY {key} HAVING count(*) > 1"
        )
        if not self._one("SELECT count(*) FROM repeated"):
            return 0
        partition = ", ".join(f's."{name}"' for name in names)
        self._run.execute(
            f"""CREATE OR REPLACE TEMP TABLE judged AS
            SELECT seq, place, lowest <> highest AS differs FROM (
              SELECT s.{_SEQ} AS seq,
                     row_number() OVER (PARTITION BY {partition} ORDER BY s.{_SEQ}) AS place,
                     min({_content(frame, "s")}) OVER (PARTITION BY {partition}) AS lowest,
                     max({_content(frame, "s")}) OVER (PARTITION BY {partition}) AS highest
              FROM live s JOIN repeated r ON {match})"""
        )
        # Persons named by several loans: the first naming is kept. Loans in contradiction: none is, we do not choose.
        contradiction = "false" if first_wins else "differs"
        self._run.execute(
            f"""INSERT INTO dropped
            SELECT seq, CASE WHEN {contradiction} THEN '{Reason.CONFLICTING_DUPLICATE}'
                   ELSE '{Reason.DUPLICATE_ROW}' END
            FROM judged WHERE place > 1 OR {contradiction}"""
        )
        return self._one("SELECT count(*) FROM judged WHERE differs AND place > 1")

    def _keys_in_lake(self, *, first_wins: bool) -> None:
        if not self._has_existing:
            return
        match = " AND ".join(f's."{name}" IS NOT DISTINCT FROM e."{name}"' for name in self.frame.key)
        verdict = (
            f"'{Reason.ALREADY_IMPORTED}'"
            if first_wins
            else f"CASE WHEN bool_or({_content(self.frame, 's')} = {_content(self.frame, 'e')}) "
            f"THEN '{Reason.ALREADY_IMPORTED}' ELSE '{Reason.CONFLICTS_WITH_LAKE}' END"
        )
        self._run.execute(
            f"""INSERT INTO dropped SELECT s.{_SEQ}, {verdict} FROM staged s JOIN existing e ON {match}
            WHERE s.{_SEQ} NOT IN (SELECT seq FROM dropped) GROUP BY s.{_SEQ}"""
        )

    def _loans_in_lake(self) -> None:
        """A schedule is laid down whole: a loan already there is either the same or in contradiction."""
        if not self._has_existing:
            return
        digest = "list_sort(list({}))"
        new, old = digest.format(_content(self.frame, "s")), digest.format(_content(self.frame, "e"))
        self._run.execute(
            f"""INSERT INTO dropped
            WITH known AS (SELECT loan_id, {old} AS rows FROM existing e GROUP BY loan_id),
            fresh AS (SELECT s.loan_id, {new} AS rows FROM staged s SEMI JOIN known USING (loan_id)
                      WHERE s.{_SEQ} NOT IN (SELECT seq FROM dropped) GROUP BY s.loan_id),
            verdicts AS (SELECT loan_id, CASE WHEN fresh.rows = known.rows THEN '{Reason.ALREADY_IMPORTED}'
                         ELSE '{Reason.CONFLICTS_WITH_LAKE}' END AS verdict FROM fresh JOIN known USING (loan_id))
            SELECT s.{_SEQ}, verdict FROM staged s JOIN verdicts USING (loan_id)
            WHERE s.{_SEQ} NOT IN (SELECT seq FROM dropped)"""
        )

    def _hold_back(self, refused_keys: set[str]) -> None:
        self._run.register("held", pa.table({"loan_id": pa.array(sorted(refused_keys), pa.string())}))
        self._run.execute(
            f"""INSERT INTO dropped SELECT s.{_SEQ}, '{Reason.LOAN_HELD_BACK}'
            FROM staged s SEMI JOIN held USING (loan_id)
            WHERE s.{_SEQ} NOT IN (SELECT seq FROM dropped)"""
        )
        self._run.unregister("held")

    def also_drop(self, seqs: list[int]) -> None:
        """Drop rows whose main row was dropped."""
        self._run.register("gone", pa.table({"seq": pa.array(seqs, pa.int64())}))
        self._run.execute(
            f"""INSERT INTO dropped SELECT s.{_SEQ}, 'MAIN' FROM staged s SEMI JOIN gone ON s.{_SEQ} = gone.seq
            WHERE s.{_SEQ} NOT IN (SELECT seq FROM dropped)"""
        )
        self._run.unregister("gone")

    def dropped(self) -> dict[int, str]:
        return dict(self._run.execute("SELECT seq, reason FROM dropped ORDER BY seq").fetchall())

    def sums(self, column: str) -> tuple[Decimal, Decimal, Decimal]:
        """Return the column's sums over staged rows kept, refused and duplicate."""
        row = self._run.execute(
            f"""SELECT coalesce(sum(s."{column}") FILTER (d.seq IS NULL), 0),
                coalesce(sum(s."{column}") FILTER (d.seq IS NOT NULL AND d.reason NOT IN ({_DUPLICATE_LIST})), 0),
                coalesce(sum(s."{column}") FILTER (d.reason IN ({_DUPLICATE_LIST})), 0)
            FROM staged s LEFT JOIN dropped d ON d.seq = s.{_SEQ}"""
        ).fetchall()[0]
        return Decimal(row[0]), Decimal(row[1]), Decimal(row[2])

    def kept_seqs(self) -> pa.Array:
        query = f"SELECT {_SEQ} AS seq FROM staged WHERE {_SEQ} NOT IN (SELECT seq FROM dropped) ORDER BY 1"
        table = self._run.sql(query).to_arrow_table()
        return table.column("seq").combine_chunks()

    def rows_in_order(self) -> pa.RecordBatchReader:
        """Give the kept rows in the frame's lasting order, instalments with their running total."""
        frame = self.frame
        columns = ", ".join(f's."{target.name}"' for target in frame.targets)
        schema = frame.schema
        if frame.name == "instalments":
            columns += (
                f", CAST(sum(s.amount) OVER (PARTITION BY s.loan_id ORDER BY s.due_date, s.{_SEQ} "
                "ROWS UNBOUNDED PRECEDING) AS DECIMAL(18, 3)) AS cum_amount"
            )
            schema = schema.append(pa.field("cum_amount", pa.decimal128(18, 3)))
        any_dropped = self._one("SELECT count(*) FROM dropped") > 0
        anti = f"WHERE s.{_SEQ} NOT IN (SELECT seq FROM dropped)" if any_dropped else ""
        order = ", ".join(f's."{name}" NULLS FIRST' for name in frame.order)
        query = f"SELECT {columns} FROM staged s {anti} ORDER BY {order}, s.{_SEQ}"
        reader = self._run.sql(query).to_arrow_reader(65_536)
        return pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in reader))

    def _one(self, query: str) -> int:
        return int(self._run.execute(query).fetchall()[0][0])


def _payments(source: str) -> str:
    """Give payments without an id one made of their content and its count, so that a repeat of the file is seen."""
    return f"""SELECT * REPLACE (coalesce(payment_id, '~' || left(sha256(concat_ws('|', loan_id, paid_date, amount,
        coalesce(reverses, ''), row_number() OVER (PARTITION BY payment_id IS NULL, loan_id, paid_date, amount, reverses
        ORDER BY {_SEQ}))), 24)) AS payment_id) FROM {source}"""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
