"""Receipts and ledgers over REST: told once, explained, listed, reversed by a second person."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from ninja.responses import NinjaJSONEncoder
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, came_in, make_borrower, make_loan, pay

from qingshou.access.operations import create_client
from qingshou.access.scopes import Scope
from qingshou.approvals import operations as approvals
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.cases import operations as cases
from qingshou.features.repayment.api.receipts import LedgerOut, ledger_values
from qingshou.features.repayment.models import PaymentReference, Receipt
from qingshou.features.repayment.operations.ledger_opening import open_ledger
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.queries.statement import statement_of_loan
from qingshou.features.repayment.rules.references import new_reference

AT = "/api/v1/repayment"
TOLD = {"external_ref": "bank-1", "amount": "95.50", "currency": "CNY", "value_date": "2026-11-23"}


@pytest.fixture
def post(client_for):
    def send(path, body, role="RISK_OFFICER", key=""):
        client = client_for(role)
        token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
        headers = {"X-CSRFToken": token.value} if token else {}
        if key:
            headers["Idempotency-Key"] = key
        return client.post(f"{AT}{path}", body, content_type="application/json", headers=headers)

    return send


def test_a_payment_for_a_loan_is_put_on_it_and_explained(tenant, post, client_for):
    loan = make_loan()
    answer = post("/receipts", TOLD | {"loan_ref": loan.loan_ref, "payer_name": "王小明", "remittance": "还款"})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["state"], told["applied"], told["unapplied"], told["is_repeat"]) == (
        "APPLIED", "95.500", "0.000", False,
    )  # fmt: skip
    assert [(line["account"], line["amount"], line["rule"]) for line in told["lines"]] == [
        ("COSTS", "10.000", "LAW"), ("INTEREST", "70.000", "LAW"), ("PENALTY", "15.500", "LAW"),
    ]  # fmt: skip
    assert told["lines"][0]["articles"][1] == {
        "instrument": "china.payment_order", "article": "561(1)", "confidence": "read",
    }  # fmt: skip
    assert "王小明" not in answer.content.decode()
    again = post("/receipts", TOLD | {"loan_ref": loan.loan_ref}).json()
    assert (again["id"], again["is_repeat"]) == (told["id"], True)
    assert client_for("RISK_OFFICER").get(f"{AT}/receipts/{told['id']}").json() == told
    assert broken(tenant.id) == {}


def test_a_reference_of_ours_finds_whose_it_is(tenant, post):
    loan = make_loan()
    reference = new_reference(serial=42)
    PaymentReference.objects.create(reference=reference, borrower=loan.borrower, given_at=NOW)
    told = post("/receipts", TOLD | {"remittance": f"还款 {reference.lower()}"}).json()
    assert (told["state"], told["matched_by"]) == ("APPLIED", "REFERENCE")


@pytest.mark.parametrize(("ahead", "warnings"), [(31, []), (32, ["DATE_AHEAD"])])
def test_a_day_far_ahead_is_taken_and_told_of(tenant, post, client_for, ahead, warnings):
    day = clock.now().date() + timedelta(days=ahead)
    told = post("/receipts", TOLD | {"value_date": day.isoformat()})
    assert (told.status_code, told.json()["warnings"]) == (200, warnings)
    address = f"{AT}/receipts/{told.json()['id']}"
    assert client_for("RISK_OFFICER").get(address).json()["warnings"] == warnings
    page = client_for("TEAM_LEAD").get(f"/receipts/{told.json()['id']}/", headers={"Accept-Language": "en"})
    assert ("lies more than a month ahead" in page.content.decode()) is bool(warnings)


def test_nobody_named_it_waits_in_the_queue(tenant, post):
    assert post("/receipts", TOLD).json()["state"] == "UNMATCHED"
    # the debtor owes nothing in this currency: the money is there all the same
    loan = make_loan(currency="USD")
    other = post("/receipts", TOLD | {"external_ref": "bank-2", "loan_ref": loan.loan_ref})
    assert (other.status_code, other.json()["state"]) == (200, "UNMATCHED")
    assert broken(tenant.id) == {}


def test_the_same_id_with_another_amount_is_409(tenant, post):
    post("/receipts", TOLD)
    answer = post("/receipts", TOLD | {"amount": "95.51"})
    assert (answer.status_code, answer.json()["code"]) == (409, "RECEIPT_DIFFERS")
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [({"amount": "0"}, 422), ({"amount": "-1"}, 422), ({"amount": "0.001"}, 422), ({"currency": "cny"}, 422),
     ({"value_date": "1800-01-01"}, 422), ({"loan_ref": "none such"}, 404), ({"external_ref": ""}, 422)],
)  # fmt: skip
def test_what_cannot_be_is_refused(tenant, post, change, status):
    assert post("/receipts", TOLD | change).status_code == status
    assert Receipt.objects.count() == 0


def test_an_idempotency_key_gives_the_same_reply(tenant, post):
    loan = make_loan()
    first = post("/receipts", TOLD | {"loan_ref": loan.loan_ref}, key="k1")
    again = post("/receipts", TOLD | {"loan_ref": loan.loan_ref}, key="k1")
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    assert post("/receipts", TOLD, key="k1").json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_who_may_not_take_money_may_not_tell_of_it(tenant, post):
    for role in ("COLLECTOR", "COMPLIANCE_OFFICER", "AGENCY_USER"):
        assert post("/receipts", TOLD, role=role).status_code == 403
    assert Client().get(f"{AT}/receipts").status_code == 401


def test_the_list_pages_and_filters(tenant, client_for):
    loan = make_loan()
    paid = [pay(loan, "1", on=DAY + timedelta(days=number)).receipt for number in range(3)]
    came_in("5")
    client = client_for("RISK_OFFICER")
    first = client.get(f"{AT}/receipts?state=APPLIED&limit=2").json()
    rest = client.get(f"{AT}/receipts?state=APPLIED&limit=2&cursor={first['next_cursor']}").json()
    found = [one["id"] for one in first["items"] + rest["items"]]
    assert sorted(found) == sorted(str(one.id) for one in paid)
    assert rest["next_cursor"] is None
    assert len(client.get(f"{AT}/receipts?value_from={DAY + timedelta(days=2)}").json()["items"]) == 1
    assert client.get(f"{AT}/receipts?state=ANY").status_code == 422


def test_a_reversal_waits_for_a_second_person(tenant, post, users):
    receipt = pay(make_loan(), "90").receipt
    answer = post(f"/receipts/{receipt.id}/reversal", {"reason": "money of another firm"}, role="TEAM_LEAD")
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")
    again = post(f"/receipts/{receipt.id}/reversal", {"reason": "money of another firm"}, role="TEAM_LEAD")
    assert again.json()["code"] == "APPROVAL_ALREADY_ASKED"
    approvals.approve(request_id=answer.json()["request_id"], decider=users["RISK_OFFICER"], now=NOW)
    receipt.refresh_from_db()
    assert receipt.state == "REVERSED"
    assert post(f"/receipts/{make_borrower().id}/reversal", {"reason": "none such"}).status_code == 404


def test_a_ledger_is_read_by_who_may_see_the_debtor(tenant, client_for, users):
    loan = make_loan()
    pay(loan, "90")
    told = client_for("TEAM_LEAD").get(f"{AT}/loans/{loan.id}/ledger").json()
    assert (told["total"], told["owed_now"], told["has_ledger"]) == ("10010.000", "210.000", True)
    assert [one["kind"] for one in told["movements"]] == ["TAPE", "ALLOCATION"]
    assert told["movements"][-1]["balance"] == told["total"]
    assert client_for("COLLECTOR").get(f"{AT}/loans/{loan.id}/ledger").status_code == 404
    case = cases.open_case(borrower_id=loan.borrower_id, as_of=DAY, actor=SYSTEM, now=NOW)
    cases.assign(
        case_id=case.id, owner_id=users["COLLECTOR"].id, actor=SYSTEM, on=DAY, now=NOW, reason="for the test"
    )  # fmt: skip
    assert client_for("COLLECTOR").get(f"{AT}/loans/{loan.id}/ledger").status_code == 200
    assert client_for("TEAM_LEAD").get(f"{AT}/loans/{loan.borrower_id}/ledger").status_code == 404


def test_without_a_ledger_the_tape_speaks(tenant, client_for):
    known, unknown = make_loan(), make_loan(balance=None)
    client = client_for("TEAM_LEAD")
    told = client.get(f"{AT}/loans/{known.id}/ledger").json()
    assert (told["has_ledger"], told["total"], told["movements"]) == (False, "10100.00", [])
    told = client.get(f"{AT}/loans/{unknown.id}/ledger").json()
    assert (told["state"], told["total"], told["parts"]) == ("UNKNOWN", None, [])


def test_another_lenders_receipts_do_not_exist(tenant, other_tenant, client_for):
    from qingshou.tenancy.context import using

    with using(other_tenant.id):
        theirs = came_in("7")
        loan = make_loan()
    client = client_for("TEAM_LEAD")
    assert client.get(f"{AT}/receipts").json()["items"] == []
    for path in (f"/receipts/{theirs.id}", f"/loans/{loan.id}/ledger"):
        assert client.get(f"{AT}{path}").status_code == 404
    assert Decimal(7) == theirs.amount


@pytest.mark.parametrize("is_open", [True, False])
def test_a_payment_told_with_a_token_asks_little_of_the_database(tenant, client, is_open):
    """What each statement costs at a hundred payments a second is the whole of the speed (benchmarks/payments.py)."""
    loan = make_loan()
    if is_open:
        open_ledger(loan_id=loan.id, actor=SYSTEM, now=NOW)
    _, token = create_client(
        name="core", role="TEAM_LEAD", scopes=[Scope.REPAYMENT_WRITE], actor=SYSTEM, now=NOW,
        expires_at=NOW + timedelta(days=365),
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {token}"}

    def told(number):
        return client.post(
            f"{AT}/receipts", TOLD | {"external_ref": f"bank-{number}", "loan_ref": loan.loan_ref},
            content_type="application/json", headers=headers | {"Idempotency-Key": f"key-{number}"},
        )  # fmt: skip

    # the client's first call is noted on it
    assert client.get(f"{AT}/loans/{loan.id}/ledger", headers=headers).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        answer = told(1)
    assert (answer.status_code, answer.json()["state"]) == (200, "APPLIED")
    # three more than in life: the transaction is the test's, and the tape of the payment's own day is asked for it
    assert len(asked) == (18 if is_open else 21)
    with CaptureQueriesContext(connection) as asked:
        again = told(1)
    assert (again.content, again["Idempotency-Replayed"]) == (answer.content, "true")
    assert len(asked) == 5


def _reader():
    _, token = create_client(
        name="core", role="TEAM_LEAD", scopes=[Scope.REPAYMENT_WRITE], actor=SYSTEM, now=NOW,
        expires_at=NOW + timedelta(days=365),
    )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("is_open", "exchanges"), [(True, 3), (False, 4)])
def test_a_ledger_read_with_a_token_asks_little_of_the_database(tenant, client, is_open, exchanges):
    """Who calls, everything of the loan together, nobody any more; the schedule where the tape alone speaks."""
    loan, headers = make_loan(), _reader()
    if is_open:
        pay(loan, "90")
    address = f"{AT}/loans/{loan.id}/ledger"
    assert client.get(address, headers=headers).status_code == 200  # the client's first call is noted on it
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers=headers)
    assert answer.json()["has_ledger"] is is_open
    assert len(asked) == exchanges


@pytest.mark.parametrize("which", ["PAID", "ON_TAPE", "UNKNOWN"])
def test_a_ledger_answers_what_its_schema_would_have_written(tenant, client, which):
    loan = make_loan(balance=None) if which == "UNKNOWN" else make_loan()
    if which == "PAID":
        pay(loan, "90.50", on=DAY + timedelta(days=1))
        pay(loan, "10")  # an earlier day: what came after is done again
    answer = client.get(f"{AT}/loans/{loan.id}/ledger", headers=_reader())
    owed = owed_of_loan(loan_id=loan.id)
    values = ledger_values(owed, statement_of_loan(loan_id=loan.id), date.fromisoformat(answer.json()["on"]))
    judged = json.dumps(LedgerOut.model_validate(values).model_dump(), cls=NinjaJSONEncoder)
    assert (answer.content.decode(), answer["Content-Type"]) == (judged, "application/json; charset=utf-8")
    assert len(answer.json()["movements"]) == (3 if which == "PAID" else 0)


@pytest.mark.parametrize(
    "amount", ["1e3", "１００", "٥٠٠", "1_000", "1,000", "NaN", "Infinity", "", " ", ".5", True, None, 1e30]
)
def test_an_amount_is_plain_digits(tenant, post, amount):
    assert post("/receipts", TOLD | {"amount": amount}).status_code == 422
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize(("amount", "kept"), [("95.50", "95.500"), (95.5, "95.500"), (0.1, "0.100"), (95, "95.000")])
def test_an_amount_may_be_a_json_number(tenant, post, amount, kept):
    assert post("/receipts", TOLD | {"amount": amount}).json()["amount"] == kept
