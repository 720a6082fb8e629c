"""An offer about some of a debtor's loans: searched, agreed, counted and given up on these alone."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from tests.fakes.papers import pdf
from tests.integration.repayment.agreement_rows import DAY, NOW, at, look, make_debtor
from tests.integration.repayment.desk_rows import make_budget
from tests.integration.repayment.ledger_rows import broken, make_loan

from qingshou.access.actors import actor_of
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.repayment.documents.agreement import lines_of
from qingshou.features.repayment.errors import OffersNotPossible
from qingshou.features.repayment.models import Counted, LoanLedger, Offer, OfferSearch, PlanLoan
from qingshou.features.repayment.operations import agreements
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.operations.offers import propose_own, replay_search, search_offers
from qingshou.features.repayment.operations.plan_accepting import accept_by_signature
from qingshou.features.repayment.operations.plans import propose_plan
from qingshou.features.repayment.operations.promises import record_promise
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.operations.receipts import ChosenBy, take_receipt
from qingshou.features.repayment.queries.negotiating import Wish, negotiable_of
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.rules.offers import OfferTerms
from qingshou.features.repayment.rules.owed import Concession
from qingshou.features.repayment.rules.schedule import Terms

SIGNED = pdf("signed")
FIRST = DAY + timedelta(days=20)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    """A debtor with two loans: one of the case's making, one of 10,100."""
    made = make_debtor("pa1", owner=users["COLLECTOR"], overdue_days=40)
    make_loan(made.borrower, loan_ref="Lsecond")
    return made


@pytest.fixture
def second(case):
    return Loan.objects.get(loan_ref="Lsecond")


@pytest.fixture
def first(case, second):
    return Loan.objects.exclude(id=second.id).get(borrower=case.borrower_id)


def searched(case, me, *loans, role="COLLECTOR"):
    budget = make_budget(case, actor=me)
    wish = Wish(loan_ids=tuple(one.id for one in loans))
    return search_offers(case_id=case.id, budget_id=budget.id, actor=me, role=role, now=NOW, wish=wish)


def planned(case, me, loan, *, periods=10, concession=None, role="RISK_OFFICER"):
    """Agree on a plan about one loan; gives it in force."""
    budget = make_budget(case, actor=me)
    terms = OfferTerms(schedule=Terms(first_due_date=FIRST, periods=periods), concession=concession or Concession())
    wish = Wish(loan_ids=(loan.id,) if loan else ())
    offer = propose_own(case_id=case.id, budget_id=budget.id, terms=terms, party="LENDER", actor=me, role=role,
                        now=NOW, wish=wish)  # fmt: skip
    plan = propose_plan(case_id=case.id, offer_id=offer.id, actor=me, role=role, now=NOW)
    signed = store_document(case_id=case.id, kind="SIGNED_AGREEMENT", content=SIGNED, file_name="a.pdf", actor=me,
                            now=NOW)  # fmt: skip
    return accept_by_signature(plan_id=plan.id, document_hash=signed.document_hash, actor=me, now=NOW)


def paid(case, me, amount, *loans, on=DAY):
    return take_receipt(
        borrower_id=case.borrower_id, source="API", external_ref=uuid4().hex, amount=Decimal(amount), currency="CNY",
        value_date=on, loan_ids=[one.id for one in loans] or None, chosen_by=ChosenBy.LENDER, actor=me, now=at(on),
    ).receipt  # fmt: skip


def counted(plan):
    rows = Counted.objects.filter(instalment__plan=plan.id)
    return sum((one.amount for one in rows), Decimal(0))


def test_a_search_is_about_the_loans_chosen_and_made_again_the_same(case, me, first, second):
    whole, part = searched(case, me), searched(case, me, second)
    assert whole.inputs.get("about") is None
    assert (part.inputs["about"], part.inputs["not_about"]) == (["Lsecond"], [first.loan_ref])
    assert Decimal(part.inputs["request"]["owed"]["principal"]) < Decimal(whole.inputs["request"]["owed"]["principal"])
    for search, loans in ((whole, {first.id, second.id}), (part, {second.id})):
        for offer in search.offers.all():
            assert {row["ledger"] for row in offer.terms["loans"]} == {str(one) for one in loans}
            assert bool(offer.terms.get("is_partial")) is (search == part)
    assert replay_search(search_id=part.id).is_same
    every = searched(case, me, first, second)
    assert every.inputs["answer"] == searched(case, me).inputs["answer"]
    assert "about" not in every.inputs  # all of them is no choice


def test_a_loan_that_is_no_ones_choice_is_refused(case, me, users):
    stranger = make_loan()
    with pytest.raises(OffersNotPossible):
        negotiable_of(case=case, loan_ids=[stranger.id])
    with pytest.raises(OffersNotPossible):
        searched(case, me, stranger)
    assert OfferSearch.objects.count() == 0


def test_only_money_on_its_loans_counts_towards_the_plan(tenant, case, me, first, second):
    plan = planned(case, me, second)
    assert list(PlanLoan.objects.filter(plan=plan.id).values_list("ledger_id", flat=True)) == [second.id]
    paid(case, me, "500", first)
    assert counted(plan) == 0
    mine = paid(case, me, "400", second)
    assert counted(plan) == 400
    both = paid(case, me, "24000")  # by law, on both
    on_second = 10_100 - owed_of_loan(loan_id=second.id).total
    assert 400 < on_second < 24_400
    assert counted(plan) == min(on_second, plan.total)
    for receipt, ref in ((both, "b"), (mine, "m")):
        reverse_receipt(receipt_id=receipt.id, reversal_ref=ref, reason="RETURN", actor=me, now=NOW)
    assert counted(plan) == 0
    assert broken(tenant.id) == {}


def test_a_plan_about_every_loan_counts_every_receipt_as_before(case, me, first, second):
    plan = planned(case, me, None, periods=30)
    paid(case, me, "500", first)
    paid(case, me, "400", second)
    assert counted(plan) == 900


def test_a_promise_takes_first_what_the_plan_cannot(case, me, first, second):
    plan = planned(case, me, second)
    promise = record_promise(case_id=case.id, amount=Decimal(300), due_on=DAY + timedelta(days=2), actor=me, now=NOW)
    paid(case, me, "400", second)
    paid(case, me, "300", first)
    promise.refresh_from_db()
    assert (promise.state, promise.paid_amount, counted(plan)) == ("KEPT", Decimal(300), Decimal(400))


def test_what_is_given_up_is_given_up_on_its_loans_alone(tenant, case, me, first, second):
    before = owed_of_loan(loan_id=first.id).total
    plan = planned(case, me, second, periods=1, concession=Concession(penalty=Decimal(1)))
    paid(case, me, str(plan.total), second, on=FIRST)
    look(case, FIRST)
    plan.refresh_from_db()
    assert plan.state == "KEPT"
    assert owed_of_loan(loan_id=second.id).total == 0
    assert owed_of_loan(loan_id=first.id).total == before
    assert LoanLedger.objects.get(id=first.id).state == "OPEN"
    assert broken(tenant.id) == {}


@pytest.mark.parametrize(("language", "told"), [
    ("en", "debts named above only"), ("zh-hans", "仅涉及上列债务"), ("zh-hant", "僅涉及上列債務"),
])  # fmt: skip
def test_the_agreement_names_its_loans_and_says_that_others_stay(case, me, first, second, language, told):
    for loan, is_said in ((second, True), (None, False)):
        plan = planned(case, me, loan, periods=30)
        lines = lines_of(agreements._agreement(plan, me, NOW), language)
        assert [one["ref"] for one in lines["loans"]] == (
            ["Lsecond"] if loan else sorted([first.loan_ref, "Lsecond"], key=lambda ref: str(
                Loan.objects.get(loan_ref=ref).id)))  # fmt: skip
        assert any(told in rule for rule in lines["rules"]) is is_said


def read(client, path):
    return client.get(path, headers={"Accept-Language": "en"}).content.decode()


def test_the_page_lets_one_choose_and_says_what_was_chosen(case, me, first, second, client_for):
    client, at_case = client_for("COLLECTOR"), f"/cases/{case.id}/offers"
    make_budget(case, actor=me)
    page = read(client, f"{at_case}/")
    assert page.count('name="loan"') == 4  # two loans, in two forms
    assert page.count(" checked") >= 4
    client.post(f"{at_case}/search", {"loan": [str(second.id)], "frequency": "MONTH"})
    page = read(client, f"{at_case}/")
    assert "<dt>Only about</dt><dd>Lsecond</dd>" in page
    assert page.count(f'value="{second.id}" checked') == 2
    assert page.count(f'value="{first.id}" checked') == 0
    form = {"kind": "PLAN", "periods": "12", "frequency": "MONTH", "loan": [str(second.id)]}
    assert client.post(f"{at_case}/try", form).status_code == 200
    client.post(f"{at_case}/own", form | {"party": "LENDER"})
    offer = Offer.objects.get(search__isnull=True)
    assert offer.terms["about"] == ["Lsecond"]
    client.post(f"{at_case}/search", {"loan": [str(uuid4())], "frequency": "MONTH"})
    assert OfferSearch.objects.count() == 1


def test_a_case_of_one_loan_asks_nothing(users, me, client_for):
    case = make_debtor("pa2", owner=users["COLLECTOR"], overdue_days=40)
    make_budget(case, actor=me)
    assert 'name="loan"' not in read(client_for("COLLECTOR"), f"/cases/{case.id}/offers/")


def test_the_plans_page_says_what_it_leaves_as_it_is(case, me, first, second, client_for):
    plan = planned(case, me, second)
    page = read(client_for("COLLECTOR"), f"/plans/{plan.id}/")
    assert f"Left as they are: {first.loan_ref}." in page


def test_another_system_chooses_loans(case, me, first, second, client_for):
    make_budget(case, actor=me)
    client = client_for("COLLECTOR")
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    body = {"case_id": str(case.id), "loan_ids": [str(second.id)]}
    answer = client.post("/api/v1/repayment/offers/searches", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    assert {(tuple(one["loan_ids"]), one["is_partial"]) for one in answer.json()["offers"]} == {
        ((str(second.id),), True)
    }
