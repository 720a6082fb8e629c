"""Charts: the same numbers drawn and in the table beside, unknown never zero."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from qingshou.edges import figures
from qingshou.edges.charts import Chart, Series


def roll() -> Chart:
    return Chart(
        id="roll", title="Roll </script>", kind="heat", categories=["M0", "M1"], row_head="From", format="percent",
        series=[Series("M1", [Decimal("0.25"), None]), Series("M2", [Decimal(0), Decimal(1)])],
    )  # fmt: skip


def test_heat_map_and_its_table():
    with translation.override("en"):
        chart = roll()
        assert chart.table_head == ["From", "M0", "M1"]
        assert chart.table_rows[0] == ("M1", [("0.25", "25.00 %"), ("", "Unknown")])
        assert chart.spec["series"][0]["values"] == [0.25, None]


def test_a_waterfall_shows_its_steps():
    steps = Series("Balance", [Decimal(100), Decimal(-30), Decimal(70)])
    chart = Chart(id="w", title="W", kind="waterfall", categories=["Open", "Cured", "Close"],
                  series=[steps, Series("total", [1, 0, 1])], format="money")  # fmt: skip
    assert chart.table_head == ["", "Balance"]
    assert [cells[0][1] for _, cells in chart.table_rows] == ["100.00", "-30.00", "70.00"]


def test_titles_cannot_leave_the_script():
    html = Template("{% load web %}{% chart chart %}").render(Context({"chart": roll()}))
    assert "</script></h2>" not in html
    assert html.count("</script>") == 1


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (Decimal("1234.5"), "CNY", "1,234.50"),
        (Decimal("1234.5"), "JPY", "1,234"),
        (Decimal("1.2345"), "KWD", "1.234"),
        (Decimal("-7"), "", "-7.00"),
        (Decimal("0.000"), "CNY", "–"),
        (None, "CNY", "Unknown"),
    ],
)
def test_money_as_shown(value, currency: str, shown: str):
    with translation.override("en"):
        assert figures.money(value, currency) == shown


def test_durations_take_the_unit_a_reader_wants():
    with translation.override("zh-hans"):
        assert [figures.duration(one) for one in (5, 1500, 180_000, None)] == ["5 毫秒", "1.5 秒", "3.0 分钟", "–"]
