"""Pages of money: receipts, the queue, one receipt, the cash desk, accounts of loans; who may do what."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.repayment.agreement_rows import make_debtor
from tests.integration.repayment.bank_rows import line, named_borrower, take, write
from tests.integration.repayment.ledger_rows import NOW, broken, came_in, make_loan, owed, pay

from qingshou.approvals import operations as approvals
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.edges import clock
from qingshou.features.contact.queries.values import values_of
from qingshou.features.repayment.models import PaymentReference, Receipt
from qingshou.features.repayment.operations.matching import match_receipts
from qingshou.features.repayment.operations.preview import preview_receipt
from qingshou.features.repayment.operations.receipts import ChosenBy
from qingshou.features.repayment.queries.receipt_list import list_queue, next_in_queue
from qingshou.features.repayment.queries.receipts import explain_receipt, get_receipt
from qingshou.privacy.models import PersonalDataRead


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def client_for(client_for):
    """Sign in, and read pages in English."""

    def sign_in(role):
        client = client_for(role)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


def text(answer) -> str:
    return answer.content.decode()


def queries_of(client, address) -> int:
    """Count the statements of a page, once it is warm; the lender's frame around them left out."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([one for one in captured if "set_config" not in one["sql"] and "SAVEPOINT" not in one["sql"]])


@pytest.fixture
def debtor(tenant):
    return named_borrower("王小明", tenant)


def test_the_list_takes_the_same_queries_at_one_and_at_three_rows(client_for, tenant):
    lead = client_for("TEAM_LEAD")
    pay(make_loan(named_borrower("甲", tenant)), "90")
    assert queries_of(lead, "/receipts/") == 10
    for name in "乙丙":
        pay(make_loan(named_borrower(name, tenant)), "90")
    assert queries_of(lead, "/receipts/") == 10
    assert text(lead.get("/receipts/")).count("<tr data-row") == 3


def test_the_list_is_filtered_sorted_and_exported(client_for, debtor):
    lead, loan = client_for("TEAM_LEAD"), make_loan(debtor)
    pay(loan, "90", ref="one")
    pay(loan, "10050", ref="two")
    came_in("5", ref="three")
    page = text(lead.get("/receipts/?sort=amount"))
    assert page.index(">three<") < page.index(">one<") < page.index(">two<")
    for query, shown in (("text=two", 1), ("state=UNMATCHED", 1), ("state=LEFT_OVER", 1), ("least=50&most=100", 1),
                         (f"text={loan.loan_ref}", 2), ("source=CASH", 0), ("from=2026-11-24", 0)):  # fmt: skip
        assert text(lead.get(f"/receipts/?{query}")).count("<tr data-row") == shown, query
    assert "No receipt fits" in text(lead.get("/receipts/?source=CASH"))
    csv = b"".join(lead.get("/receipts/?export=csv&state=APPLIED").streaming_content).decode("utf-8-sig")
    assert csv.count("\n") == 3
    assert "王小明" in csv
    assert lead.get("/receipts/?least=nonsense&from=never&page=x&file=y").status_code == 200


def test_who_may_see_what(client_for, debtor):
    receipt = pay(make_loan(debtor), "90").receipt
    for role, status in (("TEAM_LEAD", 200), ("RISK_OFFICER", 200), ("COLLECTOR", 403), ("AGENCY_USER", 403)):
        assert client_for(role).get(f"/receipts/{receipt.id}/").status_code == status
    assert client_for("TEAM_LEAD").get(f"/receipts/{uuid4()}/").status_code == 404
    assert "王小明" in text(client_for("TEAM_LEAD").get("/receipts/"))
    # who judges figures sees nobody
    assert "王小明" not in text(client_for("RISK_OFFICER").get("/receipts/"))
    assert PersonalDataRead.objects.filter(purpose="RECEIPTS").count() == 2


def test_a_receipt_says_where_each_cent_went(client_for, debtor):
    loan = make_loan(debtor)
    receipt = pay(loan, "90", ref="r-1").receipt
    page = text(client_for("TEAM_LEAD").get(f"/receipts/{receipt.id}/"))
    for said in ("Costs", "10.00", "Interest", "70.00", "Penalty", "what is due comes before",
                 loan.loan_ref, "民法典", "its kind has its turn in the law"):  # fmt: skip
        assert said in page
    assert "DEBT_ALONE" not in page
    assert "PART_BY_LAW" not in page


def test_the_queue_proposes_and_a_person_matches(client_for, tenant, debtor):
    loan, other = make_loan(debtor), make_loan(named_borrower("李四", tenant))
    receipt = came_in("300", payer_name="王小明", remittance="还款")
    came_in("7", payer_name="不知道")
    match_receipts(receipt_ids=list(Receipt.objects.values_list("id", flat=True)), actor=SYSTEM, now=NOW)
    lead = client_for("TEAM_LEAD")
    page = text(lead.get("/receipts/waiting/"))
    assert page.count("<tr data-row") == 2
    assert "The payer bears the debtor" in page
    assert text(client_for("TEAM_LEAD").get(f"/receipts/{receipt.id}/")).count('data-key="1"') == 1
    answer = lead.post(f"/receipts/{receipt.id}/apply", {"borrower": debtor.id, "then": "next"}, follow=True)
    assert "300.00 CNY put on debts" in text(answer)
    assert answer.redirect_chain[-1][0] == f"/receipts/{Receipt.objects.get(amount=7).id}/"
    assert owed(loan) == {"PRINCIPAL": "9800.00"}
    assert owed(other) == {"COSTS": "10.00", "INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    assert Receipt.objects.get(id=receipt.id).matched_by == "team_lead"
    assert broken(tenant.id) == {}


def test_the_queue_takes_the_same_queries_at_one_and_at_three_rows(client_for, tenant):
    lead = client_for("TEAM_LEAD")

    def waiting(name, amount):
        make_loan(named_borrower(name, tenant), arrears=Decimal(amount))
        one = came_in(amount, payer_name=name)
        match_receipts(receipt_ids=[one.id], actor=SYSTEM, now=NOW)

    waiting("甲", "101")
    assert queries_of(lead, "/receipts/waiting/") == 10
    waiting("乙", "102")
    waiting("丙", "103")
    assert queries_of(lead, "/receipts/waiting/") == 10


def test_the_queue_goes_round_in_the_order_of_the_file(tenant, tmp_path):
    rows = [line(f"{number}.00", name=f"某{number}", ref=f"R{number}") for number in range(1, 6)]
    take(write(tmp_path / "day.csv", *rows))
    seen, here = [], next_in_queue()
    for _ in range(6):
        seen.append(int(get_receipt(receipt_id=here).amount))
        here = next_in_queue(after=here)
    assert seen == [1, 2, 3, 4, 5, 1]
    assert [int(row.amount) for row in list_queue()] == [1, 2, 3, 4, 5]


def test_a_receipt_is_split_over_loans(client_for, tenant, debtor):
    one, two = make_loan(debtor), make_loan(debtor)
    receipt = came_in("100")
    lead = client_for("TEAM_LEAD")
    given = {"borrower": debtor.id, "loan": [one.id, two.id], f"share-{one.id}": "60", f"share-{two.id}": "30.50"}
    assert "90.50 CNY put on debts; 9.50 is left over" in text(
        lead.post(f"/receipts/{receipt.id}/apply", given, follow=True)
    )
    assert (owed(one)["INTEREST"], owed(two)["INTEREST"]) == ("20.00", "49.50")
    refused = text(lead.post(f"/receipts/{receipt.id}/apply", given | {f"share-{one.id}": "1e5"}, follow=True))
    assert "Write the amount as a number" in refused
    assert "Put the rest on the debts by law" in refused
    three = came_in("50")
    for written, said in (
        ({f"share-{one.id}": "-5"}, "must be above zero"), ({f"share-{one.id}": "1.234"}, "more decimals"),
        ({f"share-{one.id}": "60"}, "more than the receipt"),
        ({"loan": [two.id], f"share-{one.id}": "5"}, "beside every loan that is ticked"),
    ):  # fmt: skip
        answer = lead.post(f"/receipts/{three.id}/apply", {"borrower": debtor.id, **written}, follow=True)
        assert said in text(answer), written
        assert Receipt.objects.get(id=three.id).state == "UNMATCHED"
    # a share counts though its loan is not ticked: the rest is put nowhere by itself
    assert "20.00 CNY put on debts; 30.00 is left over" in text(
        lead.post(f"/receipts/{three.id}/apply", {"borrower": debtor.id, f"share-{two.id}": "20"}, follow=True)
    )
    assert broken(tenant.id) == {}


def test_a_receipt_is_moved_taken_off_and_reversal_asked(client_for, users, tenant, debtor):
    loan, other = make_loan(debtor), make_loan(named_borrower("李四", tenant))
    receipt = pay(loan, "90").receipt
    lead, address = client_for("TEAM_LEAD"), f"/receipts/{receipt.id}"
    assert "Give the reason" in text(lead.post(f"{address}/move", {"borrower": other.borrower_id}, follow=True))
    moved = {"borrower": other.borrower_id, "reason": "wrong name"}
    assert "90.00 CNY put on debts" in text(lead.post(f"{address}/move", moved, follow=True))
    assert owed(loan)["INTEREST"] == "70.00"
    lead.post(f"{address}/take-off", {"reason": "not his"}, follow=True)
    assert Receipt.objects.get().state == "UNMATCHED"
    page = text(lead.post(f"{address}/reverse", {"reason": "counted twice"}, follow=True))
    assert "waits for a second person" in page
    asked = ApprovalRequest.objects.get()
    assert address in text(client_for("RISK_OFFICER").get(f"/approvals/{asked.id}/"))
    approvals.approve(request_id=asked.id, decider=users["RISK_OFFICER"], now=NOW)
    assert Receipt.objects.get().state == "REVERSED"
    assert "a second person agreed" in text(lead.get(f"{address}/"))
    assert broken(tenant.id) == {}


def test_what_is_left_over_is_given_back_by_two(client_for, users, tenant, debtor):
    receipt = pay(make_loan(debtor), "10200").receipt
    lead = client_for("TEAM_LEAD")
    for amount, said in (("99999", "less than that, is left"), ("-1", "above zero"), ("1.005", "more decimals")):
        asked = {"amount": amount, "reason": "overpaid"}
        assert said in text(lead.post(f"/receipts/{receipt.id}/refund", asked, follow=True))
    assert ApprovalRequest.objects.count() == 0
    lead.post(f"/receipts/{receipt.id}/refund", {"amount": "100.00", "reason": "overpaid"}, follow=True)
    approvals.approve(request_id=ApprovalRequest.objects.get().id, decider=users["RISK_OFFICER"], now=NOW)
    assert "Given back to the payer" in text(lead.get(f"/receipts/{receipt.id}/"))
    assert broken(tenant.id) == {}


def test_debtors_are_found_by_number_and_by_name_where_allowed(client_for, debtor):
    loan = make_loan(debtor)
    for role, asked, is_found in (
        ("TEAM_LEAD", "王小明", True), ("RISK_OFFICER", "王小明", False), ("RISK_OFFICER", loan.loan_ref, True),
        ("TEAM_LEAD", debtor.borrower_ref, True), ("TEAM_LEAD", "王小", False),
    ):  # fmt: skip
        page = text(client_for(role).get("/receipts/debtor", {"q": asked, "mode": "match"}))
        assert (str(debtor.id) in page) == is_found, (role, asked)


def test_cash_is_previewed_taken_once_and_printed(client_for, tenant, debtor):
    loan = make_loan(debtor)
    lead = client_for("TEAM_LEAD")
    assert str(debtor.id) in text(lead.get("/cash/", {"q": "王小明"}))
    page = text(lead.get("/cash/", {"debtor": debtor.id}))
    assert 'id="cash-amount"' in page
    asked = {"debtor": debtor.id, "amount": "95", "currency": "CNY", "form_key": uuid4()}
    preview = text(lead.post("/cash/preview", asked))
    assert "人民币玖拾伍元整" in preview
    assert preview.count("<strong>") == 3
    assert Receipt.objects.count() == 0
    paper = text(lead.post("/cash/take", asked | {"payer": "王大明"}, follow=True))
    again = text(lead.post("/cash/take", asked, follow=True))
    row = Receipt.objects.get()
    assert row.external_ref == "C20261123-0001"
    for said in ("C20261123-0001", "人民币玖拾伍元整", "王大明", "for 王小明", "95.00", "Team_Lead"):
        assert said in paper
        assert said in again
    assert owed(loan) == {"PENALTY": "5.00", "PRINCIPAL": "10000.00"}
    pdf = lead.get(f"/receipts/{row.id}/print?form=pdf")
    assert pdf.content.startswith(b"%PDF-")
    lead.post("/cash/take", asked | {"form_key": uuid4(), "amount": "5"})
    assert Receipt.objects.get(amount=5).external_ref == "C20261123-0002"
    day = text(lead.get("/cash/"))
    assert day.count("<td>Team_Lead</td>") == 2  # the name, not what one signs in with
    assert day.count("<li><span>Team_Lead</span>") == 1
    assert "100.00" in day
    assert "team_lead" in day.lower()
    assert client_for("COLLECTOR").get("/cash/").status_code == 403
    assert broken(tenant.id) == {}


def test_cash_that_cannot_be_taken_uses_no_number(client_for, debtor):
    lead = client_for("TEAM_LEAD")
    make_loan(debtor)
    for given, said in (("0", "above zero"), ("1.234", "more decimals"), ("x", "as a number")):
        asked = {"debtor": debtor.id, "amount": given, "currency": "CNY", "form_key": uuid4()}
        assert said in text(lead.post("/cash/take", asked, follow=True))
        assert said in text(lead.post("/cash/preview", asked))
    assert Receipt.objects.count() == 0


def test_the_preview_is_what_happens(client_for, tenant, debtor):
    one, _two = make_loan(debtor), make_loan(debtor)
    for amount, loans in (("33.33", []), ("150", [one.id]), ("21000", [])):
        day = clock.today(tenant.time_zone)
        seen = preview_receipt(borrower_id=debtor.id, amount=Decimal(amount), currency="CNY", on=day, loan_ids=loans)
        done = pay(one, amount, loan_ids=loans or None, chosen_by=ChosenBy.DEBTOR) if loans else pay(one, amount)
        lines = explain_receipt(receipt_id=done.receipt.id).lines
        assert [(line.loan_id, line.account, line.due_date, line.amount) for line in seen.lines] == [
            (line.loan_id, line.account, line.due_date, line.amount) for line in lines
        ]
        assert seen.unapplied == done.unapplied


def test_the_account_of_a_loan(client_for, users, debtor):
    case = make_debtor("st1", owner=users["COLLECTOR"])
    loan = case.borrower.loans.get()
    collector = client_for("COLLECTOR")
    address = f"/loans/{loan.id}/account/"
    assert "No movement yet" in text(collector.get(address))
    pay(loan, "90")
    page = text(collector.get(address))
    assert "Payment" in page
    assert "Give up part" in page
    assert "Charge costs" not in page
    csv = b"".join(collector.get(f"{address}?export=csv").streaming_content).decode("utf-8-sig")
    assert csv.count("\n") == 3
    assert b"".join(collector.get(f"{address}?export=xlsx").streaming_content).startswith(b"PK")
    assert text(collector.get(f"{address}?full=1")).count("Everything ever posted") == 1
    # an agency sees the accounts of its own cases only
    assert client_for("AGENCY_USER").get(address).status_code == 404
    assert client_for("RISK_OFFICER").get(address).status_code == 200
    assert collector.get(f"/loans/{make_loan(debtor).id}/account/").status_code == 404


def test_the_account_takes_the_same_queries_at_one_and_at_three_rows(client_for, debtor):
    loan, lead = make_loan(debtor), client_for("TEAM_LEAD")
    pay(loan, "10")
    address = f"/loans/{loan.id}/account/"
    assert queries_of(lead, address) == 9
    pay(loan, "11")
    pay(loan, "12")
    assert queries_of(lead, address) == 9


def test_costs_are_charged_and_part_is_given_up_by_two(client_for, users):
    case = make_debtor("wv1", owner=users["COLLECTOR"])
    loan = case.borrower.loans.get()
    before = sum(Decimal(amount) for amount in owed(loan).values())
    address = f"/loans/{loan.id}/account"
    lead, collector = client_for("TEAM_LEAD"), client_for("COLLECTOR")
    charged = {"kind": "COSTS", "amount": "50", "reason": "court fee"}
    assert collector.post(f"{address}/charge", charged).status_code == 403
    assert "Charged. Owed now" in text(lead.post(f"{address}/charge", charged, follow=True))
    assert "principal comes from" in text(lead.post(f"{address}/charge", charged | {"kind": "PRINCIPAL"}, follow=True))
    assert "Write the due date" in text(lead.post(f"{address}/charge", charged | {"due": "2026-13-45"}, follow=True))
    for amount, said in (("99999", "is open. Give up"), ("-5", "above zero"), ("1.005", "more decimals")):
        over = {"amount-PENALTY": amount, "amount-INTEREST": "1", "reason": "x"}
        assert said in text(collector.post(f"{address}/waive", over, follow=True))
    assert ApprovalRequest.objects.count() == 0
    given_up = {"amount-COSTS": "20", "reason": "as agreed"}
    page = text(collector.post(f"{address}/waive", given_up, follow=True))
    assert "waits for a second person" in page
    assert "20.00" in page
    asked = ApprovalRequest.objects.get()
    assert f"{address}/" in text(lead.get(f"/approvals/{asked.id}/"))
    approvals.approve(request_id=asked.id, decider=users["TEAM_LEAD"], now=NOW)
    assert sum(Decimal(amount) for amount in owed(loan).values()) == before + 30
    actions = [event.action for event in list_events(subject_kind="LOAN", subject_id=loan.id)]
    assert {"LOAN_CHARGED", "LOAN_WAIVED"} <= set(actions)


def test_the_panel_of_a_case(client_for, users):
    case = make_debtor("pn1", owner=users["COLLECTOR"])
    loan = case.borrower.loans.get()
    panel = text(client_for("COLLECTOR").get(f"/cases/{case.id}/money-panel"))
    assert loan.loan_ref in panel
    assert "No payment of this debtor came in here yet" in panel
    pay(loan, "90")
    panel = text(client_for("COLLECTOR").get(f"/cases/{case.id}/money-panel"))
    assert "90.00" in panel
    assert f"/receipts/{Receipt.objects.get().id}/" not in panel
    assert f"/receipts/{Receipt.objects.get().id}/" in text(
        client_for("TEAM_LEAD").get(f"/cases/{case.id}/money-panel")
    )
    assert client_for("AGENCY_USER").get(f"/cases/{case.id}/money-panel").status_code == 404


def test_a_reference_is_given_on_the_case_and_used_in_messages(client_for, users):
    case = make_debtor("rf1", owner=users["COLLECTOR"])
    collector = client_for("COLLECTOR")
    assert "payment_ref" not in values_of(case_ids=[case.id], now=NOW)[case.id]
    collector.post(f"/cases/{case.id}/payment-reference")
    given = PaymentReference.objects.get().reference
    shown = " ".join(given[place : place + 4] for place in range(0, 16, 4))
    assert values_of(case_ids=[case.id], now=NOW)[case.id]["payment_ref"] == shown
    assert shown in text(collector.get(f"/cases/{case.id}/money-panel"))
    collector.post(f"/cases/{case.id}/payment-reference")
    assert PaymentReference.objects.count() == 1
    assert client_for("AGENCY_USER").post(f"/cases/{case.id}/payment-reference").status_code == 404


def test_a_loan_whose_arrears_nobody_knows_is_not_split_up(client_for, debtor):
    loan = make_loan(debtor, arrears=None, arrears_principal=None, arrears_interest=None, arrears_penalty=None,
                     arrears_fees=None)  # fmt: skip
    lead = client_for("TEAM_LEAD")
    page = text(lead.get(f"/loans/{loan.id}/account/"))
    assert "Not split up" in page
    assert "Due dates unknown" in page
    assert "Due now <b>Unknown</b>" in page
    unknown = make_loan(debtor, balance=None, arrears=None)
    assert "does not tell the balance" in text(lead.get(f"/loans/{unknown.id}/account/"))
