"""The lists of promises and plans: columns as chosen, files of exactly what is shown, by whom they may be taken."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from tests.integration.repayment.agreement_rows import DAY, NOW, make_debtor, make_offer

from qingshou.access.actors import actor_of
from qingshou.edges import clock
from qingshou.features.repayment.operations.plans import propose_plan
from qingshou.features.repayment.operations.promises import cancel_promise, record_promise
from qingshou.features.repayment.views import promise_list
from qingshou.privacy.models import PersonalDataRead


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)


@pytest.fixture
def promised(users):
    """Three promises of three debtors; the last is taken back."""
    me, found = actor_of(users["COLLECTOR"]), []
    for number, amount in enumerate(("100.50", "200", "300")):
        case = make_debtor(f"l{number}", owner=users["COLLECTOR"], phone=f"1382222222{number}")
        found.append(record_promise(case_id=case.id, amount=Decimal(amount), due_on=DAY + timedelta(days=number),
                                    actor=me, now=NOW))  # fmt: skip
    cancel_promise(promise_id=found[2].id, reason="DEBTOR_WITHDREW", actor=me, now=NOW)
    return found


def rows_of(answer):
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def get(client, path):
    return client.get(path, headers={"Accept-Language": "en"})


def test_promises_are_exported_as_shown(client_for, promised):
    client = client_for("RISK_OFFICER")
    rows = rows_of(get(client, "/promises/?shelf=ALL&whose=all&cols=debtor,amount,state,reason&export=csv"))
    assert rows == [
        ["Debtor", "Amount", "State", "Reason"], ["王**", "100.50", "Open", ""], ["王**", "200.00", "Open", ""],
        ["王**", "300.00", "Taken back", "The debtor cannot keep it"],
    ]  # fmt: skip
    assert PersonalDataRead.objects.latest("id").purpose == "EXPORT"
    assert len(rows_of(get(client, "/promises/?shelf=OPEN&whose=all&export=csv"))) == 3


def test_the_buttons_stand_on_the_page_and_in_no_file(client_for, promised):
    page = get(client_for("COLLECTOR"), "/promises/?shelf=ALL").content.decode()
    assert page.count("<tr data-row") == 3
    assert [f'id="end-{one.id}"' in page for one in promised] == [True, True, False]
    client = client_for("RISK_OFFICER")
    assert "Acts" not in rows_of(get(client, "/promises/?shelf=ALL&export=csv"))[0]
    chosen = get(client, "/promises/?shelf=ALL&cols=debtor,amount").content.decode()
    assert "100.50" in chosen
    assert 'id="end-' not in chosen  # nor where one may not end them
    assert "cols=debtor%2Camount" in chosen  # a shelf further keeps the columns


def test_only_who_works_the_case_may_end_a_promise_on_the_list(client_for, promised):
    for role, ends in (("COLLECTOR", 2), ("TEAM_LEAD", 2), ("LEGAL_OFFICER", 0), ("ASSET_MANAGER", 0)):
        page = get(client_for(role), "/promises/?shelf=ALL&whose=all").content.decode()
        assert page.count("<tr data-row") == 3, role
        assert sum(f"/promises/{one.id}/end" in page for one in promised) == ends, role


def test_an_export_takes_what_the_page_cuts_and_has_its_limit(client_for, promised, monkeypatch):
    monkeypatch.setattr(promise_list.queries, "PAGE_SIZE", 1)
    client = client_for("RISK_OFFICER")
    assert len(rows_of(get(client, "/promises/?shelf=ALL&whose=all&export=csv"))) == 4
    monkeypatch.setattr(promise_list, "EXPORT_ROWS_MAX", 2)
    assert len(rows_of(get(client, "/promises/?shelf=ALL&whose=all&export=csv"))) == 3


def test_plans_are_exported_as_shown(client_for, users):
    me = actor_of(users["COLLECTOR"])
    case = make_debtor("l9", owner=users["COLLECTOR"])
    offer = make_offer(case, [(DAY + timedelta(days=10), "400"), (DAY + timedelta(days=40), "400")])
    plan = propose_plan(case_id=case.id, offer_id=offer.id, role="COLLECTOR", actor=me, now=NOW)
    lead = client_for("RISK_OFFICER")
    answer = get(lead, "/plans/?shelf=ALL&cols=number,case,kind,state,total,next&export=csv")
    first_due = str(DAY + timedelta(days=10))
    assert rows_of(answer)[1:] == [
        [plan.number, case.number, "Instalment plan", "Waits for the debtor", "800.00", first_due]
    ]
    answer = get(lead, "/plans/?shelf=ALL&cols=number,total,next&export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    first = [cell.value for cell in list(book.active.rows)[1]]
    assert (first[0], first[1]) == (plan.number, 800)
    page = get(lead, "/plans/?shelf=ALL&whose=all").content.decode()
    assert plan.number in page
    assert "export=xlsx" in page


@pytest.mark.parametrize("path", ["/promises/", "/plans/"])
def test_who_may_not_export_cases_exports_neither(client_for, promised, path):
    client = client_for("COLLECTOR")
    assert "export=csv" not in get(client, path).content.decode()
    assert get(client, f"{path}?export=csv").status_code == 403
