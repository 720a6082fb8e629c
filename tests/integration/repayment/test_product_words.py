"""Products stand on the desk's pages in words: the lender's, the house's, and the code where neither has any."""

import pytest
from tests.integration.repayment.agreement_rows import DAY, NOW, make_debtor
from tests.integration.repayment.desk_rows import make_budget

from qingshou.edges import clock
from qingshou.features.book.models import Loan


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)


@pytest.fixture
def case(users):
    case = make_debtor("p1", owner=users["COLLECTOR"], overdue_days=40)
    first = Loan.objects.get(borrower=case.borrower_id)
    for number, product in ((2, "TRACTOR"), (3, "X8")):
        values = {one.name: getattr(first, one.name) for one in Loan._meta.concrete_fields if one.name != "id"}
        Loan.objects.create(**values | {"loan_ref": f"Lp1-{number}", "product": product})
    return case


@pytest.fixture(autouse=True)
def _words(tenant):
    tenant.settings = tenant.settings | {"products": {"TRACTOR": {"zh-hans": "农机贷", "en": "Tractor loan"}}}
    tenant.save(update_fields=["settings"])


def page(client, path, language="en"):
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_case_offers_and_account_name_the_product(case, client_for):
    client = client_for("COLLECTOR")
    told = page(client, f"/cases/{case.id}/")
    for words in ("<td>Consumer loan</td>", "<td>Tractor loan</td>", "<td>X8</td>"):
        assert words in told
    told = page(client, f"/cases/{case.id}/", "zh-hans")
    for words in ("<td>消费贷款</td>", "<td>农机贷</td>", "<td>X8</td>"):
        assert words in told
    make_budget(case)
    told = page(client, f"/cases/{case.id}/offers/")
    for words in ("Consumer loan ·", "Tractor loan ·", "X8 ·"):
        assert f'<span class="text-soft">{words}' in told
    loan = Loan.objects.get(loan_ref="Lp1-2")
    assert "<span>Tractor loan</span>" in page(client, f"/loans/{loan.id}/account/")


def test_worklist_filters_by_the_words_and_keeps_the_code_in_its_address(case, client_for):
    told = page(client_for("COLLECTOR"), "/worklist/?columns=product")
    assert '<option value="CONSUMER">Consumer loan</option>' in told


def test_cash_desk_names_the_product_of_each_loan(case, client_for):
    told = page(client_for("TEAM_LEAD"), f"/cash/?debtor={case.borrower_id}")
    assert "Tractor loan · CNY" in told
