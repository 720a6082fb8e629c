"""Bring a table of rows into PostgreSQL by COPY: new rows are inserted, changed ones updated, equal ones left alone."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import pyarrow as pa
import pyarrow.csv
from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows given."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.inserted + other.inserted, self.updated + other.updated, self.deleted + other.deleted)


def upsert(
    *,
    model: type[Model],
    rows: pa.RecordBatchReader | pa.Table,
    key: Sequence[str] = ("id",),
    insert_only: Sequence[str] = (),
    update_only: bool = False,
    replace_within: str = "",
) -> Loaded:
    """Make the table hold these rows.

    Takes   rows            columns named as the database's; binary values as '\\x...' text
            key             columns that name a row
            insert_only     columns with a value for new rows only
            update_only     rows not there are left out
            replace_within  a column: rows of the same value that were not given are deleted (a loan's schedule)
    Gives   Loaded          how many rows were really touched
    Stops   the database's own errors; a row of another lender is refused by its policy
    """
    table = sql.Identifier(model._meta.db_table)
    scratch = sql.Identifier(f"incoming_{uuid4().hex}")
    columns = list(rows.schema.names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                scratch, _names(columns), table
            )
        )
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(scratch, _names(columns))) as copy:
            for batch in rows.to_batches() if isinstance(rows, pa.Table) else rows:
                copy.write(_as_csv(batch))
        # PostgreSQL knows nothing of a fresh temporary table; without this it may join row by row
        known = list(dict.fromkeys([*key, *([replace_within] if replace_within else [])]))
        cursor.execute(sql.SQL("ANALYZE {} ({})").format(scratch, _names(known)))
        changed = [one for one in columns if one not in key and one not in insert_only]
        updated = _update(cursor, table, scratch, key, changed) if changed else 0
        deleted = _delete(cursor, table, scratch, key, replace_within) if replace_within else 0
        inserted = 0 if update_only else _insert(cursor, table, scratch, key, columns)
        cursor.execute(sql.SQL("DROP TABLE {}").format(scratch))
    return Loaded(inserted, updated, deleted)


def _names(columns: Sequence[str], prefix: str = "") -> sql.Composed:
    one = sql.SQL(prefix + "{}")
    return sql.SQL(", ").join(one.format(sql.Identifier(column)) for column in columns)


def _matches(key: Sequence[str]) -> sql.Composed:
    return sql.SQL(" AND ").join(sql.SQL("t.{0} = s.{0}").format(sql.Identifier(column)) for column in key)


def _update(
    cursor: object, table: sql.Identifier, scratch: sql.Identifier, key: Sequence[str], changed: list[str]
) -> int:
    sets = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(column)) for column in changed)
    cursor.execute(  # type: ignore[attr-defined]
        sql.SQL("UPDATE {} t SET {} FROM {} s WHERE {} AND ({}) IS DISTINCT FROM ({})").format(
            table, sets, scratch, _matches(key), _names(changed, "t."), _names(changed, "s.")
        )
    )
    return cursor.rowcount  # type: ignore[attr-defined,no-any-return]


def _delete(cursor: object, table: sql.Identifier, scratch: sql.Identifier, key: Sequence[str], within: str) -> int:
    cursor.execute(  # type: ignore[attr-defined]
        sql.SQL(
            "DELETE FROM {0} t WHERE t.{2} IN (SELECT {2} FROM {1}) AND NOT EXISTS (SELECT 1 FROM {1} s WHERE {3})"
        ).format(table, scratch, sql.Identifier(within), _matches(key))
    )
    return cursor.rowcount  # type: ignore[attr-defined,no-any-return]


def _insert(
    cursor: object, table: sql.Identifier, scratch: sql.Identifier, key: Sequence[str], columns: list[str]
) -> int:
    # most rows are there already: finding that out together is cheaper than one conflict after another
    cursor.execute(  # type: ignore[attr-defined]
        sql.SQL(
            "INSERT INTO {0} ({1}) SELECT {2} FROM {3} s WHERE NOT EXISTS (SELECT 1 FROM {0} t WHERE {4}) "
            "ON CONFLICT DO NOTHING"
        ).format(table, _names(columns), _names(columns, "s."), scratch, _matches(key))
    )
    return cursor.rowcount  # type: ignore[attr-defined,no-any-return]


_CSV = pyarrow.csv.WriteOptions(include_header=False)


def _as_csv(batch: pa.RecordBatch) -> bytes:
    """Return the rows as PostgreSQL's CSV: null is nothing at all, the empty string is two quotes."""
    written = io.BytesIO()
    pyarrow.csv.write_csv(batch, written, _CSV)
    return written.getvalue()
