"""The real card book: what reaches the lake equals what an independent query says of the file."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

FILE = Path(__file__).parents[3] / "data" / "taiwan" / "creditcard_default.csv.gz"
MONTHS = {
    date(2005, 9, 30): (0, 1), date(2005, 8, 31): (2, 2), date(2005, 7, 31): (3, 3),
    date(2005, 6, 30): (4, 4), date(2005, 5, 31): (5, 5), date(2005, 4, 30): (6, 6),
}  # fmt: skip


@pytest.mark.parametrize("as_of", MONTHS, ids=str)
def test_each_month_end_equals_the_file(desk, as_of):
    status, number = MONTHS[as_of]
    result = desk.take(FILE, "taiwan_card", as_of=as_of)
    assert (result.rows_read, result.rows_accepted) == (30_000, 30_000)
    source = f"read_csv('{FILE}', all_varchar=true)"
    expected = duckdb.sql(
        f"""SELECT greatest(pay_{status}::INT, 0) * 30 AS days, count(*), sum(bill_amt{number}::DECIMAL(18, 3)),
            sum(pay_amt{number}::DECIMAL(18, 3)), sum(limit_bal::DOUBLE::DECIMAL(18, 3))
        FROM {source} GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    part = desk.home / result.parts["loans"][0]
    found = duckdb.sql(
        f"""SELECT overdue_days, count(*), sum(balance), sum(paid_in_period), sum(credit_limit)
        FROM '{part}' GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    assert found == expected
    assert duckdb.sql(f"SELECT DISTINCT days_basis, arrears, currency, product FROM '{part}'").fetchall() == [
        ("DERIVED", None, "TWD", "CARD")
    ]


def test_a_month_the_file_does_not_have_is_refused(desk):
    from qingshou.features.book.intake.errors import MappingWrong

    with pytest.raises(MappingWrong, match="no variant for 2005-03-31"):
        desk.take(FILE, "taiwan_card", as_of=date(2005, 3, 31))
