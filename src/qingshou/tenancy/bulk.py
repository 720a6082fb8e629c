"""Many rows at once into tables under row-level security.

PostgreSQL refuses COPY FROM into a table whose policies bind the role, so rows are copied into a temporary table and
inserted from there: the policies judge every row, and the speed is COPY's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from qingshou.tenancy.arrays import as_array


def read_rows(statement: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of ours: for reads so frequent that making the statement anew would be most of it.

    The tables' policies judge every row, as always.
    """
    given = {name: as_array(value) if isinstance(value, list) else value for name, value in parameters.items()}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def copy_rows(
    *,
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    on_conflict: str = "",
) -> int:
    """Insert rows by COPY and return how many were inserted.

    Takes   model        the rows' model
            columns      database column names, in the order of each row's values
            rows         the values; psycopg adapts Python types
            on_conflict  SQL after the insert, such as "ON CONFLICT DO NOTHING"; ours, never a user's
    Stops   the database's own errors: a row of another lender is refused by its policy
    """
    table = sql.Identifier(model._meta.db_table)
    scratch = sql.Identifier(f"incoming_{uuid4().hex}")
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        # every constraint is judged at the insert
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                scratch, names, table
            )
        )
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(scratch, names)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}").format(
                table,
                names,
                names,
                scratch,
                sql.SQL(on_conflict),  # type: ignore[arg-type]
            )
        )
        inserted: int = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(scratch))
    return inserted
