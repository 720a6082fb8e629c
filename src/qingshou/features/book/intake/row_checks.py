"""What must hold between the columns of one row: dates in order, parts adding up, days and dates agreeing."""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.targets import MONEY

Columns = dict[str, pa.Array]
Refusal = tuple[str, pa.Array, Reason]
_WIDE = pa.decimal128(30, 3)


def check_rows(frame: str, columns: Mapping[str, pa.Array]) -> list[Refusal]:
    """Return (column, rows, reason) for every rule between columns that some rows break."""
    found: list[Refusal] = []
    if frame == "loans":
        found += _order(columns, "originated_date", "maturity_date", strict=False)
        found += _parts(
            columns, "arrears", ("arrears_principal", "arrears_interest", "arrears_penalty", "arrears_fees")
        )
    elif frame == "instalments":
        found += _parts(columns, "amount", ("principal", "interest", "penalty", "fees"))
    elif frame == "pauses":
        found += _order(columns, "from_date", "until_date", strict=True)
    return [refusal for refusal in found if pc.any(refusal[1]).as_py()]


def _order(columns: Mapping[str, pa.Array], early: str, late: str, *, strict: bool) -> list[Refusal]:
    compare = pc.less_equal if strict else pc.less
    return [(late, pc.fill_null(compare(columns[late], columns[early]), False), Reason.DATE_ORDER)]


def _parts(columns: Mapping[str, pa.Array], whole: str, parts: tuple[str, ...]) -> list[Refusal]:
    """Refuse rows whose known parts exceed the whole, or whose four known parts differ from it."""
    known = [pc.cast(columns[part], _WIDE) for part in parts]
    if all(array.null_count == len(array) for array in known):
        return []
    zero = pa.scalar(0, pa.int32()).cast(MONEY).cast(_WIDE)
    total = pc.fill_null(known[0], zero)
    complete = pc.is_valid(known[0])
    for array in known[1:]:
        total = pc.cast(pc.add(total, pc.fill_null(array, zero)), _WIDE)
        complete = pc.and_(complete, pc.is_valid(array))
    amount = pc.cast(columns[whole], _WIDE)
    wrong = pc.or_(pc.greater(total, amount), pc.and_(complete, pc.not_equal(total, amount)))
    return [(whole, pc.fill_null(wrong, False), Reason.PARTS_DO_NOT_ADD_UP)]


def settle_days(columns: Columns, *, as_of: date, blank_due_date: str, given: frozenset[str]) -> Columns:
    """Fill overdue_days and days_basis from what the mapping gives.

    Takes   given           targets the mapping fills itself; a stated days_basis is left alone
            blank_due_date  whether a blank oldest_due_date means nothing is due (NOT_OVERDUE) or unknown
    Gives   the columns; days = as_of - oldest_due_date, never below 0, where only the date is given
    """
    size = len(columns["loan_id"])
    basis = "GIVEN" if "overdue_days" in given else "OLDEST_DUE_DATE" if "oldest_due_date" in given else "SCHEDULE"
    if "overdue_days" not in given and "oldest_due_date" in given:
        due = pc.cast(columns["oldest_due_date"], pa.int32())
        today = pa.scalar((as_of - date(1970, 1, 1)).days, pa.int32())
        days = pc.max_element_wise(pc.subtract(today, due), pa.scalar(0, pa.int32()), skip_nulls=False)
        if blank_due_date == "NOT_OVERDUE":
            days = pc.fill_null(days, pa.scalar(0, pa.int32()))
        columns["overdue_days"] = days
    if "days_basis" not in given:
        columns["days_basis"] = pa.repeat(pa.scalar(basis), size)
    return columns
