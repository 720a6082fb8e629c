"""Paying in parts: income told, an offer chosen or an own plan proposed, read, and accepted by a code."""

import re

import pytest
from django.test import Client
from tests.integration.portal.rows import debtor, enter, opened

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Message
from qingshou.features.portal.models import PortalAsk, PortalDraft
from qingshou.features.repayment.models import Budget, NegotiationStep, Offer, OneTimeCode, Plan

INCOME = {"INCOME_OWN": "9000", "HOUSING": "2000", "LIVING": "2500", "adults": "1", "children": "0"}


@pytest.fixture
def case():
    return debtor("pl1")


@pytest.fixture
def client(case):
    client = Client()
    client.home = enter(client, case)
    client.get(f"{client.home}?language=en")
    return client


def code_of(plan):
    row = OneTimeCode.objects.filter(purpose="PLAN_ACCEPTANCE", subject_id=plan.id).order_by("-made_at")[0]
    return re.findall(r"(?<!\d)\d{6}(?!\d)", opened(Message.objects.get(id=row.message_id), "body"))[0]


def told(client):
    answer = client.post(f"{client.home}income/", INCOME)
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"]).content.decode()


def test_first_the_debtor_tells_what_they_can_afford(client, case):
    assert "income/" in client.get(f"{client.home}plan/").content.decode()
    client.post(f"{client.home}income/", {**INCOME, "later": "1"})
    page = told(client)
    budget = Budget.objects.get()
    assert (budget.source, budget.form, budget.taken_by) == ("PORTAL", "SHORT", "portal")
    assert PortalDraft.objects.count() == 0
    assert page.count('name="offer"') == Offer.objects.filter(search__role="DEBTOR", needs_role="").count() > 0


def test_bad_figures_are_named_and_kept(client):
    answer = client.post(f"{client.home}income/", {**INCOME, "HOUSING": "two thousand"})
    assert answer.status_code == 422
    assert 'value="two thousand"' in answer.content.decode()
    assert client.post(f"{client.home}income/", {"adults": "1", "children": "0"}).status_code == 422
    assert Budget.objects.count() == 0


def test_figures_follow_what_is_typed(client):
    told(client)
    page = client.get(f"{client.home}plan/figures/?amount=3000&day=15").content.decode()
    assert "2026-12-15" in page
    assert "CNY" in page
    assert "would not end" in client.get(f"{client.home}plan/figures/?amount=0.01&day=15").content.decode()
    assert "500.50" in client.get(f"{client.home}plan/figures/?amount=abc&day=15").content.decode()
    assert Offer.objects.filter(search=None).count() == 0


def test_an_offer_is_chosen_read_and_accepted_by_a_code(client, case):
    page = told(client)
    offer = re.findall(r'name="offer" value="([^"]+)"', page)[0]
    answer = client.post(f"{client.home}plan/choose", {"offer": offer})
    plan = Plan.objects.get()
    assert answer["Location"].endswith(f"/plan/{plan.id}/")
    address = answer["Location"]
    assert client.get(address).content.decode().count("<tr>") == plan.instalments.count() + 2
    assert "code" in client.post(address, {"what": "code"}).content.decode()
    digits = code_of(plan)
    wrong = client.post(address, {"code": f"{(int(digits) + 1) % 1_000_000:06d}"})
    assert wrong.status_code == 422
    assert Plan.objects.get().state == "AWAITING_ACCEPTANCE"
    assert client.post(address, {"code": digits}).status_code == 302
    assert Plan.objects.get().state == "ACTIVE"
    step = NegotiationStep.objects.order_by("-at", "-id")[0]
    assert (step.party, step.kind, step.offer_id, step.channel) == ("DEBTOR", "ACCEPTED", plan.offer_id, "PORTAL")
    assert plan.number in client.get(address).content.decode()
    home = client.get(client.home).content.decode()
    assert home.count(plan.number) == 1
    first = plan.instalments.order_by("position")[0]
    assert f": {first.amount:,.2f} CNY</dd>" in home.partition("Next payment")[2].partition("Last payment")[0]
    assert client.post(address, {"code": digits}).status_code == 422


def test_an_own_plan_is_a_plan_where_a_debtor_may_agree_to_it_and_a_request_beyond(client):
    told(client)
    longer = client.post(f"{client.home}plan/", {"amount": "500", "day": "10"})
    ask = PortalAsk.objects.get(kind="PLAN")
    assert longer["Location"].endswith(f"/asks/{ask.id}/")
    assert Offer.objects.get(id=ask.facts["offer"]).needs_role != ""
    short = client.post(f"{client.home}plan/", {"amount": "3000", "day": "10"})
    assert short["Location"].endswith(f"/plan/{Plan.objects.get().id}/")
    assert client.post(f"{client.home}plan/", {"amount": "x", "day": "40"}).status_code in (200, 422)


def test_the_agreement_is_given_as_pdf(client):
    page = told(client)
    offer = re.findall(r'name="offer" value="([^"]+)"', page)[0]
    address = client.post(f"{client.home}plan/choose", {"offer": offer})["Location"]
    answer = client.post(f"{address}agreement")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert client.post(f"{address}agreement").content == answer.content


def test_an_offer_made_for_the_desk_cannot_be_chosen(client, case):
    from tests.integration.portal.rows import NOW

    from qingshou.features.repayment.operations.offers import search_offers

    told(client)
    found = search_offers(case_id=case.id, budget_id=Budget.objects.get().id, actor=SYSTEM, role="TEAM_LEAD", now=NOW)
    theirs = Offer.objects.filter(search=found).first()
    assert client.post(f"{client.home}plan/choose", {"offer": str(theirs.id)}).status_code == 404
