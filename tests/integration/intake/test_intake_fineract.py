"""A Fineract server's book reaches the lake by the same intake; a server in trouble leaves nothing behind."""

from decimal import Decimal

import pytest
from tests.fakes.fineract import FakeFineract, serving
from tests.integration.intake.conftest import AS_OF, KEYS, NOW

from qingshou.features.book.connectors.fineract import Login, import_book
from qingshou.features.book.connectors.fineract_client import FineractClient
from qingshou.features.book.intake.errors import SourceUnreachable
from qingshou.features.book.intake.vault import read_vault
from qingshou.kernel.errors import BadInput


def _login(address, password="password"):  # noqa: S107
    return Login(base_url=address, tenant="default", user="mifos", password=password)


def _import(desk, address, **more):
    login = _login(address, **more)
    client = FineractClient(login, pause=lambda _seconds: None)
    return import_book(login=login, as_of=AS_OF, tenant="bank", home=desk.home, keys=KEYS, now=NOW, client=client)


def test_the_whole_book_is_pulled(desk):
    fake = FakeFineract()
    with serving(fake) as address:
        results = {result.frame: result for result in _import(desk, address)}
    assert {frame: result.rows_accepted for frame, result in results.items()} == {
        "people": 450, "loans": 14, "instalments": 84, "payments": 42,
    }  # fmt: skip
    assert sum(result.rows_rejected for result in results.values()) == 0
    loans = {row["loan_id"]: row for row in desk.rows(results["loans"])}
    late = loans["000000003"]
    assert (late["overdue_days"], late["arrears"], late["arrears_penalty"]) == (
        46,
        Decimal("1065.150"),
        Decimal("5.050"),
    )
    assert (late["contract_rate"], late["balance"]) == (Decimal("0.125000"), Decimal("9000.550"))
    assert (loans["000000014"]["is_closed"], loans["000000015"]["is_written_off"]) == (True, True)
    assert "000000013" not in loans
    payments = [row for row in desk.rows(results["payments"], "payments") if row["loan_id"] == "000000001"]
    assert [(str(row["paid_date"]), str(row["amount"]), row["payment_id"], row["reverses"]) for row in payments] == [
        ("2026-02-15", "1060.100", "102", None),
        ("2026-03-15", "1060.100", "103", None),
        ("2026-04-01", "-1060.100", "103R", "103"),
    ]
    assert str(desk.rows(results["instalments"], "instalments")[5]["cum_amount"]) == "6360.600"
    people = read_vault(home=desk.home, tenant="bank", frame="people", as_of=AS_OF, keys=KEYS, ids=["7"])
    assert people.column("name").to_pylist() == ["王 小7"]
    assert not [path for path in desk.home.rglob("*") if path.is_file() and b"1390000" in path.read_bytes()]


def test_pulled_twice_changes_nothing(desk):
    with serving(FakeFineract(clients=3)) as address:
        _import(desk, address)
        before = desk.tree()
        again = _import(desk, address)
    assert all(result.duplicate_of for result in again)
    assert desk.tree() == before


def test_a_busy_server_and_a_broken_line_are_tried_again(desk):
    fake = FakeFineract(clients=3)
    fake.busy, fake.drops = 2, 1
    with serving(fake) as address:
        assert len(_import(desk, address)) == 4


@pytest.mark.parametrize("trouble", ["busy", "password", "lies"])
def test_a_server_in_trouble_leaves_nothing_behind(desk, trouble):
    fake = FakeFineract(clients=3)
    fake.busy, fake.lies = (99 if trouble == "busy" else 0), trouble == "lies"
    more = {"password": "wrong"} if trouble == "password" else {}
    with serving(fake) as address, pytest.raises(SourceUnreachable) as refused:
        _import(desk, address, **more)
    assert "wrong" not in refused.value.message
    assert not desk.home.exists()


def test_names_do_not_travel_in_the_clear():
    with pytest.raises(BadInput, match="https"):
        _login("http://core.example")
    assert "secret" not in repr(Login(base_url="https://a.example", tenant="t", user="u", password="secret"))
