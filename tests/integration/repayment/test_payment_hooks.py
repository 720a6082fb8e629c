"""Where payment providers report: signed, once, in any order, of one lender only."""

import json
from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from tests.integration.repayment.ledger_rows import NOW, broken, make_loan, owed

from qingshou.edges import clock
from qingshou.features.repayment.models import PaymentReference, Receipt
from qingshou.features.repayment.rules.payment_events import signature
from qingshou.features.repayment.rules.references import new_reference
from qingshou.features.repayment.views import payment_hooks
from qingshou.tenancy.context import using

KEY = "key-of-the-payment-provider"
REFERENCE = new_reference(serial=7)
PAID = {"id": "e1", "kind": "PAID", "payment": "pay-1", "reference": REFERENCE, "amount": "90.00", "currency": "CNY",
        "value_date": "2026-11-23"}  # fmt: skip
REVERSED = PAID | {"id": "e2", "kind": "REVERSED"}


@pytest.fixture(autouse=True)
def _chosen(tenant: Any, settings: Any) -> None:
    settings.QINGSHOU_PAYMENTS = {tenant.code: {"payhub": {"webhook_key": KEY}}, "beta": {}}


@pytest.fixture
def loan(tenant: Any) -> Any:
    made = make_loan()
    PaymentReference.objects.create(reference=REFERENCE, borrower=made.borrower, loan=made, given_at=NOW)
    return made


def post(told: Any, *, lender: str = "alpha", provider: str = "payhub", key: str = KEY, **more: str) -> Any:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    timestamp = str(int(clock.now().timestamp()))
    headers = {"X-Timestamp": timestamp, "X-Signature": signature(key, timestamp, body)} | more
    return Client(enforce_csrf_checks=True).post(
        f"/hooks/payments/{lender}/{provider}/", data=body, content_type="application/json", headers=headers
    )


def test_a_payment_is_taken_in_once_and_put_on_the_debt(tenant, loan):
    answers = [post(PAID), post(PAID), post(PAID | {"id": "e9"})]
    assert [(one.status_code, one.json()["outcome"]) for one in answers] == [
        (200, "TAKEN"), (200, "REPEATED"), (200, "REPEATED"),
    ]  # fmt: skip
    row = Receipt.objects.get()
    assert (row.source, row.external_ref, row.state, row.matched_by) == (
        "WEBHOOK", "payhub:pay-1", "APPLIED", "REFERENCE",
    )  # fmt: skip
    assert owed(loan) == {"PENALTY": "10.00", "PRINCIPAL": "10000.00"}
    assert broken(tenant.id) == {}


@pytest.mark.parametrize("order", sorted(set(permutations(["PAID", "PAID", "REVERSED", "REVERSED"]))))
def test_any_order_and_repetition_ends_the_same(tenant, loan, order):
    for kind in order:
        assert post(PAID if kind == "PAID" else REVERSED).status_code == 200
    assert Receipt.objects.get().state == "REVERSED"
    assert owed(loan)["COSTS"] == "10.00"
    assert broken(tenant.id) == {}


def test_a_payment_is_taken_back_once_whatever_the_events_name(tenant, loan):
    outcomes = [post(told).json()["outcome"] for told in (PAID, REVERSED, REVERSED | {"id": "e7"})]
    assert outcomes == ["TAKEN", "TAKEN", "REPEATED"]


def test_a_payment_that_failed_moves_nothing(tenant, loan):
    assert post(PAID | {"kind": "FAILED"}).json() == {"code": "OK", "outcome": "NOTED"}
    assert Receipt.objects.count() == 0


def test_a_payment_nobody_knows_waits_in_the_queue(tenant):
    assert post(PAID | {"reference": ""}).json()["outcome"] == "TAKEN"
    assert Receipt.objects.get().state == "UNMATCHED"


def test_the_same_payment_with_another_amount_is_409(tenant, loan):
    post(PAID)
    answer = post(PAID | {"amount": "91.00"})
    assert (answer.status_code, answer.json()["code"]) == (409, "RECEIPT_DIFFERS")


def test_what_a_report_sets_in_motion_runs_with_it(tenant, loan, monkeypatch):
    from qingshou.features.repayment.operations import payment_hooks as operations

    seen: list[Any] = []
    monkeypatch.setattr(operations, "_effects", [])

    def see(provider: str, event: Any, receipt: Any, _actor: Any, _now: Any) -> None:
        seen.append((provider, event.kind, receipt and receipt.external_ref))

    operations.on_payment_event(see)
    post(PAID)
    post(PAID | {"id": "e3", "kind": "FAILED", "payment": "pay-2"})
    assert seen == [("payhub", "PAID", "payhub:pay-1"), ("payhub", "FAILED", None)]


@pytest.mark.parametrize(
    "broken_by",
    [{"X-Signature": "0" * 64}, {"X-Timestamp": "1700000000"}, {"X-Timestamp": "soon"}, {"X-Signature": "£"}],
)
def test_not_signed_rightly_is_401(tenant, loan, broken_by):
    assert post(PAID, **broken_by).status_code == 401
    assert post(PAID, key="another-key-altogether").status_code == 401
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"{}", json.dumps(PAID | {"amount": 90}).encode(), json.dumps(PAID | {"amount": "9e1"}).encode(),
     json.dumps(PAID | {"kind": "SENT"}).encode(), json.dumps(PAID | {"currency": "yuan"}).encode(),
     json.dumps(PAID | {"value_date": "today"}).encode(), json.dumps(PAID | {"payment": "x" * 81}).encode(),
     json.dumps(PAID | {"id": ""}).encode(), json.dumps(PAID | {"reference": 7}).encode(),
     json.dumps(PAID | {"amount": "0.001"}).encode(), b'{"amount": 90.0}', b"[" * 20_000],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(tenant, loan, body):
    assert post(body).status_code in (413, 422)
    assert Receipt.objects.count() == 0


def test_nothing_is_told_of_lenders_and_providers(tenant, other_tenant, loan):
    answers = {
        post(PAID, lender="nobody").content,
        post(PAID, provider="other").content,
        post(PAID, lender="beta").content,
    }
    assert len(answers) == 1
    assert post(PAID, lender="nobody").status_code == 404
    with using(other_tenant.id):
        assert Receipt.objects.count() == 0


def test_too_many_wrong_signatures_are_429(tenant, monkeypatch):
    monkeypatch.setattr(payment_hooks, "BAD_A_MINUTE_MAX", 2)
    statuses = [post(PAID, lender="alpha", key="another-key-altogether").status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert post(PAID).status_code == 200  # one that is signed rightly is never counted


def test_only_post(tenant):
    assert Client().get("/hooks/payments/alpha/payhub/").status_code == 405
