"""The cockpit's pages show what the file says, cost the same however many dates there are, and refuse who may not."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.integration.delinquency.taiwan_by_hand import DATES, Taiwan, months_late, moves

from qingshou.access.models import User
from qingshou.features.delinquency import queries
from qingshou.features.delinquency.models import Classification, Figure

pytestmark = pytest.mark.django_db
COCKPIT_QUERIES = 12
FIGURES_QUERIES = 9  # the lender's words of products among them


@pytest.fixture
def desk(taiwan: Taiwan, settings: Any) -> Callable[[str], Client]:
    """Return a signed-in client for a role of the Taiwan lender."""
    settings.QINGSHOU_HOME = taiwan.home

    def sign_in(role: str) -> Client:
        user = User.objects.create(
            username=f"tw-{role.lower()}", display_name=role, role=role, joined_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def _chart(page: str, name: str) -> dict[str, Any]:
    found = re.search(rf'<script id="{name}-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found, f"no chart {name}"
    return json.loads(found.group(1))


def test_cockpit_shows_the_roll_matrix_and_the_rate_of_the_file(desk: Callable[[str], Client], taiwan: Taiwan) -> None:
    page = desk("RISK_OFFICER").get("/cockpit/").content.decode()
    heat = _chart(page, "roll-matrix")
    step = moves(taiwan.tape, DATES[4], DATES[5])
    rows = {row["name"]: dict(zip(heat["categories"], row["values"], strict=True)) for row in heat["series"]}
    two_late = sum(count for (before, _after), count in step.items() if before == "M2")
    assert rows["M2 (31-60)"]["Current"] == pytest.approx(step["M2", "M0"] / two_late)
    assert rows["M2 (31-60)"]["M3"] == pytest.approx(step["M2", "M3"] / two_late)
    trend = _chart(page, "overdue-rate")
    assert trend["categories"] == [day.isoformat() for day in DATES]
    late = [sum(months_late(row, day) > 0 for row in taiwan.tape) / 30_000 for day in DATES]
    assert trend["series"][0]["values"] == pytest.approx(late)


def test_cockpit_says_what_a_reader_must_know(desk: Callable[[str], Client], taiwan: Taiwan) -> None:
    client = desk("RISK_OFFICER")
    page = client.get("/cockpit/").content.decode()
    assert "Days past due of 30,000 loans are derived" in page
    assert "No vintage can be drawn" in page
    assert "promises more cures than happen" in page
    first = client.get("/cockpit/?as_of=2005-04-30").content.decode()
    assert "30,000 loans are not classified: No text of law held covers the date." in first
    assert "Nothing to compare with yet" in first
    taiwan.tenant.law_date = date(2014, 1, 28)
    type(taiwan.tenant).objects.filter(pk=taiwan.tenant.pk).update(law_date=date(2014, 1, 28))
    assert "judged by the law of" in client.get("/cockpit/").content.decode()


def test_unknown_arrears_are_called_unknown(desk: Callable[[str], Client]) -> None:
    page = desk("RISK_OFFICER").get("/cockpit/?by=BALANCE").content.decode()
    assert _chart(page, "arrears-by")["series"][0]["values"] == [None]
    assert "arrears are unknown, not zero" in page
    assert _chart(page, "structure-class")["series"][0]["values"][0] is not None


def test_links_of_a_figure_open_its_loans(desk: Callable[[str], Client], taiwan: Taiwan) -> None:
    client = desk("RISK_OFFICER")
    heat = _chart(client.get("/cockpit/").content.decode(), "roll-matrix")
    row = [one["name"] for one in heat["series"]].index("M2 (31-60)")
    link = heat["links"][row][heat["categories"].index("M3")]
    count = moves(taiwan.tape, DATES[4], DATES[5])["M2", "M3"]
    page = client.get(link)
    assert page.context["table"].total == page.context["figure"].loans_count == count
    csv = b"".join(client.get(f"{link}&export=csv").streaming_content).decode("utf-8-sig")
    assert len(csv.splitlines()) == count + 1


def test_who_may_not_list_loans_sees_figures_without_links(desk: Callable[[str], Client]) -> None:
    client = desk("ADMINISTRATOR")
    heat = _chart(client.get("/cockpit/").content.decode(), "roll-matrix")
    assert {link for row in heat["links"] for link in row} == {None}
    asked = "/cockpit/loans?name=book&key=ALL&as_of=2005-09-30&currency=TWD"
    assert client.get(asked).status_code == 403
    assert desk("COLLECTOR").get("/cockpit/").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/cockpit/loans",
        "/cockpit/loans?name=profit&key=ALL&as_of=2005-09-30&currency=TWD",
        "/cockpit/loans?name=book&key=ALL&as_of=2005-09-29&currency=TWD",
        "/cockpit/loans?name=book&key=%27%3B&as_of=2005-09-30&currency=TWD",
    ],
)
def test_a_figure_that_is_none_is_not_found(desk: Callable[[str], Client], address: str) -> None:
    assert desk("RISK_OFFICER").get(address).status_code == 404


def _one_more_date(day: date) -> None:
    Classification.objects.create(as_of=day, law_on=day, jurisdiction="taiwan", shape="SNAPSHOT", engine="duckdb",
                                  path="none")  # fmt: skip
    Figure.objects.create(as_of=day, name="overdue_rate", key="D1|COUNT", loans_count=1, numerator=Decimal(1),
                          denominator=Decimal(4), currency="TWD")  # fmt: skip
    for cohort in ("2025-01", "2025-02"):
        Figure.objects.create(as_of=day, name="vintage", key=f"{cohort}|30|COUNT", loans_count=1, numerator=Decimal(1),
                              denominator=Decimal(2), currency="TWD")  # fmt: skip
    Figure.objects.create(as_of=day, name="book", key="ALL", loans_count=4, currency="TWD")


def _queries_of(client: Client, address: str) -> int:
    client.get(address)  # what is asked once a process is not counted
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("days", [1, 3])
def test_pages_cost_the_same_at_one_and_three_dates(
    client_for: Callable[[str], Client], tenant: Any, days: int
) -> None:
    for month in range(days):
        _one_more_date(date(2026, month + 1, 28))
    client = client_for("RISK_OFFICER")
    assert _queries_of(client, "/cockpit/") == COCKPIT_QUERIES
    assert _queries_of(client, "/cockpit/figures") == FIGURES_QUERIES
    assert len(queries.list_vintages(as_of=date(2026, 12, 31), currency="TWD")[30]) == 2 * days


def test_empty_cockpit_teaches(client_for: Callable[[str], Client]) -> None:
    page = client_for("RISK_OFFICER").get("/cockpit/", headers={"accept-language": "en"}).content.decode()
    assert "No book has been classed yet" in page
