"""Principal spread at the desk: asked for, agreed on, observed; never where some of it is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from tests.integration.repayment.agreement_rows import make_debtor
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, owed, parts, pay

from qingshou.access.actors import actor_of
from qingshou.approvals import operations as approvals
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.queries import list_events
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import LedgerEvent, TapeDifference
from qingshou.features.repayment.operations.re_amortising import propose_re_amortise
from qingshou.features.repayment.queries.observed import list_observed
from qingshou.features.repayment.queries.re_ageing import history_of
from qingshou.features.repayment.rules.new_dates import NewDatesUnfit, PrincipalDue

FIRST = DAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def loan(users):
    """A loan of which nothing is due: what was overdue has been paid."""
    case = make_debtor("r1", owner=users["COLLECTOR"], overdue_days=40)
    found = Loan.objects.get(borrower=case.borrower_id)
    pay(found, "1200.50")
    return found


def ask(loan, users, **changes):
    given = {"loan_id": loan.id, "first_on": FIRST, "instalments": 3, "reason": "a lower instalment"}
    return propose_re_amortise(**(given | changes), actor=actor_of(users["COLLECTOR"]), now=NOW)


def agree(users):
    waiting = ApprovalRequest.objects.get(status="PENDING")
    approvals.approve(request_id=waiting.id, decider=users["TEAM_LEAD"], now=NOW)


def test_asked_for_agreed_on_and_observed_until_it_has_been_kept(loan, users, tenant):
    before = owed(loan)
    asked = ask(loan, users)
    assert (asked.kind, asked.amount) == ("LOAN_RE_AMORTISE", Decimal(before["PRINCIPAL"]))
    assert list_observed(on=DAY) == []
    agree(users)
    assert owed(loan) == before
    spread = {due: amount for (kind, due), amount in parts(loan).items() if kind == "PRINCIPAL"}
    assert list(spread) == [FIRST, date(2027, 1, 23), date(2027, 2, 23)]
    assert sum(spread.values()) == Decimal(before["PRINCIPAL"])
    event = LedgerEvent.objects.get(kind="RE_AMORTISE")
    assert event.facts["was"] == {"class": "SPECIAL_MENTION", "is_non_performing": False}
    assert TapeDifference.objects.get(kind="RE_AMORTISE").state == "OPEN"
    (told,) = [one for one in list_events(subject_kind="LOAN", subject_id=loan.id) if one.action.endswith("AMORTISED")]
    assert told.facts["under"] == f"approval:{asked.id}"
    (seen,) = list_observed(on=DAY)
    assert (seen.loan_ref, seen.floor_class, seen.observed_until) == ("Lr1", "SPECIAL_MENTION", date(2027, 12, 23))
    assert history_of(loan_id=loan.id) == []  # it is no re-ageing, and none is used up by it
    assert broken(tenant.id) == {}


def test_principal_that_is_due_is_never_spread(users):
    late = Loan.objects.get(borrower=make_debtor("r2", owner=users["COLLECTOR"], overdue_days=40).borrower_id)
    with pytest.raises(PrincipalDue):
        ask(late, users)
    assert not ApprovalRequest.objects.exists()


def test_worked_out_again_when_it_is_agreed_on(loan, users, tenant):
    ask(loan, users)
    pay(loan, "809.50")
    agree(users)
    spread = [amount for (kind, _), amount in parts(loan).items() if kind == "PRINCIPAL"]
    assert sum(spread) == Decimal(owed(loan)["PRINCIPAL"])
    assert broken(tenant.id) == {}


def test_agreed_on_too_late_nothing_is_done(loan, users):
    ask(loan, users, first_on=DAY + timedelta(days=1))
    waiting = ApprovalRequest.objects.get(status="PENDING")
    with pytest.raises(NewDatesUnfit):
        approvals.approve(request_id=waiting.id, decider=users["TEAM_LEAD"], now=NOW + timedelta(days=1))
    waiting.refresh_from_db()
    assert waiting.status == "PENDING"
    assert not LedgerEvent.objects.filter(kind="RE_AMORTISE").exists()


def test_on_the_account_and_over_rest(loan, users, client_for):
    client = client_for("COLLECTOR")
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    account = f"/loans/{loan.id}/account/"
    form = {"first_on": FIRST.isoformat(), "instalments": "3", "reason": "a lower instalment"}
    assert "Spread principal anew" in client.get(account).content.decode()
    client.post(f"{account}re-amortise", form | {"instalments": "three"})
    assert "Give the first new due date" in client.get(account).content.decode()
    client.post(f"{account}re-amortise", form | {"first_on": DAY.isoformat()})
    assert "New due dates lie ahead" in client.get(account).content.decode()
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    at = f"/api/v1/repayment/loans/{loan.id}/re-amortise"
    refused = client.post(at, {**form, "instalments": 481}, content_type="application/json", headers=headers)
    assert refused.status_code == 422
    asked = client.post(at, {**form, "instalments": 3}, content_type="application/json", headers=headers)
    assert (asked.status_code, asked.json()["status"]) == (202, "PENDING")
    assert "Spread principal over a new schedule" in client.get(account).content.decode()
    lead = client_for("TEAM_LEAD")
    lead.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    page = lead.get(f"/approvals/{ApprovalRequest.objects.get().id}/").content.decode()
    for said in (f"<dt>First new due date</dt><dd>{FIRST}</dd>", "<dt>How many due dates</dt><dd>3</dd>",
                 "<dt>Principal each time</dt>", "· 2027-02-23</dd>"):  # fmt: skip
        assert said in page
    assert client_for("AGENCY_USER").post(f"{account}re-amortise", form).status_code == 404
