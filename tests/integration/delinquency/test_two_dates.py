"""Every way a loan can go between two dates, in two currencies, with amounts unknown and days unknown."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.integration.book.tapes import loan

from qingshou.features.delinquency import queries
from qingshou.features.delinquency.models import Figure, Movement

pytestmark = pytest.mark.django_db
THEN, NOW = date(2026, 1, 31), date(2026, 2, 28)


@pytest.fixture
def two_dates(tenant: Any, run_day: Callable[..., Any]) -> dict[str, Any]:
    run_day(
        loan("entered", balance=100), loan("rolled", days=20, balance=50), loan("cured", days=40, balance=30),
        loan("back", days=95, balance=20), loan("stayed", days=5, balance=10), loan("written", days=120, balance=9),
        loan("paid", days=3, balance=8), loan("gone", days=35, balance=7), loan("lost", days=12, balance=6),
        loan("euro", days=12, balance=1000, currency="EUR"), loan("nobody", days=10, balance=""),
        loan("out", days=400, balance=5, written_off="true"),
        as_of=THEN,
    )  # fmt: skip
    return run_day(
        loan("entered", days=3, balance=90), loan("rolled", days=51, balance=55), loan("cured", balance=25),
        loan("back", days=60, balance=19), loan("stayed", days=7, balance="11.25"),
        loan("written", days=150, balance=9, written_off="true"), loan("paid", balance=0, closed="true"),
        loan("lost", days="", balance=6), loan("new", days=33, balance=4), loan("fresh", balance=3),
        loan("euro", days=43, balance=999, currency="EUR"), loan("nobody", days=41, balance=""),
        loan("out", days=430, balance=5, written_off="true"),
        as_of=NOW,
    )  # fmt: skip


def test_every_movement_has_its_kind(two_dates: dict[str, Any]) -> None:
    held = dict(Movement.objects.filter(as_of=NOW).values_list("loan_ref", "kind"))
    assert held == {
        "entered": "ENTERED", "rolled": "ROLLED", "cured": "CURED", "back": "ROLLED_BACK", "written": "WRITTEN_OFF",
        "paid": "CLOSED", "gone": "GONE", "lost": "CHANGED", "new": "NEW", "euro": "ROLLED", "nobody": "ROLLED",
    }  # fmt: skip
    assert two_dates["compared"].counts["STAYED"] == 1
    assert two_dates["compared"].counts["NEW"] == 2  # the fresh one is not overdue: counted, not kept


def test_waterfalls_add_up_in_each_currency(two_dates: dict[str, Any]) -> None:
    lines = queries.get_portfolio(as_of=NOW, currency="CNY").waterfall()
    mild = {line: value for line, value in lines["MILD"].items() if value[0]}
    assert mild == {
        "OPENING": (5, Decimal("74")), "ENTERED": (1, Decimal("90")), "BALANCE_CHANGE": (1, Decimal("1.25")),
        "ROLLED_OUT": (2, Decimal("50")), "PAID_OFF": (1, Decimal("8")), "REASSESSED_OUT": (1, Decimal("6")),
        "CLOSING": (2, Decimal("101.25")),
    }  # fmt: skip
    assert lines["SEVERE"]["ROLLED_BACK_OUT"] == (1, Decimal("20"))
    assert lines["MODERATE"]["ROLLED_BACK_IN"] == (1, Decimal("19"))
    assert lines["UNKNOWN"]["CLOSING"] == (1, Decimal("6"))
    euro = queries.get_portfolio(as_of=NOW, currency="EUR").waterfall()
    assert euro["MODERATE"]["CLOSING"] == (1, Decimal("999"))


def test_rows_of_the_roll_matrix_add_up_with_every_way_out(two_dates: dict[str, Any]) -> None:
    portfolio = queries.get_portfolio(as_of=NOW, currency="CNY")
    for shares in portfolio.roll_shares().values():
        assert sum(shares.values()) == pytest.approx(1, abs=Decimal("1e-20"))
    cells = portfolio.roll_matrix()
    assert (cells["M1", "PAID_OFF"], cells["M4", "WRITTEN_OFF"], cells["M2", "GONE"], cells["M1", "UNKNOWN"]) == (
        1, 1, 1, 1,
    )  # fmt: skip


def test_unknown_days_stand_outside_the_rate_and_unknown_balances_are_counted(two_dates: dict[str, Any]) -> None:
    share = queries.get_portfolio(as_of=NOW, currency="CNY").share("overdue_rate", "D1")
    assert (share.part, share.whole) == (6, 8)  # 'lost' is in neither
    assert Figure.objects.get(as_of=NOW, name="days_unknown").loans_count == 1
    owed = Figure.objects.get(as_of=NOW, name="overdue_rate", key="D1|BALANCE", currency="CNY")
    assert (owed.unknown_count, owed.numerator) == (1, Decimal("179.25"))


def test_every_figure_lists_what_it_counts(two_dates: dict[str, Any], tmp_path: Any) -> None:
    figures = list(Figure.objects.filter(as_of=NOW))
    assert len(figures) > 60
    for one in figures:
        found = queries.drill(
            name=one.name, key=one.key, as_of=NOW, base_date=one.base_date, currency=one.currency,
            home=tmp_path / "home", page_size=1,
        )  # fmt: skip
        assert found.total == one.loans_count, (one.name, one.key)


def test_vintage_counts_each_loan_once_and_for_ever(tenant: Any, run_day: Callable[..., Any]) -> None:
    run_day(loan("1", granted="2025-11-05", days=35), loan("2", granted="2025-11-20"), loan("3", granted="2025-12-01"),
            as_of=THEN)  # fmt: skip
    run_day(loan("1", granted="2025-11-05"), loan("2", granted="2025-11-20", days=95),
            loan("3", granted="2025-12-01", days=29), loan("4", granted="2026-02-01"), as_of=NOW)  # fmt: skip
    points = queries.list_vintages(as_of=NOW, currency="CNY")
    assert {(one.cohort, one.months): (one.share.part, one.share.whole) for one in points[30]} == {
        ("2025-11", 2): (1, 2), ("2025-11", 3): (2, 2), ("2025-12", 1): (0, 1), ("2025-12", 2): (0, 1),
        ("2026-02", 0): (0, 1),
    }  # fmt: skip
    assert {(one.cohort, one.months): one.share.part for one in points[90] if one.share.part} == {("2025-11", 3): 1}


def test_values_of_law_nobody_read_are_named(tenant: Any, run_day: Callable[..., Any]) -> None:
    type(tenant).objects.filter(pk=tenant.pk).update(jurisdiction="hongkong")
    run_day(loan("1", days=95), as_of=NOW)
    assert queries.get_classification(as_of=NOW).unverified_articles == ["hongkong.loan_classification appendix 2"]
