"""Tables: state in the address, cells as people read them, exports of exactly what is shown."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.utils import translation
from openpyxl import load_workbook

from qingshou.edges.exports import export_response, harmless
from qingshou.edges.filters import Filter, Filters
from qingshou.edges.tables import Column, Table, TableState, page_of

COLUMNS = (
    Column(key="name", label="Name", sort=True, href=lambda row: f"/loans/{row['name']}"),
    Column(key="balance", label="Balance", kind="money", sort=True),
    Column(key="due", label="Due", kind="date", sort=True),
    Column(key="kind", label="Kind", words={"A": "First"}, shown=False),
)
ROWS = [
    {"name": "=1+1", "balance": Decimal("1234567.891"), "due": date(2024, 2, 29), "kind": "A"},
    {"name": "<b>b</b>", "balance": Decimal(0), "due": date(2023, 1, 1), "kind": "B"},
    {"name": "c", "balance": None, "due": None, "kind": ""},
]


def state_of(query: str) -> TableState:
    return TableState.of(RequestFactory().get(f"/?{query}"), COLUMNS, sort="name")


def shown(query: str = "") -> Table:
    state = state_of(query)
    return Table(id="t", caption="T", columns=COLUMNS, rows=page_of(ROWS, state, COLUMNS), state=state, total=len(ROWS))


def content(response) -> bytes:
    got = b"".join(response.streaming_content)
    response.close()
    return got


def test_cells_read_as_people_write():
    with translation.override("en"):
        (first, *_), second, third = (line["cells"] for line in shown("sort=due").lines)
    assert "&lt;b&gt;b&lt;/b&gt;" in first[0]  # escaped, never trusted
    assert second[1] == ("1,234,567.89", "number")
    assert "2024-02-29" in second[2][0]
    assert "Unknown" in third[1][0]  # unknown is not zero


def test_zero_is_a_dash():
    assert next(line["cells"][1][0] for line in shown("sort=balance").lines) == "–"


@pytest.mark.parametrize(("query", "order"), [("sort=balance", "<=c"), ("sort=-balance", "=<c")])
def test_unknown_comes_last_either_way(query: str, order: str):
    assert "".join(row["name"][0] for row in shown(query).rows) == order


@pytest.mark.parametrize("query", ["sort=kind", "sort=x%00", "page=-1", "page=9999999999", "page=٣", "cols=nothing,,"])
def test_nonsense_in_the_address_counts_as_not_given(query: str):
    state = state_of(query)
    assert (state.sort, state.page, state.columns) == ("name", 1, ("name", "balance", "due"))


def test_the_address_keeps_filters_and_drops_the_place():
    assert shown("q=a&page=2&sort=due").state.address(sort="-due") == "?q=a&sort=-due"
    assert shown("q=a&cols=name").csv_href == "?q=a&cols=name&export=csv"


def test_paging_by_number():
    state = state_of("page=2")
    table = Table(id="t", caption="T", columns=COLUMNS, rows=ROWS, state=state, total=120, page_size=50)
    assert (table.pages, table.previous_href, table.next_href) == (3, "?page=1", "?page=3")


def test_paging_by_key():
    state = state_of("after=k1")
    table = Table(id="t", caption="T", columns=COLUMNS, rows=ROWS, state=state, next_after="k2")
    assert (table.previous_href, table.next_href) == ("?", "?after=k2")


@pytest.mark.django_db  # closing a response looks after the connection
def test_csv_is_what_is_shown_and_runs_nothing():
    table = shown("cols=name,balance,kind&export=csv")
    response = export_response(columns=table.shown, rows=table.rows, form="csv", file_name="loans")
    rows = list(csv.reader(io.StringIO(content(response).decode("utf-8-sig"))))
    assert rows == [
        ["Name", "Balance", "Kind"],
        ["<b>b</b>", "0.00", "B"],
        ["'=1+1", "1234567.891", "First"],
        ["c", "", ""],
    ]
    assert response.headers["Content-Disposition"] == 'attachment; filename="loans.csv"'


@pytest.mark.django_db  # closing a response looks after the connection
def test_xlsx_has_typed_numbers_and_no_formula():
    table = shown("export=xlsx")
    response = export_response(columns=table.shown, rows=table.rows, form="xlsx", file_name="loans")
    sheet = load_workbook(io.BytesIO(content(response))).active
    cells = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row}
    assert (cells["A3"].value, cells["A3"].data_type) == ("'=1+1", "s")
    assert (cells["B3"].value, cells["B3"].data_type) == (1234567.891, "n")
    assert cells["C3"].value == datetime(2024, 2, 29)  # noqa: DTZ001 (a spreadsheet's date)


@pytest.mark.parametrize("text", ["=cmd", "+1", "-1+2", "@sum", "\tx", "\rx"])
def test_texts_that_run_are_disarmed(text: str):
    assert harmless(text).startswith("'")


def test_plain_texts_stay():
    assert (harmless("王小明"), harmless("a=b"), harmless("x\x00y")) == ("王小明", "a=b", "xy")


def test_a_filter_offers_what_it_offers():
    filters = [Filter(name="stage", label="Stage", choices=[("A", "First")]), Filter(name="q", label="Words")]
    request = RequestFactory().get("/?stage=B&q=%20x%00%20&sort=due&page=3")
    chosen = Filters.of(request, filters)
    assert (chosen["stage"], chosen["q"], chosen.kept) == ("", "x", [("sort", "due")])
    assert chosen.clear_href == "?sort=due"


def test_instants_are_shown_where_the_lender_is():
    column = Column(key="at", label="At", kind="instant")
    state = TableState.of(RequestFactory().get("/"), (column,))
    row = {"at": datetime(2026, 1, 1, 20, 0, tzinfo=UTC)}
    table = Table(id="t", caption="T", columns=(column,), rows=[row], state=state)
    assert "2026-01-02 04:00" in str(next(iter(table.lines))["cells"][0][0])


def test_lines_stand_below_each_other_and_are_exported_together():
    column = Column(key="why", label="Why", kind="lines")
    rows = [{"why": ["A stop <b>.", "Outside the hours."]}, {"why": []}]
    state = TableState.of(RequestFactory().get("/"), (column,))
    table = Table(id="t", caption="T", columns=(column,), rows=rows, state=state, total=2)
    first, second = (line["cells"][0] for line in table.lines)
    assert first == ('<ul class="cell-lines"><li>A stop &lt;b&gt;.</li><li>Outside the hours.</li></ul>', "is-long")
    assert "–" in second[0]
    assert column.worded(rows[0]) == "A stop <b>.\nOutside the hours."  # as exported


def test_what_has_not_happened_is_a_dash_and_a_share_has_its_digits():
    columns = (
        Column(key="at", label="Started", kind="instant"),
        Column(key="share", label="Share", kind="percent", digits=0),
    )
    state = TableState.of(RequestFactory().get("/"), columns)
    rows = [{"at": None, "share": Decimal("0.5687")}]
    (line,) = Table(id="t", caption="T", columns=columns, rows=rows, state=state, total=1).lines
    assert line["cells"] == [("–", ""), ("57 %", "number")]


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [("100.500", "CNY", "100.50"), ("100.000", "JPY", "100"), ("1.250", "KWD", "1.250"), ("100", "", "100.00"),
     ("-0.010", "CNY", "-0.01"), ("100.505", "CNY", "100.505"), ("100.500", "JPY", "100.500")],
)  # fmt: skip
def test_money_is_exported_with_its_currencys_decimals_and_nothing_of_it_is_lost(amount, currency, written):
    columns = [Column(key="sum", label="Sum", kind="money", currency=lambda _: currency)]
    response = export_response(columns=columns, rows=[{"sum": Decimal(amount)}], form="csv", file_name="sums")
    assert content(response).decode("utf-8-sig").splitlines() == ["Sum", written]
