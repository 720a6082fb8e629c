"""Arrears moved at the desk: judged, asked for, agreed on, observed; refused with every reason."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from tests.integration.repayment.agreement_rows import make_debtor
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, owed, parts, pay

from qingshou.access.actors import actor_of
from qingshou.approvals import operations as approvals
from qingshou.approvals.models import ApprovalRequest
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import LedgerEvent, TapeDifference
from qingshou.features.repayment.operations.ledger_errors import NotLawful
from qingshou.features.repayment.operations.re_ageing import propose_re_age
from qingshou.features.repayment.queries.observed import list_observed
from qingshou.features.repayment.rules.new_dates import NewDatesUnfit
from qingshou.kernel.errors import NotCovered

FIRST = DAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def loan(users):
    case = make_debtor("r1", owner=users["COLLECTOR"], overdue_days=40)
    return Loan.objects.get(borrower=case.borrower_id)


def american(tenant, loan, **changes):
    tenant.jurisdiction = "us"
    tenant.settings = {**tenant.settings, "allocation": {"kinds": ["COSTS", "INTEREST", "PENALTY", "PRINCIPAL"]}}
    tenant.save()
    Loan.objects.filter(id=loan.id).update(product="CARD", originated_date=date(2025, 1, 1), **changes)


def allowed(tenant):
    tenant.settings = {**tenant.settings, "repayment": {"re_age": True}}
    tenant.save()


def ask(loan, users, **changes):
    given = {"loan_id": loan.id, "first_on": FIRST, "instalments": 2, "minimum_payment": Decimal(100),
             "is_willing": True, "reason": "back at work"}  # fmt: skip
    return propose_re_age(**(given | changes), actor=actor_of(users["COLLECTOR"]), now=NOW)


def agree(users):
    waiting = ApprovalRequest.objects.get(status="PENDING")
    approvals.approve(request_id=waiting.id, decider=users["TEAM_LEAD"], now=NOW)


def test_judged_asked_for_agreed_on_and_kept_until_a_tape_shows_it(loan, users, tenant):
    american(tenant, loan)
    pay(loan, "300")
    asked = ask(loan, users)
    assert (asked.kind, asked.amount, asked.payload["reasons"][0]["confidence"]) == (
        "LOAN_RE_AGE", Decimal("900.5"), "unverified",
    )  # fmt: skip
    before = owed(loan)
    agree(users)
    assert owed(loan) == before
    assert {due for _, due in parts(loan)} == {FIRST, date(2027, 1, 23), None}
    event = LedgerEvent.objects.get(kind="RE_AGE")
    assert event.facts["was"] == {"class": "SPECIAL_MENTION", "is_non_performing": False}
    assert TapeDifference.objects.get(kind="RE_AGE").state == "OPEN"
    assert broken(tenant.id) == {}
    with pytest.raises(NewDatesUnfit):
        ask(loan, users)  # nothing is overdue any more


def test_refused_with_every_reason_and_its_article(loan, users, tenant):
    american(tenant, loan)
    with pytest.raises(NotLawful) as refusal:
        ask(loan, users, is_willing=False)
    assert [one["code"] for one in refusal.value.fields["reasons"]] == ["NOT_WILLING_AND_ABLE", "TOO_FEW_PAYMENTS"]
    assert {one["instrument"] for one in refusal.value.fields["reasons"]} == {"us.reageing"}
    assert not ApprovalRequest.objects.exists()


def test_judged_again_when_it_is_agreed_on(loan, users, tenant):
    american(tenant, loan)
    pay(loan, "300")
    ask(loan, users)
    Loan.objects.filter(id=loan.id).update(originated_date=DAY)
    with pytest.raises(NotLawful):
        agree(users)
    assert not LedgerEvent.objects.filter(kind="RE_AGE").exists()


def test_where_no_law_says_when_the_lender_decides_and_the_law_observes(loan, users, tenant):
    with pytest.raises(NotCovered):
        ask(loan, users)
    allowed(tenant)
    ask(loan, users)
    assert list_observed(on=DAY) == []
    agree(users)
    (found,) = list_observed(on=DAY)
    assert (found.loan_ref, found.floor_class, found.observed_until) == ("Lr1", "SPECIAL_MENTION", date(2027, 12, 23))
    assert list_observed(on=DAY - timedelta(days=1)) == []
    # a new date that passes unpaid starts the observation again
    (found,) = list_observed(on=FIRST + timedelta(days=1))
    assert found.observed_until == date(2027, 12, 23)
    (found,) = list_observed(on=date(2027, 2, 1))
    assert found.observed_until == date(2028, 1, 23)


def test_where_no_text_observes_it_keeps_its_class_for_a_year(loan, users, tenant):
    american(tenant, loan, regulatory_class="SUBSTANDARD")
    pay(loan, "300")
    ask(loan, users)
    agree(users)
    (found,) = list_observed(on=DAY)
    assert (found.floor_class, found.observed_until) == ("SUBSTANDARD", date(2027, 11, 23))
    assert [one.floor_class for one in list_observed(on=date(2027, 11, 22))] == ["SUBSTANDARD"]
    assert list_observed(on=date(2027, 11, 23)) == []


def test_on_the_account_and_over_rest(loan, users, tenant, client_for):
    client = client_for("COLLECTOR")
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    account = f"/loans/{loan.id}/account/"
    form = {"first_on": FIRST.isoformat(), "instalments": "2", "minimum_payment": "100", "reason": "back at work"}
    assert "Move the arrears" in client.get(account).content.decode()
    client.post(f"{account}re-age", form)
    assert "No law entered for this place" in client.get(account).content.decode()
    american(tenant, loan)
    client.post(f"{account}re-age", form)
    page = client.get(account).content.decode()
    assert "Too few minimum payments since it fell overdue: 0 of 3." in page
    assert "has not shown a renewed willingness" in page
    client.post(f"{account}re-age", form | {"first_on": ""})
    assert "Give the first new due date" in client.get(account).content.decode()
    pay(loan, "300")
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    at, body = f"/api/v1/repayment/loans/{loan.id}/re-age", {**form, "instalments": 2, "is_willing": False}
    refused = client.post(at, body, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_LAWFUL")
    client.post(f"{account}re-age", form | {"is_willing": "yes"})
    assert ApprovalRequest.objects.get().kind == "LOAN_RE_AGE"
    assert "Move arrears to new due dates" in client.get(account).content.decode()
    lead = client_for("TEAM_LEAD")
    lead.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    page = lead.get(f"/approvals/{ApprovalRequest.objects.get().id}/").content.decode()
    for said in (f"<dt>First new due date</dt><dd>{FIRST}</dd>", "<dt>How many due dates</dt><dd>2</dd>",
                 "<dd>100.00 ", "All that the law asks for is met."):  # fmt: skip
        assert said in page
