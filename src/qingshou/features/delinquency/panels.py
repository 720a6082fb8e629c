"""Count moves in a panel: who was in which state when, or who moved from what to what at what time.

DuckDB does the counting out of core; what comes back is one small row per time and pair of states.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

import qingshou.engine.quiet_exit  # noqa: F401  (registers itself)
from qingshou.engine.plan import existing, format_of
from qingshou.features.delinquency.matrices import Steps
from qingshou.kernel.errors import BadInput

# How a column of periods is read: its name, the test that all values pass, and the number it becomes.
_READINGS = (
    (
        "month",
        "regexp_full_match({v}, '(19|20)[0-9]{{2}}(0[1-9]|1[0-2])')",
        "({v}[1:4]::BIGINT * 12 + {v}[5:6]::BIGINT)",
    ),
    ("whole number", "regexp_full_match({v}, '[+-]?[0-9]{{1,15}}')", "{v}::BIGINT"),
    ("number", "isfinite(TRY_CAST({v} AS DOUBLE))", "{v}::DOUBLE"),
    ("month", "regexp_full_match({v}, '[0-9]{{4}}-[0-9]{{2}}')", "({v}[1:4]::BIGINT * 12 + {v}[6:7]::BIGINT)"),
    ("date", "TRY_CAST({v} AS DATE) IS NOT NULL", "epoch({v}::DATE)::BIGINT // 86400"),
)
_MONTH = "(year({v}::DATE) * 12 + month({v}::DATE))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The names of a panel's columns: a state at each period, or a move from and to at a time."""

    id_column: str
    period_column: str
    state_column: str | None = None
    from_column: str | None = None
    to_column: str | None = None

    @property
    def is_moves(self) -> bool:
        """Tell whether rows are moves."""
        return self.from_column is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: rows, those left out and why, and how periods were understood."""

    rows: int
    incomplete_rows: int
    duplicate_rows: int
    ids: int
    period_kind: str


class Panel:
    """A panel opened for counting. Made by open_panel."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, shape: Shape, reading: Reading, step: int) -> None:
        self._connection = connection
        self.shape = shape
        self.reading = reading
        self._step = step
        found = connection.execute("SELECT DISTINCT state FROM states ORDER BY 1").fetchall()
        self.states = _in_order([row[0] for row in found])

    def pair_counts(self, periods: int = 1) -> npt.NDArray[np.int64]:
        """Count pairs of states so many periods apart; rows of moves are counted as they stand."""
        if self.shape.is_moves:
            pairs = "SELECT from_state AS a, to_state AS b, count(*) FROM moves GROUP BY ALL"
        elif self.reading.period_kind == "number":
            pairs = "SELECT before_state AS a, state AS b, count(*) FROM spans GROUP BY ALL"
        elif periods == 1:
            pairs = """SELECT before_state, state, count(*) FROM spans
                       WHERE period - before_period = $distance GROUP BY ALL"""
        else:
            pairs = """SELECT x.state, y.state, count(*) FROM panel x JOIN panel y
                       ON x.id = y.id AND y.period = x.period + $distance GROUP BY ALL"""
        values = {"distance": self._step * periods} if "$distance" in pairs else {}
        return self._square(self._connection.execute(pairs, values).fetchall())

    def steps(self) -> Steps:
        """Count moves and those at risk at every time at which somebody moved."""
        ends = self._connection.execute(
            "SELECT moment, from_state, to_state, count(*) FROM ended GROUP BY ALL ORDER BY moment"
        ).fetchall()
        starts = self._connection.execute(
            "SELECT moment, state, count(*) FROM begun GROUP BY ALL ORDER BY moment NULLS FIRST"
        ).fetchall()
        return _steps(self.states, ends, starts)

    def span(self) -> tuple[Any, Any]:
        """Return the first and the last moment of the file."""
        first, last = self._connection.execute("SELECT min(period), max(period) FROM taken").fetchall()[0]
        return first, last

    def _square(self, rows: Sequence[tuple[str, str, int]]) -> npt.NDArray[np.int64]:
        place = {name: index for index, name in enumerate(self.states)}
        counts = np.zeros((len(place), len(place)), dtype=np.int64)
        for before, after, count in rows:
            counts[place[before], place[after]] += count
        return counts


@contextmanager
def open_panel(path: Path, shape: Shape, *, memory_mib: int = 1024) -> Iterator[Panel]:
    """Read a panel for counting.

    Takes   path   CSV or Parquet
            shape  its columns
    Stops   NotFound; BadInput when a column is missing or nothing usable is left
    """
    with duckdb.connect(":memory:", config={"memory_limit": f"{memory_mib}MiB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        source = existing(path)
        if format_of(source) == "parquet":
            connection.read_parquet(str(source)).create_view("given")
        else:
            connection.read_csv(str(source), header=True, all_varchar=True).create_view("given")
        names = {name.lower(): name for name in connection.table("given").columns}
        shape = _as_moves(shape, names)
        rows = connection.execute("SELECT count(*) FROM given").fetchall()[0][0]
        wanted = (shape.id_column, shape.period_column, shape.state_column, shape.from_column, shape.to_column)
        columns = [_named(names, name) for name in wanted if name is not None]
        kind, period = _period_reading(connection, columns[1])
        _take(connection, columns, period)
        reading = _prepare(connection, shape, rows, kind)
        yield Panel(connection, shape, reading, _step_of(connection, kind))


def _as_moves(shape: Shape, names: dict[str, str]) -> Shape:
    """A state column called `to` beside a column `from` is a list of moves, whatever it was called for."""
    if shape.state_column is not None and shape.state_column.lower() == "to" and "from" in names:
        return replace(shape, state_column=None, from_column=names["from"], to_column=names["to"])
    return shape


def _named(names: dict[str, str], name: str) -> str:
    if name.lower() not in names:
        raise BadInput(f"The panel has no column '{name}': it has {', '.join(names.values())}.")
    return '"' + names[name.lower()].replace('"', '""') + '"'


def _period_reading(connection: duckdb.DuckDBPyConnection, column: str) -> tuple[str, str]:
    if connection.table("given").select(column).types[0].id in ("tinyint", "smallint", "integer", "bigint"):
        low, high = connection.execute(f"SELECT min({column}), max({column}) FROM given").fetchall()[0]  # noqa: S608
        # Whole numbers that cannot be read as year and month need no look at every row.
        if low is None or not (low >= 190001 and high <= 209912):
            return "whole number", f"{column}::BIGINT"
    text = f"trim({column}::VARCHAR)"
    for kind, test, number in _READINGS:
        wrong = connection.execute(
            f"SELECT count(*) FROM given WHERE {column} IS NOT NULL AND {text} <> '' "  # noqa: S608
            f"AND NOT coalesce({test.format(v=text)}, false)"
        ).fetchall()
        if wrong[0][0] == 0:
            number = number.format(v=text)
            return (
                ("month", _MONTH.format(v=text)) if kind == "date" and _is_monthly(connection, text) else (kind, number)
            )
    raise BadInput(f"The periods in {column} are neither numbers, months (2026-11) nor dates: bring them to one form.")


def _is_monthly(connection: duckdb.DuckDBPyConnection, text: str) -> bool:
    """Tell whether dates stand for months: at most one in each, such as month-ends."""
    days, months = connection.execute(
        f"SELECT count(DISTINCT d), count(DISTINCT date_trunc('month', d)) FROM (SELECT TRY_CAST({text} AS DATE) d "  # noqa: S608
        "FROM given)"
    ).fetchall()[0]
    return bool(days == months and days > 1)


def _take(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], period: str) -> None:
    names = ["id", "period", "state"] if len(columns) == 3 else ["id", "period", "from_state", "to_state"]
    ident, at, *states = columns
    is_plain = period == f"{at}::BIGINT"
    values = [f"{ident}::VARCHAR", period if is_plain else f"CASE WHEN trim({at}::VARCHAR) <> '' THEN {period} END"]
    values += [f"nullif(trim({state}::VARCHAR), '')" for state in states]
    picks = ", ".join(f"{value} AS {name}" for value, name in zip(values, names, strict=True))
    whole = " AND ".join(f"{name} IS NOT NULL" for name in names)
    connection.execute(f"CREATE TABLE taken AS SELECT * FROM (SELECT {picks} FROM given) WHERE {whole}")  # noqa: S608


def _prepare(connection: duckdb.DuckDBPyConnection, shape: Shape, rows: int, kind: str) -> Reading:
    used, ids = connection.execute("SELECT count(*), count(DISTINCT id) FROM taken").fetchall()[0]
    if used == 0:
        raise BadInput("The panel has no row with an id, a period and a state: check the columns named.")
    doubled = 0
    if shape.is_moves:
        connection.execute("""
            CREATE VIEW moves AS SELECT id, period AS moment, from_state, to_state FROM taken;
            CREATE VIEW ended AS SELECT moment, from_state, to_state FROM moves WHERE from_state <> to_state;
            CREATE VIEW begun AS
                SELECT NULL AS moment, arg_min(from_state, moment) AS state FROM moves GROUP BY id
                UNION ALL SELECT moment, to_state FROM moves WHERE from_state <> to_state;
            CREATE VIEW states AS SELECT from_state AS state FROM moves UNION SELECT to_state FROM moves;
        """)
    else:
        doubled = connection.execute(
            "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) n FROM taken GROUP BY id, period HAVING count(*) > 1)"
        ).fetchall()[0][0]
        single = (
            "SELECT * FROM taken"
            if doubled == 0
            else ("SELECT id, period, any_value(state) AS state FROM taken GROUP BY id, period HAVING count(*) = 1")
        )
        connection.execute(f"""
            CREATE VIEW panel AS {single};
            CREATE TABLE spans AS SELECT * FROM (
                SELECT period, state, lag(period) OVER w AS before_period, lag(state) OVER w AS before_state
                FROM panel WINDOW w AS (PARTITION BY id ORDER BY period)) WHERE before_state IS NOT NULL;
            CREATE VIEW ended AS SELECT period AS moment, before_state AS from_state, state AS to_state FROM spans;
            CREATE VIEW begun AS SELECT before_period AS moment, before_state AS state FROM spans;
            CREATE VIEW states AS SELECT state FROM panel;
        """)  # noqa: S608
    return Reading(rows, rows - used, int(doubled), ids, kind)


def _step_of(connection: duckdb.DuckDBPyConnection, kind: str) -> int:
    """The usual distance of two periods: 1 for months and numbers, the smallest seen for dates."""
    if kind != "date":
        return 1
    gaps = connection.execute("""
        SELECT min(gap) FROM (SELECT period - lag(period) OVER (ORDER BY period) AS gap
        FROM (SELECT DISTINCT period FROM taken))
    """).fetchall()[0][0]
    return int(gaps or 1)


def _in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Numbers by value, then words."""

    def key(name: str) -> tuple[int, float, str]:
        try:
            return 0, float(name), name
        except ValueError:
            return 1, 0.0, name

    return tuple(sorted(names, key=key))


def _steps(
    states: tuple[str, ...], ends: Sequence[tuple[Any, str, str, int]], starts: Sequence[tuple[Any, str, int]]
) -> Steps:
    place = {name: index for index, name in enumerate(states)}
    times = sorted({row[0] for row in ends})
    row_of = {time: index for index, time in enumerate(times)}
    size = len(states)
    moved = np.zeros((len(times), size, size), dtype=np.int64)
    gone = np.zeros((len(times) + 1, size), dtype=np.int64)
    come = np.zeros((len(times) + 1, size), dtype=np.int64)
    for at, before, after, count in ends:
        if before != after:
            moved[row_of[at], place[before], place[after]] += count
        # From the next time on, who ended here is no longer at risk in that state.
        gone[row_of[at] + 1, place[before]] += count
    edges = np.array(times, dtype=float)
    for at, state, count in starts:
        # At risk at times after the start.
        first = 0 if at is None else int(np.searchsorted(edges, float(at), side="right"))
        come[first, place[state]] += count
    at_risk = (np.cumsum(come, axis=0) - np.cumsum(gone, axis=0))[:-1]
    stirred = moved.sum(axis=(1, 2)) > 0
    kept = tuple(time for time, is_kept in zip(times, stirred, strict=True) if is_kept)
    return Steps(states, kept, moved[stirred], at_risk[stirred])
