"""The pages of the negotiation desk: who sees what, what is refused and why, how many queries, no other's things."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fakes.papers import pdf
from tests.integration.repayment.agreement_rows import DAY, NOW, add_receipt, look, make_debtor
from tests.integration.repayment.desk_rows import FIGURES, make_budget

from qingshou.access.actors import actor_of
from qingshou.approvals.models import ApprovalRequest
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import Budget, FiledDocument, NegotiationStep, Offer, Plan, Promise
from qingshou.features.repayment.operations.budgets import record_budget
from qingshou.features.repayment.operations.offers import search_offers
from qingshou.features.repayment.operations.promises import record_promise
from qingshou.features.repayment.operations.receipts import take_receipt
from qingshou.features.repayment.rules.told_budget import ToldBudget, ToldLine

PDF = pdf("signed")


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda _zone: DAY)


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("p1", owner=users["COLLECTOR"], overdue_days=40)


@pytest.fixture
def budget(case, me):
    return make_budget(case, actor=me)


@pytest.fixture
def offers(case, budget, me):
    search = search_offers(case_id=case.id, budget_id=budget.id, actor=me, role="COLLECTOR", now=NOW)
    return list(search.offers.order_by("position"))


def get(client, path):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(client, path, follow=True, **fields):
    return client.post(path, fields, headers={"Accept-Language": "en"}, follow=follow)


def form(**more):
    return {f"amount_{code}": amount for code, amount in FIGURES.items()} | {
        "form": "SHORT", "adults": "1", "children": "0", "place": "CN", "willingness": "HESITANT",
    } | more  # fmt: skip


def plan_of(client, case, offer, **more):
    post(client, f"/cases/{case.id}/offers/{offer.id}/take", **more)
    return Plan.objects.get()


PAGES = ("budget/", "offers/", "negotiation/", "agreements-panel")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("COLLECTOR", 200), ("TEAM_LEAD", 200), ("LEGAL_OFFICER", 200), ("ASSET_MANAGER", 200), ("RISK_OFFICER", 200),
        ("COMPLIANCE_OFFICER", 200), ("AGENCY_USER", 404), ("ADMINISTRATOR", 403),
    ],
)  # fmt: skip
def test_who_sees_the_pages_of_a_case(client_for, case, offers, role, status):
    client = client_for(role)
    for page in PAGES:
        assert client.get(f"/cases/{case.id}/{page}").status_code == status, page
    plan = plan_of(client_for("COLLECTOR"), case, offers[0])
    assert client.get(f"/plans/{plan.id}/").status_code == status


@pytest.mark.parametrize("role", ["RISK_OFFICER", "COMPLIANCE_OFFICER", "LEGAL_OFFICER"])
def test_who_only_looks_changes_nothing(client_for, case, offers, role):
    client = client_for(role)
    for path, fields in (
        ("budget/", form()), ("offers/search", {}), ("offers/own", {"periods": "12"}), ("promise/", {"amount": "5"}),
        (f"offers/{offers[0].id}/say", {"kind": "OFFERED"}), (f"offers/{offers[0].id}/take", {}),
        ("negotiation/", {"party": "DEBTOR", "kind": "SAID"}),
    ):  # fmt: skip
        answer = post(client, f"/cases/{case.id}/{path}", follow=False, **fields)
        assert answer.status_code in (403, 404), path
    assert (Budget.objects.count(), Plan.objects.count(), NegotiationStep.objects.count()) == (1, 0, 0)


def test_a_budget_is_taken_by_the_form_and_leads_to_offers(client_for, case):
    client = client_for("COLLECTOR")
    answer = post(client, f"/cases/{case.id}/budget/", **form(note="<script>alert(1)</script>"))
    assert answer.redirect_chain[-1][0] == f"/cases/{case.id}/offers/"
    budget = Budget.objects.get()
    assert (budget.disposable, budget.willingness) == (Decimal(1800), "HESITANT")
    page = get(client, f"/cases/{case.id}/budget/")
    assert "1,170.00 – 1,800.00" in page
    assert "<script>alert" not in page


def test_a_document_comes_with_the_budget(client_for, case):
    sent = SimpleUploadedFile("payslip.pdf", PDF)
    fields = form(source_INCOME_OWN="DOCUMENT", document_INCOME_OWN="NEW", document=sent)
    post(client_for("COLLECTOR"), f"/cases/{case.id}/budget/", **fields)
    filed = FiledDocument.objects.get()
    line = Budget.objects.get().lines.get(heading="INCOME_OWN")
    assert (line.source, line.document_hash, filed.kind) == ("DOCUMENT", filed.document_hash, "INCOME_PROOF")
    assert client_for("COLLECTOR").get(f"/cases/{case.id}/documents/{filed.id}").content == PDF


def test_what_is_wrong_is_named_at_its_line_and_what_was_typed_stays(client_for, case):
    answer = post(
        client_for("COLLECTOR"), f"/cases/{case.id}/budget/", follow=False,
        **form(amount_HOUSING="rent & such", adults="0", source_LIVING="DOCUMENT"),
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "rent &amp; such" in page
    assert 'aria-describedby="wrong-HOUSING"' in page
    assert "Name the document that shows this figure." in page
    assert "Count at least one grown person" in page
    assert Budget.objects.count() == 0


def test_totals_follow_what_is_typed_and_nothing_is_kept(client_for, case):
    client = client_for("COLLECTOR")
    path = f"/cases/{case.id}/budget/figures"
    assert "1,170.00 – 1,800.00" in post(client, path, **form()).content.decode()
    assert "Nothing is left" in post(client, path, **form(amount_INCOME_OWN="3000")).content.decode()
    assert "Rent or mortgage" in post(client, path, **form(amount_HOUSING="x")).content.decode()
    assert "Type the first figure" in post(client, path, form="SHORT").content.decode()
    for code in ("FULL_CN", "FULL_SFS"):
        assert "Type the first figure" in post(client, path, form=code, adults="1").content.decode()
        assert get(client, f"/cases/{case.id}/budget/?form={code}").count("budget-line") > 20
    assert Budget.objects.count() == 0


def field(page, code):
    """Return what stands in the fields of a heading: amount and source."""
    line = page.split(f'id="amount-{code}"')[1].split("</div>")[0]
    source = line.split(f'name="source_{code}"')[1].split("</select>")[0]
    return re.search(r'value="([^"]*)"', line).group(1), re.search(r'value="(\w+)" selected', source).group(1)


def test_the_short_forms_figures_come_over_where_a_heading_matches_and_the_page_says_which(client_for, case):
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/budget/", **form(amount_OTHER_DEBTS="500", source_OTHER_DEBTS="BUREAU"))
    page = get(client, f"/cases/{case.id}/budget/?form=FULL_CN")
    assert field(page, "OTHER_DEBTS") == ("500", "BUREAU")
    note = page.split("Carried over from")[1].split("</div>")[0]
    carried, anew = note.split("This form asks these more closely")
    assert "(Short form)" in carried
    assert "Other debts" in carried
    assert "Living costs" not in carried
    assert re.search(r"Living costs.*1,800\.00.*a month.*Told by the debtor", anew, re.DOTALL)
    assert "Other debts" not in anew
    assert "Carried over from" not in get(client, f"/cases/{case.id}/budget/?form=SHORT")
    refused = post(client, f"/cases/{case.id}/budget/", form="FULL_CN", adults="0", amount_SALARY="1", follow=False)
    assert refused.status_code == 422
    assert "Carried over from" not in refused.content.decode()


def test_of_two_figures_of_a_heading_the_stronger_stands_in_the_form(client_for, case, budget, me):
    line = ToldLine(heading="INCOME_OWN", amount=Decimal(5400), source="TRANSACTIONS")
    both = (ToldLine(heading="INCOME_OWN", amount=Decimal(6000), source="STATED"), line,
            ToldLine(heading="HOUSING", amount=Decimal(900), source="STATED"),
            ToldLine(heading="HOUSING", amount=Decimal(1100), source="BUREAU"))  # fmt: skip
    record_budget(case_id=case.id, told=ToldBudget(form="SHORT", lines=both, place="CN", willingness="WILLING"),
                  actor=me, now=NOW + timedelta(minutes=1))  # fmt: skip
    page = get(client_for("COLLECTOR"), f"/cases/{case.id}/budget/")
    assert field(page, "INCOME_OWN") == ("5400", "TRANSACTIONS")
    assert field(page, "HOUSING") == ("1100", "BUREAU")


def test_without_a_budget_the_page_says_what_is_first(client_for, case):
    assert "What can the debtor bear?" in get(client_for("COLLECTOR"), f"/cases/{case.id}/offers/")


def test_offers_stand_side_by_side_with_their_limits(client_for, case, offers):
    page = get(client_for("COLLECTOR"), f"/cases/{case.id}/offers/")
    assert page.count("<article") == len(offers)
    assert "Best value" in page
    assert "Value to us today" in page
    assert "Offer policy default 2026-01 · rule on penalty" in page
    for one in offers:
        assert f"{one.total:,.2f}" in page


def test_what_an_offer_is_worth_is_hidden_from_an_agency(client_for, case, offers, users):
    from qingshou.features.cases.models import Case

    Case.objects.filter(id=case.id).update(owner=users["AGENCY_USER"])
    page = get(client_for("AGENCY_USER"), f"/cases/{case.id}/offers/")
    assert page.count("<article") == len(offers)
    assert "Value to us today" not in page
    worth = {f"{one.value:,.2f}" for one in offers}
    assert not [one for one in worth if one in page]


def test_a_search_by_the_button_and_one_that_is_stale(client_for, case, budget, me):
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/offers/search", pay_day="25", lump_sum="24,110")
    assert {one.kind for one in Offer.objects.all()} == {"PLAN", "SETTLEMENT"}
    assert "search again before you offer" not in get(client, f"/cases/{case.id}/offers/")
    make_budget(case, actor=me, now=NOW + timedelta(minutes=1), figures={"INCOME_OWN": "5000"})
    assert "search again before you offer" in get(client, f"/cases/{case.id}/offers/")


def test_own_terms_live_and_on_file(client_for, case, budget):
    client = client_for("COLLECTOR")
    path = f"/cases/{case.id}/offers/try"
    live = post(client, path, kind="PLAN", periods="24").content.decode()
    assert "1,004." in live
    assert "needs Team lead" in post(client, path, kind="PLAN", periods="30").content.decode()
    assert "No role may agree" in post(client, path, kind="PLAN", periods="60", principal="50").content.decode()
    assert "between 0 and 100" in post(client, path, kind="PLAN", periods="12", penalty="101").content.decode()
    assert "for example 1234.50" in post(client, path, kind="PLAN", amount="lots").content.decode()
    assert "900.00" in post(client, path, kind="PLAN", amount="900").content.decode()
    settled = post(client, path, kind="SETTLEMENT", concession="5", stages="3", lump_sum="30000").content.decode()
    assert "3 payments" in settled
    assert Offer.objects.count() == 0
    post(
        client,
        f"/cases/{case.id}/offers/own",
        kind="PLAN",
        periods="24",
        party="DEBTOR",
        said="<b>no</b>",
        channel="CALL",
    )
    assert NegotiationStep.objects.get().kind == "COUNTERED"
    page = get(client, f"/cases/{case.id}/negotiation/")
    assert "Made a counter-offer" in page
    said = post(client, f"/cases/{case.id}/negotiation/{NegotiationStep.objects.get().id}/words").content.decode()
    assert "&lt;b&gt;no&lt;/b&gt;" in said


def test_an_offer_is_said_refused_and_made_a_plan(client_for, case, offers):
    client = client_for("COLLECTOR")
    path = f"/cases/{case.id}/offers/{offers[0].id}"
    page = post(client, f"{path}/say", kind="REFUSED").content.decode()
    assert "Say why it was refused" in page
    post(client, f"{path}/say", kind="REFUSED", reason="TOO_HIGH")
    post(client, f"{path}/say", kind="ACCEPTED")
    assert [(one.party, one.kind) for one in NegotiationStep.objects.all()] == [("DEBTOR", "REFUSED")]
    plan = plan_of(client, case, offers[1], accepted="1")
    assert plan.state == "AWAITING_ACCEPTANCE"
    assert NegotiationStep.objects.order_by("-at", "-id").filter(kind="ACCEPTED").count() == 1
    page = get(client, f"/plans/{plan.id}/")
    assert "What acceptance does" in page
    assert "limitation period begins anew" in page
    assert "in time" in page


def test_beyond_the_role_another_decides_with_the_plan_in_view(client_for, case, budget, users):
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/offers/own", kind="PLAN", periods="30", party="LENDER")
    offer = Offer.objects.get()
    plan = plan_of(client, case, offer, reason="lost the night shifts")
    assert plan.state == "AWAITING_APPROVAL"
    asked = ApprovalRequest.objects.get()
    lead = client_for("TEAM_LEAD")
    assert f"/cases/{case.id}/waiting-plan" in get(lead, f"/approvals/{asked.id}/")
    page = post(lead, f"/cases/{case.id}/waiting-plan", follow=False)
    assert page.status_code == 405
    page = lead.get(f"/cases/{case.id}/waiting-plan", follow=True, headers={"Accept-Language": "en"}).content.decode()
    assert "waits for a second person (Team lead)" in page
    assert "1,170.00 – 1,800.00" in page  # what can be borne
    assert "Term, months at most: 30 / 24 · beyond" in page


def test_who_decides_reads_the_terms_on_the_page_of_the_request(client_for, case, budget, users):
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/offers/own", kind="PLAN", periods="30", party="LENDER")
    plan = plan_of(client, case, Offer.objects.get(), reason="lost the night shifts")
    asked, lead = ApprovalRequest.objects.get(), client_for("TEAM_LEAD")
    page = get(lead, f"/approvals/{asked.id}/")
    assert f'hx-get="/plans/{plan.id}/terms"' in page
    assert users["COLLECTOR"].display_name in page
    part = get(lead, f"/plans/{plan.id}/terms")
    assert "Term, months at most: 30 where 24 is the limit, 6 beyond it" in part
    assert "1,170.00 – 1,800.00" in part  # what can be borne
    assert "30 payments" in part
    assert part.count("<tr>") == 31
    assert client_for("AGENCY_USER").get(f"/plans/{plan.id}/terms").status_code == 404
    assert lead.get(f"/plans/{uuid4()}/terms").status_code == 404
    post(lead, f"/approvals/{asked.id}/decide/", decision="approve")
    plan.refresh_from_db()
    assert plan.state == "AWAITING_ACCEPTANCE"


def test_whose_role_is_too_small_reads_who_may_and_cannot_press(client_for, case, budget):
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/offers/own", kind="PLAN", periods="12", principal="10", party="LENDER")
    plan = plan_of(client, case, Offer.objects.get(), reason="lost the night shifts")
    asked, lead, risk = ApprovalRequest.objects.get(), client_for("TEAM_LEAD"), client_for("RISK_OFFICER")
    page = get(lead, f"/approvals/{asked.id}/")
    assert "This lies beyond your limit: Risk officer may agree to it." in page
    assert re.search(r'value="approve" type="submit" disabled', page)
    assert not re.search(r'value="reject" type="submit" disabled', page)
    page = post(lead, f"/approvals/{asked.id}/decide/", decision="approve").content.decode()
    assert "Your role may not agree to this plan" in page
    assert "BEYOND_ROLE" not in page
    assert not re.search(r'value="approve" type="submit" disabled', get(risk, f"/approvals/{asked.id}/"))
    post(risk, f"/approvals/{asked.id}/decide/", decision="approve")
    plan.refresh_from_db()
    assert plan.state == "AWAITING_ACCEPTANCE"


def test_what_is_given_up_stands_in_words(client_for, case, budget):
    Loan.objects.filter(borrower=case.borrower_id).update(
        arrears_principal=None, arrears_interest=None, arrears_penalty=None, arrears_fees=None, arrears=None
    )
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/offers/own", kind="PLAN", periods="12", principal="10", party="LENDER")
    plan = plan_of(client, case, Offer.objects.get(), reason="lost the night shifts")
    page = get(client, f"/plans/{plan.id}/")
    assert "given up Not split up, reckoned as principal 2,401.00" in page
    assert "UNSPLIT" not in page


def test_the_offers_say_what_they_rest_on(client_for, case, offers):
    client = client_for("COLLECTOR")
    post(client, f"/cases/{case.id}/offers/own", kind="PLAN", periods="20", party="DEBTOR")
    page = get(client, f"/cases/{case.id}/offers/")
    assert "The contract's rate is not known and counts as none: Lp1" in page
    assert "interval that holds the chance with 90 %" in page
    assert "0 plans of this lender that ended" in page
    assert re.search(r'<span title="[0-9a-f]{16}">Offer policy default 2026-01</span>', page)
    assert "rule on the term" in page
    assert "rule TERM" not in page
    assert re.search(r'<div class="text-soft">Debtor · <time', page)
    Loan.objects.filter(borrower=case.borrower_id).update(contract_rate="0.18")
    page = get(client, f"/cases/{case.id}/offers/")
    assert "rate is not known" not in page
    assert "Contract rate <b>18.00 %</b>" in page


def test_a_card_tells_a_lower_rate_grace_and_a_rise(client_for, case, budget):
    Loan.objects.filter(borrower=case.borrower_id).update(contract_rate="0.20")
    client = client_for("COLLECTOR")
    own = {"kind": "PLAN", "party": "LENDER", "periods": "24"}
    post(
        client,
        f"/cases/{case.id}/offers/own",
        **own,
        rate_concession="25",
        grace="NOTHING",
        grace_periods="1",
        step_up="5",
    )
    page = get(client, f"/cases/{case.id}/offers/")
    for told in ("<dt>Rate of the plan</dt><dd>15.00 %</dd>", "<dt>Nothing to pay at first</dt><dd>1 payment</dd>",
                 "<dt>Rise each year</dt><dd>5.00 %</dd>"):  # fmt: skip
        assert told in page
    post(client, f"/cases/{case.id}/offers/own", **own)
    page = get(client, f"/cases/{case.id}/offers/")
    assert (page.count("<article"), page.count("Rate of the plan")) == (2, 1)


def test_an_accepted_plan_shows_what_acceptance_did(client_for, case, offers):
    client = client_for("COLLECTOR")
    plan = plan_of(client, case, offers[0])
    assert "What acceptance did" not in get(client, f"/plans/{plan.id}/")
    post(client, f"/plans/{plan.id}/accept-signature", signed=SimpleUploadedFile("signed.pdf", PDF))
    page = get(client, f"/plans/{plan.id}/")
    assert "What acceptance did" in page
    assert "limitation period begins anew" in page
    moved = re.search(r"Last day before (.+?) → <b>(.+?)</b>", page)
    assert moved is None or moved.group(1) != moved.group(2)
    page = get(client, f"/cases/{case.id}/negotiation/")
    assert "<b>Debtor</b> Accepted the offer" in page


def test_a_last_day_that_acceptance_leaves_is_told_in_words(client_for, case, offers):
    client = client_for("COLLECTOR")
    first = plan_of(client, case, offers[0])
    post(client, f"/plans/{first.id}/accept-signature", signed=SimpleUploadedFile("signed.pdf", PDF))
    post(client, f"/cases/{case.id}/offers/{offers[1].id}/take")
    second = Plan.objects.exclude(id=first.id).get()
    page = get(client, f"/plans/{second.id}/")  # the period began anew today already
    does = page.split("What acceptance does")[1].split("</section>")[0]
    assert "it stays as it is" in does
    assert "→" not in does


def test_agreements_on_file_tell_their_form_and_stand_once(client_for, case, offers):
    client = client_for("COLLECTOR")
    plan = plan_of(client, case, offers[0])
    for form in ("pdf", "docx", "pdf", "docx"):
        post(client, f"/plans/{plan.id}/agreement", follow=False, language="en", form=form)
    page = get(client, f"/plans/{plan.id}/")
    assert (page.count(">Agreement · PDF<"), page.count(">Agreement · Word file<")) == (1, 1)


def test_a_plan_is_accepted_paid_and_taken_back(client_for, case, offers):
    client = client_for("COLLECTOR")
    plan = plan_of(client, case, offers[0])
    post(client, f"/plans/{plan.id}/accept-signature")
    plan.refresh_from_db()
    assert plan.state == "AWAITING_ACCEPTANCE"
    post(client, f"/plans/{plan.id}/accept-code", digits="000000")
    post(client, f"/plans/{plan.id}/accept-signature", signed=SimpleUploadedFile("signed.pdf", PDF))
    plan.refresh_from_db()
    assert (plan.state, plan.accepted_by) == ("ACTIVE", "SIGNATURE")
    first = plan.instalments.get(position=1)
    add_receipt(case, str(first.amount), DAY)
    look(case, DAY)
    page = get(client, f"/plans/{plan.id}/")
    assert 'class="is-paid"' in page
    assert "by signature" in page
    answer = post(client, f"/plans/{plan.id}/agreement", follow=False, language="en", form="docx")
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    post(client, f"/plans/{plan.id}/cancel", reason="BY_AGREEMENT")
    plan.refresh_from_db()
    assert plan.state == "CANCELLED"


def test_a_promise_is_taken_and_ended(client_for, case):
    client = client_for("COLLECTOR")
    answer = post(client, f"/cases/{case.id}/promise/", follow=False, amount="nothing", due_on="")
    assert answer.status_code == 422
    answer = post(client, f"/cases/{case.id}/promise/", follow=False, amount="600", due_on="2020-01-01")
    assert "in the past" in answer.content.decode()
    post(client, f"/cases/{case.id}/promise/", amount="1,200.50", due_on=str(DAY), pay_by="TRANSFER")
    promise = Promise.objects.get()
    assert (promise.kind, promise.source, promise.amount) == ("ARREARS", "DESK", Decimal("1200.50"))
    page = get(client, "/promises/")
    assert "1,200.50" in page
    assert "王小明" in page
    post(client, f"/promises/{promise.id}/end", what="cancel", reason="BORED")
    assert Promise.objects.get().state == "OPEN"
    answer = post(client, f"/promises/{promise.id}/end", follow=False, what="cancel", reason="DEBTOR_WITHDREW",
                  back="//evil.example/")  # fmt: skip
    assert answer["Location"] == f"/cases/{case.id}/"
    assert Promise.objects.get().state == "CANCELLED"


def test_the_form_of_a_promise_says_what_is_owed_now_and_what_nobody_knows(client_for, case):
    client = client_for("COLLECTOR")
    page = get(client, f"/cases/{case.id}/promise/")
    assert "Overdue 1,200.50, owed in all" in page
    take_receipt(
        borrower_id=case.borrower_id, source="API", external_ref="x1", amount=Decimal("200.50"), currency="CNY",
        value_date=DAY, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    assert "Overdue 1,000.00, owed in all" in get(client, f"/cases/{case.id}/promise/")
    other = make_debtor("p3", owner=case.owner)
    told = ("arrears", "arrears_principal", "arrears_interest", "arrears_penalty", "arrears_fees")
    Loan.objects.filter(borrower=other.borrower_id).update(**dict.fromkeys(told))
    page = get(client, f"/cases/{other.id}/promise/")
    assert "; how much of it is overdue is not known." in page
    offers = get(client, f"/cases/{other.id}/offers/")
    assert "Not split up, reckoned as principal" in offers
    Loan.objects.filter(borrower=other.borrower_id).update(balance=None)
    assert "What is owed is not known." in get(client, f"/cases/{other.id}/promise/")


def test_nothing_of_another_case_is_reached(client_for, case, offers, users):
    mine = make_debtor("p2", owner=users["COLLECTOR"])
    client = client_for("COLLECTOR")
    filed = FiledDocument.objects.create(
        case_id=case.id, kind="OTHER", content_type="application/pdf", size_bytes=1, document_hash="b" * 64,
        source="DESK", stored_by="x", stored_at=NOW,
    )  # fmt: skip
    step = NegotiationStep.objects.create(case_id=case.id, party="DEBTOR", kind="SAID", made_by="x", at=NOW)
    for path in (
        f"/cases/{mine.id}/documents/{filed.id}", f"/plans/{uuid4()}/", f"/cases/{uuid4()}/offers/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    for path in (
        f"/cases/{mine.id}/offers/{offers[0].id}/take", f"/cases/{mine.id}/offers/{offers[0].id}/say",
        f"/cases/{mine.id}/negotiation/{step.id}/words", f"/promises/{uuid4()}/end",
    ):  # fmt: skip
        assert post(client, path, follow=False, kind="OFFERED").status_code == 404, path
    assert Plan.objects.count() == 0


def test_another_lenders_plan_does_not_exist(client_for, case, offers, other_tenant):
    from tests.conftest import make_users

    from qingshou.tenancy.context import using

    plan = plan_of(client_for("COLLECTOR"), case, offers[0])
    stranger = make_users(other_tenant, prefix="x")["TEAM_LEAD"]
    client = client_for("COLLECTOR")
    client.logout()
    with using(other_tenant.id):
        client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(f"/plans/{plan.id}/").status_code == 404
        assert client.get(f"/cases/{case.id}/budget/").status_code == 404


@pytest.mark.parametrize(("path", "queries"), [("/promises/?shelf=ALL", 12), ("/plans/?shelf=ALL", 12)])
def test_lists_cost_the_same_at_one_and_three_rows(client_for, users, me, path, queries):
    client = client_for("COLLECTOR")
    counts = []
    for rows in (range(1), range(1, 3)):
        for row in rows:
            case = make_debtor(f"n{row}", owner=users["COLLECTOR"], phone=f"1381111111{row}")
            record_promise(case_id=case.id, amount=Decimal(500), due_on=DAY, actor=me, now=NOW)
            found = search_offers(
                case_id=case.id, budget_id=make_budget(case, actor=me).id, actor=me, role="COLLECTOR", now=NOW
            )
            post(client, f"/cases/{case.id}/offers/{found.offers.first().id}/take")
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            page = get(client, path)
        counts.append(len(captured))
    assert len(re.findall(r"<tr data-row", page)) == 3
    assert counts == [queries, queries]
