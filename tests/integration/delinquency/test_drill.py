"""Every figure opens to its loans: as many as it counts, adding up to its amount."""

from decimal import Decimal

import pytest
from tests.integration.delinquency.taiwan_by_hand import DATES, Taiwan, months_late

from qingshou.features.delinquency import queries
from qingshou.features.delinquency.models import Figure
from qingshou.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
_SUMMED = {
    "waterfall|OPENING": "balance_before",
    "waterfall|CLOSING": "balance_after",
    "waterfall|CURED": "balance_before",
    "waterfall|ENTERED": "balance_after",
    "waterfall|BALANCE_CHANGE": "balance_change",
}


def _drill(taiwan: Taiwan, figure: Figure, **more: object) -> object:
    return queries.drill(
        name=figure.name,
        key=figure.key,
        as_of=figure.as_of,
        base_date=figure.base_date,
        currency=figure.currency,
        home=taiwan.home,
        **more,  # type: ignore[arg-type]
    )


def test_each_kind_of_figure_lists_as_many_loans_as_it_counts(taiwan: Taiwan) -> None:
    seen: dict[tuple[str, str], Figure] = {}
    for figure in Figure.objects.filter(as_of=DATES[5]).order_by("-loans_count"):
        line = figure.key.split("|")[-1] if "|" in figure.key else ""
        seen.setdefault((figure.name, line if figure.name.startswith("waterfall") else ""), figure)
    assert len(seen) > 30
    for figure in seen.values():
        assert _drill(taiwan, figure, page_size=1).total == figure.loans_count, figure.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", list(_SUMMED))
def test_the_loans_of_a_line_add_up_to_its_amount(taiwan: Taiwan, line: str) -> None:
    name, end = line.split("|")
    figure = Figure.objects.get(as_of=DATES[5], base_date=DATES[4], name=name, key=f"MODERATE|{end}")
    rows = _drill(taiwan, figure, page_size=None).rows  # type: ignore[attr-defined]
    assert len(rows) == figure.loans_count
    assert sum((row[_SUMMED[line]] for row in rows), Decimal(0)) == figure.amount


def test_the_loans_of_a_cell_are_those_of_the_file(taiwan: Taiwan) -> None:
    figure = Figure.objects.get(as_of=DATES[5], base_date=DATES[4], name="roll_matrix", key="M2>M3")
    listed = {row["loan_id"] for row in _drill(taiwan, figure, page_size=None).rows}  # type: ignore[attr-defined]
    by_hand = {
        place
        for place, row in enumerate(taiwan.tape, start=1)
        if (months_late(row, DATES[4]), months_late(row, DATES[5])) == (2, 3)
    }
    assert {int(ref) for ref in listed} == by_hand


def test_pages_do_not_overlap_and_cover_everything(taiwan: Taiwan) -> None:
    figure = Figure.objects.get(as_of=DATES[5], base_date=DATES[4], name="roll_matrix", key="M3>M4")
    found: list[str] = []
    for page in range(1, figure.loans_count // 10 + 2):
        found += [row["loan_id"] for row in _drill(taiwan, figure, page=page, page_size=10).rows]  # type: ignore[attr-defined]
    assert len(found) == len(set(found)) == figure.loans_count


def test_a_figure_that_is_none_is_not_found(taiwan: Taiwan) -> None:
    with pytest.raises(NotFound):
        queries.drill(name="profit", key="ALL", as_of=DATES[5], home=taiwan.home, currency="TWD")
    with pytest.raises(NotFound):
        queries.drill(name="waterfall", key="MILD", as_of=DATES[5], home=taiwan.home, currency="TWD")
