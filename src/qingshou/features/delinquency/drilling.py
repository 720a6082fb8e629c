"""The rows behind a figure: the same cell that was summed is listed, from the same file. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qingshou.features.delinquency import lake_views
from qingshou.features.delinquency.cells import CELLS, RATES, Cell
from qingshou.kernel.errors import NotFound

COLUMNS = {
    "now": (
        "loan_id", "borrower_id", "product", "branch", "state", "severity", "regulatory_class", "regulatory_reason",
        "stage", "overdue_days", "days_basis", "balance", "arrears", "provision",
    ),
    "pair": (
        "loan_id", "borrower_id", "product", "branch", "state_before", "state_after", "severity_before",
        "severity_after", "overdue_days_after", "balance_before", "balance_after", "balance_change",
    ),
    "reached": ("loan_id", "cohort", "first_30_date", "first_90_date"),
}  # fmt: skip
MEASURES = ("|COUNT", "|BALANCE")


@dataclass(frozen=True, slots=True)
class Drill:
    """The loans of one figure, a page of them, and how many there are."""

    columns: tuple[str, ...]
    rows: Sequence[dict[str, Any]]
    total: int


def needs_base(name: str) -> bool:
    """Whether the figure compares two dates."""
    return any(cell.source == "pair" for cell in _cells_of(name)) or name == "flow_rate"


def list_rows(
    *,
    name: str,
    key: str,
    currency: str,
    now: Path,
    before: Path | None,
    reached: Path | None,
    order_by: str = "loan_id",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 50,
) -> Drill:
    """List the loans counted in a figure.

    Takes   name, key  of the figure; of a share, the loans of its part
            order_by   one of COLUMNS; what is unknown comes last
            limit      None lists all
    Stops   NotFound on a figure that there is none of
    """
    cells = [cell for cell in _cells_of(name) if key.endswith(cell.ending)]
    if not cells:
        raise NotFound(f"There is no figure '{name[:40]}' with the key '{key[:60]}'.")
    plain = key
    for measure in MEASURES if any(rate.name == name for rate in RATES) else ():
        plain = plain.removesuffix(measure)
    source = cells[0].source
    columns = COLUMNS[source]
    if order_by not in columns:
        order_by = "loan_id"
    listed = ", ".join(columns)
    chosen = " UNION ALL ".join(
        f"SELECT {listed} FROM {source} WHERE currency = $currency AND ({one.where}) AND ({one.key}) = $key"  # noqa: S608
        for one in cells
    )
    given = {"currency": currency, "key": plain}
    paging = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    order = f"{order_by} {'DESC' if descending else 'ASC'} NULLS LAST, loan_id"
    with lake_views.opened(now=now, before=before, reached=reached) as connection:
        connection.execute(f"CREATE TEMP TABLE chosen AS {chosen}", given)
        total = connection.execute("SELECT count(*) FROM chosen").fetchall()[0][0]
        found = connection.execute(f"SELECT * FROM chosen ORDER BY {order}{paging}").fetchall()  # noqa: S608
    return Drill(columns, [dict(zip(columns, row, strict=True)) for row in found], int(total))


def _cells_of(name: str) -> list[Cell]:
    cells = [cell for cell in CELLS if cell.name == name] + [rate.part for rate in RATES if rate.name == name]
    if not cells:
        raise NotFound(f"There is no figure '{name[:40]}'.")
    return cells


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns listed behind a figure; stops with NotFound."""
    return COLUMNS[_cells_of(name)[0].source]
