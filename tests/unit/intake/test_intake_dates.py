"""Dates by strict formats: no guessing of order, no day that does not exist."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.book.intake.dates import DateSpec, date_reader
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.reasons import Reason

TABLE = [
    ("%Y-%m-%d", "2026-11-23", date(2026, 11, 23)),
    ("%Y-%m-%d", "2026-02-30", Reason.IMPOSSIBLE_DATE),
    ("%Y-%m-%d", "2025-02-29", Reason.IMPOSSIBLE_DATE),
    ("%Y-%m-%d", "2024-02-29", date(2024, 2, 29)),
    ("%Y-%m-%d", "1899-12-31", Reason.IMPOSSIBLE_DATE),
    ("%Y-%m-%d", "23/11/2026", Reason.NOT_A_DATE),
    ("%Y-%m-%d", "2026-11-23x", Reason.NOT_A_DATE),
    ("%Y-%m-%d", "٢٠٢٦-11-23", Reason.FOREIGN_DIGITS),
    ("%d-%b-%y", "28-Feb-97", date(1997, 2, 28)),
    ("%d-%b-%y", "1-JAN-49", date(2049, 1, 1)),
    ("%d-%b-%y", "1-Jan-50", date(1950, 1, 1)),
    ("%d-%b-%y", "31-Foo-97", Reason.IMPOSSIBLE_DATE),
    ("%Y年%m月%d日", "2026年3月5日", date(2026, 3, 5)),
    ("%R/%m/%d", "094/09/30", date(2005, 9, 30)),
    ("%Y%m%d", "20261123", date(2026, 11, 23)),
    ("%m/%d/%Y", "11/23/2026", date(2026, 11, 23)),
    ("%Y-%m", "2026-02", date(2026, 2, 28)),
    ("%Y-%m", "2026-12", date(2026, 12, 31)),
    ("%Y-%m-%dT%H:%M:%S%z", "2026-11-23T08:00:00+08:00", date(2026, 11, 23)),
    ("excel_serial", "45000", date(2023, 3, 15)),
    ("excel_serial", "60", Reason.IMPOSSIBLE_DATE),
]


@pytest.mark.parametrize(("form", "text", "expected"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_dates(form, text, expected):
    assert date_reader(DateSpec(formats=(form,)))(text) == expected


def test_the_pivot_turns_two_digit_years():
    assert date_reader(DateSpec(formats=("%d-%b-%y",), pivot_year=1980))("1-Jan-79") == date(2079, 1, 1)


def test_the_first_format_that_fits_wins():
    read = date_reader(DateSpec(formats=("%d/%m/%Y", "%m/%d/%Y")))
    assert read("05/06/2026") == date(2026, 6, 5)
    assert read("12/31/2026") == date(2026, 12, 31)


@pytest.mark.parametrize("form", ["%d-%m", "%Y-%Q-%d", "%Y-%Y-%m"])
def test_a_format_that_cannot_work_is_refused(form):
    with pytest.raises(MappingWrong):
        date_reader(DateSpec(formats=(form,)))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 100_000))
def test_every_day_comes_back_in_every_form(offset):
    day = date(1900, 1, 1) + timedelta(days=offset)
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y"):
        assert date_reader(DateSpec(formats=(form,)))(day.strftime(form)) == day
