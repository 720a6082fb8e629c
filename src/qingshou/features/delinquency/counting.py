"""Count the cells of cells.py over the lake's views: the book is summed up once, every cell from the sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from qingshou.features.delinquency.cells import (
    DIMENSIONS,
    MEASURES,
    PAIR_CELLS,
    PAIR_RATES,
    SNAPSHOT_CELLS,
    SNAPSHOT_RATES,
    VINTAGE_RATES,
    WATERFALL_IN,
    WATERFALL_OUT,
    WATERFALLS,
    Cell,
    Rate,
)
from qingshou.kernel.errors import QingshouError

ZERO = Decimal(0)


class FiguresDoNotBalance(QingshouError):
    """Opening, in, out and closing of a class do not add up: a fault of ours, and no figure is kept."""

    code = "FIGURES_DO_NOT_BALANCE"


@dataclass(frozen=True, slots=True)
class Count:
    """One figure before it has a date: see models.Figure for what each number is."""

    name: str
    key: str
    currency: str
    loans_count: int
    amount: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    unknown_count: int = 0


def count_snapshot(connection: duckdb.DuckDBPyConnection) -> list[Count]:
    """Return the figures of the as-of date alone."""
    _sum_up(connection, "now")
    return _cells(connection, SNAPSHOT_CELLS) + _rates(connection, SNAPSHOT_RATES)


def count_pair(connection: duckdb.DuckDBPyConnection) -> list[Count]:
    """Return the figures that compare the as-of date with the base date; stops when a waterfall does not add up."""
    for source in ("now", "before", "pair"):
        _sum_up(connection, source)
    counts = _cells(connection, PAIR_CELLS)
    check_waterfalls(counts)
    return _with_row_totals(counts) + _rates(connection, PAIR_RATES)


def count_vintage(connection: duckdb.DuckDBPyConnection) -> list[Count]:
    """Return the share of each origination month that has been 30 or 90 days past due by the as-of date."""
    _sum_up(connection, "reached")
    return _rates(connection, VINTAGE_RATES)


def check_waterfalls(counts: Iterable[Count]) -> None:
    """Stop with FiguresDoNotBalance unless opening + in - out = closing for each group, in loans and to the cent."""
    lines: dict[tuple[str, str, str], dict[str, Count]] = {}
    for count in counts:
        if count.name in WATERFALLS:
            group, line = count.key.split("|")
            lines.setdefault((count.name, group, count.currency), {})[line] = count
    for (name, group, currency), found in lines.items():
        loans = _signed({line: one.loans_count for line, one in found.items() if line != "BALANCE_CHANGE"})
        amount = _signed({line: one.amount or ZERO for line, one in found.items()})
        closing = found.get("CLOSING")
        if loans != (closing.loans_count if closing else 0) or amount != (
            (closing.amount if closing else None) or ZERO
        ):
            raise FiguresDoNotBalance(
                f"The {name} of {group} ({currency}) does not add up to its closing balance: no figure was kept. "
                "Report this with the run's page.",
                name=name,
                group=group,
            )


def _signed(lines: dict[str, Any]) -> Any:
    return sum((lines[one] for one in WATERFALL_IN if one in lines), ZERO) - sum(
        (lines[one] for one in WATERFALL_OUT if one in lines), ZERO
    )


def _sum_up(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Sum a view up by its dimensions into <view>_sums: of each measure the sum, and how many were known."""
    dimensions = ", ".join(("currency", *DIMENSIONS[source]))
    sums = "".join(f", sum({one}) AS {one}, count({one}) AS {one}_known" for one in MEASURES[source])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {source}_sums AS "  # noqa: S608
        f"SELECT {dimensions}, count(*) AS loans{sums} FROM {source} GROUP BY ALL"
    )


def _cell_sql(cell: Cell) -> str:
    known = f"sum({cell.amount}_known)" if cell.amount else "0"
    unknown = f"sum(loans) - {known}" if cell.amount else "0"
    return (
        f"SELECT {cell.key} AS key, currency, sum(loans)::BIGINT, {_total(cell.amount)}, {_total(cell.second_amount)}, "  # noqa: S608
        f"({unknown})::BIGINT FROM {cell.source}_sums WHERE {cell.where} GROUP BY ALL ORDER BY ALL"
    )


def _total(amount: str) -> str:
    return f"sum({amount})::DECIMAL(24,3)" if amount else "NULL::DECIMAL(24,3)"


def _cells(connection: duckdb.DuckDBPyConnection, cells: Sequence[Cell]) -> list[Count]:
    return [
        Count(cell.name, key, currency, loans, amount, second, None, unknown)
        for cell in cells
        for key, currency, loans, amount, second, unknown in connection.execute(_cell_sql(cell)).fetchall()
    ]


def _rates(connection: duckdb.DuckDBPyConnection, rates: Sequence[Rate]) -> list[Count]:
    """Return each share twice, by loans and by balance; a whole without a part is a share of zero."""
    found: list[Count] = []
    for rate in rates:
        parts = {(one.key, one.currency): one for one in _cells(connection, [rate.part])}
        for whole in _cells(connection, [rate.whole]):
            part = parts.get((whole.key, whole.currency)) or _nothing(whole)
            found += [_share(rate.name, measure, part, whole) for measure in rate.measures]
    return found


def _nothing(whole: Count) -> Count:
    """No loan is in the part: its balance is zero when balances are known at all, else unknown."""
    return replace(whole, loans_count=0, amount=None if whole.amount is None else ZERO, unknown_count=0)


def _share(name: str, measure: str, part: Count, whole: Count) -> Count:
    key = f"{whole.key}|{measure}"
    if measure == "COUNT":
        return Count(
            name, key, whole.currency, part.loans_count, None, Decimal(part.loans_count), Decimal(whole.loans_count)
        )
    unknown = max(part.unknown_count, whole.unknown_count)
    return Count(name, key, whole.currency, part.loans_count, part.amount, part.amount, whole.amount, unknown)


def _with_row_totals(counts: list[Count]) -> list[Count]:
    """Give each cell of the roll matrix the opening balance of its whole row."""
    totals: dict[tuple[str, str], Decimal | None] = {}
    for one in counts:
        if one.name == "roll_matrix":
            row = (one.key.split(">")[0], one.currency)
            before = totals.get(row)
            totals[row] = before if one.amount is None else (before or ZERO) + one.amount
    return [
        replace(one, denominator=totals[one.key.split(">")[0], one.currency]) if one.name == "roll_matrix" else one
        for one in counts
    ]
