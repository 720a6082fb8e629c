"""The credit record counted by plain SQL over the file: shares nothing with the product, which must come to the same.

What the statuses mean is said here once more, on purpose: 0 to 5 are months late 1 to 6, C is nothing late, X no loan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

_PANEL = """
CREATE TABLE panel AS
SELECT id, months_balance AS m, CASE status WHEN 'C' THEN 0 ELSE status::INT + 1 END AS late
FROM read_parquet(?) WHERE status <> 'X' AND months_balance BETWEEN ? AND ?
"""
# Every account that was there so many months ago or is there now, with where it was and where it is.
_PAIRS = """
SELECT coalesce(z.m + {gap}, a.m) AS m, z.late AS old, a.late AS new
FROM (SELECT * FROM panel WHERE m + {gap} <= (SELECT max(m) FROM panel)) z
FULL OUTER JOIN (SELECT * FROM panel WHERE m - {gap} >= (SELECT min(m) FROM panel)) a
  ON a.id = z.id AND a.m = z.m + {gap}
"""
_KIND = """
CASE WHEN old IS NULL THEN 'NEW' WHEN new IS NULL THEN 'GONE' WHEN old = 0 AND new > 0 THEN 'ENTERED'
     WHEN old > 0 AND new = 0 THEN 'CURED' WHEN new > old THEN 'ROLLED' WHEN new < old THEN 'ROLLED_BACK'
     ELSE 'STAYED' END
"""
# An account there in the first month may be of any age: it belongs to no month of origin.
_VINTAGE = """
WITH origin AS (SELECT id, min(m) AS born FROM panel GROUP BY id),
     worst AS (SELECT p.m AS seen, o.born, o.id, max(p2.late) AS late
               FROM (SELECT DISTINCT m FROM panel) p JOIN origin o ON o.born <= p.m
               JOIN panel p2 ON p2.id = o.id AND p2.m <= p.m
               WHERE o.born > (SELECT min(m) FROM panel) GROUP BY ALL)
SELECT seen, born, count(*) FILTER (late >= 2), count(*) FILTER (late >= 4), count(*) FROM worst GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class ByHand:
    """Counts by month, months as 0 for the latest, -1 for the one before."""

    book: Mapping[int, tuple[int, int]]  # accounts, overdue ones
    kinds: Mapping[int, Mapping[str, int]]
    matrix: Mapping[tuple[int, int], Mapping[tuple[str, str], int]]  # (month, months apart)
    vintage: Mapping[int, Mapping[tuple[int, int], tuple[int, int]]]  # month -> (origin, days) -> late, accounts


def count(panel: Path, first: int, last: int) -> ByHand:
    """Count everything for the months from first to last."""
    connection = duckdb.connect()
    connection.execute(_PANEL, [str(panel), first, last])
    book = connection.execute("SELECT m, count(*), count(*) FILTER (late > 0) FROM panel GROUP BY m").fetchall()
    return ByHand(
        book={month: (accounts, late) for month, accounts, late in book},
        kinds=_kinds(connection, first),
        matrix=_matrices(connection),
        vintage=_vintages(connection),
    )


def _kinds(connection: duckdb.DuckDBPyConnection, first: int) -> dict[int, dict[str, int]]:
    pairs = _PAIRS.format(gap=1)
    rows = connection.execute(f"SELECT m, {_KIND}, count(*) FROM ({pairs}) GROUP BY ALL").fetchall()
    everyone = connection.execute("SELECT count(*) FROM panel WHERE m = ?", [first]).fetchall()[0][0]
    found: dict[int, dict[str, int]] = {first: {"NEW": everyone}}
    for month, kind, accounts in rows:
        found.setdefault(month, {})[kind] = accounts
    return found


def _matrices(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], dict[tuple[str, str], int]]:
    found: dict[tuple[int, int], dict[tuple[str, str], int]] = {}
    for gap in (1, 3):
        rows = connection.execute(
            f"SELECT m, 'M' || old, coalesce('M' || new, 'GONE'), count(*) FROM ({_PAIRS.format(gap=gap)}) "
            "WHERE old IS NOT NULL GROUP BY ALL"
        ).fetchall()
        for month, old, new, accounts in rows:
            found.setdefault((month, gap), {})[old, new] = accounts
    return found


def _vintages(connection: duckdb.DuckDBPyConnection) -> dict[int, dict[tuple[int, int], tuple[int, int]]]:
    found: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
    for seen, born, late_30, late_90, accounts in connection.execute(_VINTAGE).fetchall():
        found.setdefault(seen, {})[born, 30] = (late_30, accounts)
        found[seen][born, 90] = (late_90, accounts)
    return found


def still_current_after_three(panel: Path) -> dict[str, float]:
    """Return, of accounts 30-59 days late, the share not overdue three months on: directly, and by the chain.

    Both over accounts that are in the file all the way, all months together.
    """
    connection = duckdb.connect()
    connection.execute(_PANEL, [str(panel), -10_000, 0])
    size = 7
    rows = connection.execute("SELECT a.late, b.late, count(*) FROM panel a JOIN panel b ON b.id = a.id "
                              "AND b.m = a.m + 1 GROUP BY ALL").fetchall()  # fmt: skip
    one = [[0.0] * size for _ in range(size)]
    for old, new, accounts in rows:
        one[old][new] = float(accounts)
    one = [[cell / (sum(row) or 1) for cell in row] for row in one]
    reached = one[2]
    for _month in range(2):
        reached = [sum(reached[k] * one[k][j] for k in range(size)) for j in range(size)]
    direct = connection.execute(
        "SELECT avg((b.late = 0)::INT), avg((b.late <= 1)::INT), count(*) FROM panel a "
        "JOIN panel b ON b.id = a.id AND b.m = a.m + 3 WHERE a.late = 2"
    ).fetchall()[0]
    return {
        "accounts_30_59": direct[2],
        "nothing_late_direct": round(direct[0], 4),
        "nothing_late_chain": round(reached[0], 4),
        "under_30_direct": round(direct[1], 4),
        "under_30_chain": round(reached[0] + reached[1], 4),
    }


def month_end(latest: date, back: int) -> date:
    """Return the month-end so many months (0 or negative) from the latest."""
    from calendar import monthrange

    months = latest.year * 12 + latest.month - 1 + back
    year, month = divmod(months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
