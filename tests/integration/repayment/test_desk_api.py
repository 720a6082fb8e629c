"""Budgets, offers, promises and plans over REST: the same rules as the pages', by session and by case."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from tests.integration.repayment.agreement_rows import DAY, NOW, make_debtor
from tests.integration.repayment.desk_rows import FIGURES, make_budget

from qingshou.access.actors import actor_of
from qingshou.access.operations import create_client, create_team
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import Budget, FiledDocument, NegotiationStep, Plan, Promise

API = "/api/v1/repayment"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def other_team(users):
    return create_team(name="Another desk", actor=SYSTEM, now=NOW)


@pytest.fixture
def case(users):
    return make_debtor("a1", owner=users["COLLECTOR"], overdue_days=40)


@pytest.fixture
def client(client_for):
    return client_for("COLLECTOR")


def post(client, path, **body):
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    return client.post(f"{API}{path}", body, content_type="application/json", headers=headers)


def budget_of(case, **more):
    lines = [{"heading": code, "amount": amount} for code, amount in FIGURES.items()]
    return {"case_id": str(case.id), "lines": lines, "place": "CN", "willingness": "WILLING"} | more


def offer_of(client, case):
    post(client, "/budgets", **budget_of(case))
    answer = post(client, "/offers/searches", case_id=str(case.id))
    return answer.json()["offers"][0]


def test_a_budget_is_taken_and_figures_from_transactions_are_added(client, case, monkeypatch):
    answer = post(client, "/budgets", **budget_of(case))
    assert answer.status_code == 200, answer.content
    first = answer.json()
    assert (first["disposable"], first["band_low"], first["source"]) == ("1800.000", "1170.000", "API")
    found = [{"heading": "INCOME_OWN", "amount": "5200.00", "source": "TRANSACTIONS"}]
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    second = post(client, "/budgets/figures", case_id=str(case.id), lines=found).json()
    assert second["income"] == "5200.000"
    assert [one["source"] for one in second["lines"] if one["heading"] == "INCOME_OWN"] == ["STATED", "TRANSACTIONS"]
    assert "STRONGER_SOURCE" in [one["code"] for one in second["reasons"]]
    assert second["willingness"] == "WILLING"
    held = client.get(f"{API}/budgets/of-case/{case.id}").json()
    assert [one["id"] for one in held] == [second["id"], first["id"]]
    assert client.get(f"{API}/budgets/{first['id']}").json() == first


def test_figures_without_a_budget_begin_a_short_one(client, case):
    found = [{"heading": "INCOME_OWN", "amount": "5200.00", "source": "TRANSACTIONS"}]
    answer = post(client, "/budgets/figures", case_id=str(case.id), lines=found).json()
    assert (answer["form"], answer["floor_place"], answer["willingness"]) == ("SHORT", "CN", "UNKNOWN")


def test_every_bad_line_is_named(client, case):
    lines = [{"heading": "YACHT", "amount": "1"}, {"heading": "HOUSING", "amount": "1.005"}]
    answer = post(client, "/budgets", **budget_of(case, lines=lines))
    assert answer.status_code == 422
    assert "YACHT: HEADING_UNKNOWN" in answer.json()["detail"]
    assert "HOUSING: AMOUNT_TOO_FINE" in answer.json()["detail"]
    assert Budget.objects.count() == 0


def test_offers_are_searched_read_and_own_terms_worked_out(client, case):
    post(client, "/budgets", **budget_of(case))
    answer = post(client, "/offers/searches", case_id=str(case.id), pay_day=25)
    assert answer.status_code == 200, answer.content
    search = answer.json()
    assert 3 <= len(search["offers"]) <= 5
    for one in search["offers"]:
        assert sum(Decimal(row["amount"]) for row in one["schedule"]) == Decimal(one["total"])
        assert one["value"] is not None
    assert client.get(f"{API}/offers/searches/{search['id']}").json() == search
    own = post(
        client, "/offers", case_id=str(case.id), periods=30, first_due_on=str(DAY), party="DEBTOR", said="thirty"
    )
    assert own.status_code == 200, own.content
    assert own.json()["needs_role"] == "TEAM_LEAD"
    assert NegotiationStep.objects.get().kind == "COUNTERED"
    assert client.get(f"{API}/offers/{own.json()['id']}").json() == own.json()


def test_a_slip_in_a_name_is_no_wish_left_out(client, case):
    post(client, "/budgets", **budget_of(case))
    loan = str(Loan.objects.get(borrower=case.borrower_id).id)
    answer = post(client, "/offers/searches", case_id=str(case.id), loan_id=[loan])
    assert (answer.status_code, answer.json()["errors"][0]["loc"][-1]) == (422, "loan_id")
    answer = post(client, "/offers", case_id=str(case.id), first_due_on="2026-12-23", amount="0")
    assert (answer.status_code, answer.json()["errors"][0]["loc"][-1]) == (422, "amount")


def test_an_offer_becomes_a_plan_that_is_accepted_and_taken_back(client, case):
    offer = offer_of(client, case)
    plan = post(client, "/plans", case_id=str(case.id), offer_id=offer["id"]).json()
    assert (plan["state"], len(plan["instalments"])) == ("AWAITING_ACCEPTANCE", len(offer["schedule"]))
    assert post(client, f"/plans/{plan['id']}/acceptance").status_code == 422
    assert post(client, f"/plans/{plan['id']}/acceptance", code="000000").status_code == 409
    FiledDocument.objects.create(
        case_id=case.id, kind="SIGNED_AGREEMENT", content_type="application/pdf", size_bytes=1,
        document_hash="c" * 64, source="DESK", stored_by="x", stored_at=NOW,
    )  # fmt: skip
    accepted = post(client, f"/plans/{plan['id']}/acceptance", document_hash="c" * 64).json()
    assert (accepted["state"], accepted["accepted_by"]) == ("ACTIVE", "SIGNATURE")
    listed = client.get(f"{API}/plans?shelf=ACTIVE").json()["items"]
    assert [one["id"] for one in listed] == [plan["id"]]
    ended = post(client, f"/plans/{plan['id']}/cancel", reason="BY_AGREEMENT").json()
    assert ended["state"] == "CANCELLED"


def test_promises_are_taken_listed_by_page_and_ended(client, case):
    for amount in ("500.00", "300.00"):
        made = post(client, "/promises", case_id=str(case.id), amount=amount, due_on=str(DAY))
        assert made.status_code in (200, 422), made.content
    first = client.get(f"{API}/promises?shelf=DUE_TODAY&limit=1").json()
    assert len(first["items"]) == 1
    ended = post(client, f"/promises/{first['items'][0]['id']}/invalidate", reason="WRONG_AMOUNT").json()
    assert ended["state"] == "INVALIDATED"
    assert post(client, f"/promises/{ended['id']}/cancel", reason="REPLACED").status_code == 409
    assert Promise.objects.filter(state="INVALIDATED").count() == 1


def test_a_client_works_the_cases_of_the_team_it_was_made_for(case, users, other_team):
    def client_of(name, team):
        scopes = ["cases:read", "repayment:read", "repayment:write"]
        _, token = create_client(name=name, role="TEAM_LEAD", scopes=scopes, expires_at=NOW + timedelta(days=1),
                                 actor=SYSTEM, now=NOW, team_id=team)  # fmt: skip
        return Client(headers={"Authorization": f"Bearer {token}"})

    ours = client_of("theirs", users["COLLECTOR"].team_id)
    for stranger in (client_of("none", None), client_of("other", other_team.id)):
        assert post(stranger, "/budgets", **budget_of(case)).status_code == 404
        assert stranger.get(f"{API}/budgets/of-case/{case.id}").status_code == 404
        assert stranger.get(f"{API}/promises?shelf=ALL").json()["items"] == []
    budget = post(ours, "/budgets", **budget_of(case))
    assert budget.status_code == 200, budget.content
    search = post(ours, "/offers/searches", case_id=str(case.id))
    offer = search.json()["offers"][0]
    plan = post(ours, "/plans", case_id=str(case.id), offer_id=offer["id"])
    assert (plan.status_code, plan.json()["state"]) == (200, "AWAITING_ACCEPTANCE"), plan.content
    promise = post(ours, "/promises", case_id=str(case.id), amount="300.00", due_on=str(DAY))
    assert promise.status_code == 200, promise.content
    assert [one["id"] for one in ours.get(f"{API}/promises?shelf=ALL").json()["items"]] == [promise.json()["id"]]
    assert Budget.objects.get().taken_by == "theirs"


def told_of(answer):
    """Return all that a refusal tells but the address it was asked at."""
    assert answer.status_code == 404, answer.content
    return {name: text for name, text in answer.json().items() if name != "instance"}


def test_nothing_of_another_desk_is_reached(client_for, client, case, users):
    offer = offer_of(client, case)
    plan = post(client, "/plans", case_id=str(case.id), offer_id=offer["id"]).json()
    budget = Budget.objects.get()
    agency = client_for("AGENCY_USER")
    for path in (
        f"/budgets/{budget.id}", f"/budgets/of-case/{case.id}", f"/offers/{offer['id']}",
        f"/offers/searches/{offer['search_id']}", f"/plans/{plan['id']}",
    ):  # fmt: skip
        assert agency.get(f"{API}{path}").status_code == 404, path
        assert client_for("ADMINISTRATOR").get(f"{API}{path}").status_code == 403, path
    assert post(agency, "/budgets", **budget_of(case)).status_code == 404
    assert post(agency, f"/plans/{plan['id']}/cancel", reason="BY_AGREEMENT").status_code == 404
    assert agency.get(f"{API}/plans?shelf=ALL").json()["items"] == []
    promise = post(client, "/promises", case_id=str(case.id), amount="300.00", due_on=str(DAY)).json()
    loan = Loan.objects.get()
    for path in ("/budgets/{}", "/budgets/of-case/{}", "/offers/{}", "/offers/searches/{}", "/plans/{}",
                 "/loans/{}/ledger"):  # fmt: skip
        its = {"/budgets/{}": budget.id, "/budgets/of-case/{}": case.id, "/offers/{}": offer["id"],
               "/offers/searches/{}": offer["search_id"], "/plans/{}": plan["id"],
               "/loans/{}/ledger": loan.id}[path]  # fmt: skip
        assert told_of(agency.get(API + path.format(its))) == told_of(agency.get(API + path.format(uuid4()))), path
    for path, its, sent in (
        ("/promises/{}/cancel", promise["id"], {"reason": "REPLACED"}),
        ("/promises/{}/invalidate", promise["id"], {"reason": "WRONG_AMOUNT"}),
        ("/plans/{}/cancel", plan["id"], {"reason": "BY_AGREEMENT"}), ("/plans/{}/code", plan["id"], {}),
        ("/plans/{}/acceptance", plan["id"], {"code": "123456"}),
        ("/budgets/{}/by-word", budget.id, {"call_id": str(uuid4())}),
    ):  # fmt: skip
        theirs, nobodys = post(agency, path.format(its), **sent), post(agency, path.format(uuid4()), **sent)
        assert told_of(theirs) == told_of(nobodys), path
    for path, sent in (("/promises", {"amount": "1", "due_on": str(DAY)}), ("/offers/searches", {})):
        theirs, nobodys = (post(agency, path, case_id=str(one), **sent) for one in (case.id, uuid4()))
        assert told_of(theirs) == told_of(nobodys), path
    assert Plan.objects.get().state == "AWAITING_ACCEPTANCE"


def test_what_an_offer_is_worth_is_hidden_from_an_agency(client_for, case, me, users):
    from qingshou.features.cases.models import Case

    make_budget(case, actor=me)
    Case.objects.filter(id=case.id).update(owner=users["AGENCY_USER"])
    answer = post(client_for("AGENCY_USER"), "/offers/searches", case_id=str(case.id)).json()
    assert answer["offers"]
    assert {one["value"] for one in answer["offers"]} == {None}
