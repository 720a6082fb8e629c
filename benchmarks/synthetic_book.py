"""A made-up loan book of any size, by DuckDB: the same size and day give the same file."""

from datetime import date
from pathlib import Path

import duckdb

# Shares out of a thousand loans: 7 % overdue, most of them lightly.
_DAYS = """
CASE WHEN h % 1000 < 40 THEN 1 + h2 % 30 WHEN h % 1000 < 58 THEN 31 + h2 % 60 WHEN h % 1000 < 70 THEN 91 + h2 % 400
ELSE 0 END
"""


def write_book(path: Path, *, loans: int, as_of: date, day: int, personal: bool = False) -> Path:
    """Write a canonical loans file (CSV, or Parquet by the name) for the so-manyth day of the book (1 is the first).

    Takes   day  each further day, overdue loans are a day older, one in twenty of them cures, and half a hundredth of
                 the others fall overdue: about one loan in a hundred changes
    """
    people = (
        ", '张' || chr((19968 + h % 20000)::INT) AS name, '1' || lpad((3000000000 + i)::VARCHAR, 10, '0') AS phone"
        if personal
        else ""
    )
    aged = " ".join(
        f"WHEN h3 % 200 = {turn} THEN {day - turn + 1}" for turn in range(2, day + 1)
    )  # loans that fell overdue on each later day
    cured = " OR ".join(f"(base > 0 AND h3 % 20 = {turn})" for turn in range(2, day + 1)) or "FALSE"
    fresh = f"CASE {aged} ELSE 0 END" if aged else "0"
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"""
            COPY (
              WITH numbered AS (
                SELECT i, hash(i) AS h, hash(i + 7919) AS h2, hash(i + 104729) AS h3 FROM range(1, {loans} + 1) r(i)),
              based AS (SELECT *, {_DAYS} AS base FROM numbered),
              dated AS (SELECT *,
                CASE WHEN {cured} THEN 0 WHEN base > 0 THEN base + {day - 1} ELSE {fresh} END AS days
                FROM based)
              SELECT 'L' || lpad(i::VARCHAR, 9, '0') AS loan_id,
                'B' || lpad((i * 9 // 10)::VARCHAR, 9, '0') AS borrower_id, 'RETAIL' AS borrower_kind,
                ['CARD', 'CONSUMER', 'MORTGAGE', 'VEHICLE'][1 + (h % 4)::INT] AS product,
                'BR' || lpad((h2 % 40)::VARCHAR, 2, '0') AS branch, 'CNY' AS currency,
                0.12 AS contract_rate, (DATE '{as_of}' - 900 - (h2 % 1000)::INT) AS originated_date,
                (1000 + h % 200000)::DECIMAL(18,2) AS balance,
                CASE WHEN days > 0 THEN (100 + h2 % 9000)::DECIMAL(18,2) ELSE 0 END AS arrears,
                days AS overdue_days, 'GIVEN' AS days_basis, substr('ABCDE', 1 + (h3 % 5)::INT, 1) AS credit_standing,
                false AS is_secured, false AS is_written_off, false AS is_closed,
                (h3 % 40)::INT AS payments_made {people}
              FROM dated ORDER BY i
            ) TO '{path}' ({"FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"})
            """
        )
    return path
