"""The list of where books and tape differ, one of them, settling it; on pages and over REST."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.repayment.bank_rows import named_borrower
from tests.integration.repayment.ledger_rows import DAY, NOW, make_loan, owed

from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import TapeDifference
from qingshou.features.repayment.operations.ledger_sync import sync_tape
from qingshou.features.repayment.operations.loan_acts import waive
from qingshou.law.allocation.terms import PartKind

NEXT = DAY + timedelta(days=1)
LIST, API = "/differences/", "/api/v1/repayment/differences"


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def lead(client_for):
    client = client_for("TEAM_LEAD")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def missing(tenant, name="甲", amount="15"):
    """Give up a part that the next tape does not show."""
    loan = make_loan(named_borrower(name, tenant))
    waive(
        loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(amount)}, reason="AGREED", under="plan 7", actor=SYSTEM,
        now=NOW,
    )  # fmt: skip
    Loan.objects.filter(id=loan.id).update(as_of=NEXT)
    sync_tape(as_of=NEXT, actor=SYSTEM, now=NOW)
    return TapeDifference.objects.select_related("ledger__loan").get(ledger_id=loan.id)


def queries_of(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([one for one in captured if "set_config" not in one["sql"] and "SAVEPOINT" not in one["sql"]])


def rows_of(client, **asked):
    return client.get(LIST, asked).content.decode().count("<tr data-row")


def test_the_list_takes_the_same_queries_at_one_and_at_three_rows(lead, tenant):
    missing(tenant)
    assert queries_of(lead, LIST) == 8
    missing(tenant, "乙", "3")
    missing(tenant, "丙", "7")
    assert queries_of(lead, LIST) == 8
    assert rows_of(lead) == 3


def test_the_list_is_filtered_sorted_exported_and_told_on_the_receipts(lead, tenant):
    first = missing(tenant)
    second = missing(tenant, "乙", "3")
    assert (rows_of(lead, least="10"), rows_of(lead, kind="CHARGE"), rows_of(lead, state="BOOKED")) == (1, 0, 0)
    assert '<option value="OPEN" selected>' in lead.get(LIST).content.decode()
    assert rows_of(lead, text=first.ledger.loan.loan_ref) == 1
    page = lead.get(LIST, {"sort": "-amount"}).content.decode()
    assert page.index(first.ledger.loan.loan_ref) < page.index(second.ledger.loan.loan_ref)
    answer = lead.get(LIST, {"export": "csv"})
    rows = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "2 differences from the tape" in lead.get("/receipts/").content.decode()


def test_settled_on_its_page(lead, tenant):
    row = missing(tenant)
    assert row.ledger.loan.loan_ref in lead.get(f"{LIST}{row.id}/").content.decode()
    assert lead.post(f"{LIST}{row.id}/taken-back", {"reason": ""}).headers["Location"] == f"{LIST}{row.id}/"
    assert "Say why" in lead.get(f"{LIST}{row.id}/").content.decode()
    lead.post(f"{LIST}{row.id}/taken-back", {"reason": "the wrong loan"})
    row.refresh_from_db()
    assert row.state == "TAKEN_BACK"
    # the list says that it shows what is open; "all" is all
    assert (rows_of(lead), rows_of(lead, state="OPEN"), rows_of(lead, state="")) == (0, 0, 1)
    assert owed(row.ledger.loan)["PENALTY"] == "20.00"
    assert "Ours taken back" in lead.get(f"{LIST}{row.id}/").content.decode()


def test_who_may_not(client_for, tenant):
    row, collector = missing(tenant), client_for("COLLECTOR")
    assert collector.get(LIST).status_code == 403
    assert collector.post(f"{LIST}{row.id}/booked", {"reason": "it has it"}).status_code == 403


def test_over_rest(client_for, tenant):
    row, client = missing(tenant), client_for("RISK_OFFICER")
    missing(tenant, "乙", "3")
    first = client.get(API, {"limit": 1}).json()
    assert len(first["items"]) == 1
    more = client.get(API, {"limit": 1, "cursor": first["next_cursor"]}).json()
    assert {one["id"] for one in first["items"] + more["items"]} >= {str(row.id)}
    assert client.get(API, {"kind": "CHARGE"}).json()["items"] == []
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    body = {"how": "CORE_HAS_IT", "reason": "voucher 4711"}
    done = client.post(f"{API}/{row.id}/settle", body, content_type="application/json", headers=headers)
    assert (done.status_code, done.json()["state"]) == (200, "CONFIRMED")
    again = client.post(f"{API}/{row.id}/settle", body, content_type="application/json", headers=headers)
    assert again.status_code == 409
