"""Offers searched and kept so that they can be made again byte for byte; own terms worked out and held to limits."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from tests.fakes.papers import pdf
from tests.integration.repayment.agreement_rows import DAY, NOW, actions, add_receipt, look, make_debtor
from tests.integration.repayment.desk_rows import make_budget

from qingshou.access.actors import actor_of
from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Loan
from qingshou.features.repayment.errors import BadAgreementInput, NoSuchBudget, NoSuchSearch, OffersNotPossible
from qingshou.features.repayment.models import LoanLedger, NegotiationStep, Offer, OfferSearch, Plan
from qingshou.features.repayment.operations import offers
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.operations.offers import propose_own, replay_search, search_offers
from qingshou.features.repayment.operations.plan_accepting import accept_by_signature
from qingshou.features.repayment.operations.plans import propose_plan
from qingshou.features.repayment.queries.negotiating import Wish, own_model, past_plans
from qingshou.features.repayment.queries.offers import latest_search
from qingshou.features.repayment.rules import offer_law
from qingshou.features.repayment.rules.offers import OfferTerms, Stages
from qingshou.features.repayment.rules.owed import Concession
from qingshou.features.repayment.rules.schedule import Kind, Terms, Unpayable
from qingshou.kernel.errors import BadInput
from qingshou.law.values import version_of

PDF = pdf("signed")


@pytest.fixture
def me(users):
    return actor_of(users["COLLECTOR"])


@pytest.fixture
def case(users):
    return make_debtor("o1", owner=users["COLLECTOR"], overdue_days=40)


@pytest.fixture
def budget(case, me):
    return make_budget(case, actor=me)


def searched(case, budget, me, role="COLLECTOR", **more):
    return search_offers(case_id=case.id, budget_id=budget.id, actor=me, role=role, now=NOW, **more)


def own(case, budget, me, terms, party="DEBTOR", **more):
    given = {"role": "COLLECTOR", "now": NOW} | more
    return propose_own(case_id=case.id, budget_id=budget.id, terms=terms, party=party, actor=me, **given)


def months(periods, **more):
    return OfferTerms(schedule=Terms(first_due_date=DAY + timedelta(days=20), periods=periods), **more)


def test_a_search_puts_offers_on_file_that_add_up(case, budget, me):
    search = searched(case, budget, me)
    found = list(Offer.objects.filter(search=search).order_by("position"))
    assert 3 <= len(found) <= 5
    for one in found:
        assert sum(Decimal(row["amount"]) for row in one.schedule) == one.total
        assert one.terms["is_in_band"] is True
        (loan,) = one.terms["loans"]
        given_up = sum(Decimal(amount) for amount in loan["waivers"].values())
        assert Decimal(loan["owed"]) - given_up + Decimal(one.terms["new_interest"]) == one.total
        assert 0 < one.kept_low < one.kept_chance < one.kept_high < 1
        assert all(limit["rule"] for limit in one.limits)
    assert LoanLedger.objects.filter(borrower=case.borrower_id).count() == 1
    assert actions(case.id, prefix=("OFFER",)) == ["OFFERS_SEARCHED"]
    assert latest_search(case_id=case.id).offers == tuple(found)


def test_a_search_is_made_again_byte_for_byte_whatever_changed_since(case, budget, me, tenant):
    search = searched(case, budget, me)
    first = replay_search(search_id=search.id)
    assert first.is_same
    assert first.was_hash == search.inputs["answer"]
    # the lender's policy, the debt and the day change; the search of then does not
    tenant.settings = {"offer_policy": {"version": "9", "instalment_min": {"CNY": "900"}}}
    tenant.save()
    Loan.objects.filter(borrower=case.borrower_id).update(balance=Decimal(5))
    again = replay_search(search_id=OfferSearch.objects.get(id=search.id).id)
    assert again.is_same
    assert again.answer.text() == first.answer.text()
    stored = json.loads(again.answer.text())["offers"]
    assert [one["total"] for one in stored] == [format(one.total, ".2f") for one in search.offers.order_by("position")]


def test_a_search_whose_inputs_were_altered_does_not_answer_the_same(case, budget, me):
    search = searched(case, budget, me)
    with connection.cursor() as cursor:
        cursor.execute("SELECT inputs FROM repayment_offersearch WHERE id = %s", [search.id])
        inputs = cursor.fetchone()[0]
    inputs = inputs if isinstance(inputs, dict) else json.loads(inputs)
    inputs["request"]["band_high"] = "1500.00"
    altered = OfferSearch.objects.create(
        case_id=case.id, budget=budget, policy=search.policy, role=search.role, inputs=inputs, searched_by="x",
        searched_at=NOW,
    )  # fmt: skip
    assert replay_search(search_id=altered.id).is_same is False
    with pytest.raises(NoSuchSearch):
        replay_search(search_id=case.id)


def test_a_wish_steers_the_search(case, budget, me):
    search = searched(case, budget, me, wish=Wish(pay_day=25, lump_sum=Decimal(24000)))
    found = list(search.offers.all())
    days = {date.fromisoformat(row["due_on"]).day for one in found if one.kind == "PLAN" for row in one.schedule}
    assert 25 in days
    assert {one.kind for one in found} == {"PLAN", "SETTLEMENT"}
    assert {one.kind for one in searched(case, budget, me).offers.all()} == {"PLAN"}


def test_what_is_not_known_to_be_owed_cannot_be_offered(case, budget, me, users):
    Loan.objects.filter(borrower=case.borrower_id).update(balance=None)
    with pytest.raises(OffersNotPossible):
        searched(case, budget, me)
    other = make_debtor("o2", owner=users["COLLECTOR"])
    with pytest.raises(NoSuchBudget):
        searched(other, budget, me)
    assert OfferSearch.objects.count() == 0


def test_a_counter_offer_is_worked_out_to_the_cent_and_on_file(case, budget, me):
    offer = own(case, budget, me, months(24), reason="TOO_HIGH", said="a thousand at most", channel="CALL")
    assert len(offer.schedule) == 24
    assert sum(Decimal(row["amount"]) for row in offer.schedule) == offer.total
    assert (offer.label, offer.needs_role, offer.search_id) == ("PROPOSED", "", None)
    (step,) = NegotiationStep.objects.all()
    assert (step.party, step.kind, step.reason, step.offer_id) == ("DEBTOR", "COUNTERED", "TOO_HIGH", offer.id)
    assert actions(case.id, prefix=("OFFER_", "NEGOTIATION_")) == ["OFFER_WORKED_OUT", "NEGOTIATION_COUNTERED"]
    plan = propose_plan(case_id=case.id, offer_id=offer.id, actor=me, role="COLLECTOR", now=NOW)
    assert plan.state == "AWAITING_ACCEPTANCE"


@pytest.mark.parametrize(
    ("terms", "needs"),
    [
        (months(24), ""),
        (months(25), "TEAM_LEAD"),
        (months(24, concession=Concession(penalty=Decimal("0.50"))), ""),
        (months(24, concession=Concession(penalty=Decimal("0.51"))), "TEAM_LEAD"),
        (months(24, concession=Concession(principal=Decimal("0.01"))), "RISK_OFFICER"),
        (months(24, concession=Concession(principal=Decimal("0.31"))), "NOBODY"),
        (months(61), "NOBODY"),
    ],
)
def test_own_terms_are_held_to_the_limits_of_the_role(case, budget, me, terms, needs):
    assert own(case, budget, me, terms, party="LENDER").needs_role == needs
    assert NegotiationStep.objects.get().kind == "OFFERED"


def test_a_settlement_of_our_own_in_stages(case, budget, me):
    loan = Loan.objects.get(borrower=case.borrower_id)
    paid = [(DAY + timedelta(days=10), Decimal(20000)), (DAY + timedelta(days=40), Decimal("2904.50"))]
    off = Decimal("0.05")
    total = loan.balance + Decimal(100)  # with the charges of the arrears
    paid[1] = (paid[1][0], total - (total * off).quantize(Decimal("0.01"), "ROUND_DOWN") - paid[0][1])
    offer = own(case, budget, me, Stages(concession=off, payments=tuple(paid)), wish=Wish(lump_sum=Decimal(20000)))
    assert (offer.kind, offer.total) == ("SETTLEMENT", sum(amount for _day, amount in paid))
    waivers = offer.terms["loans"][0]["waivers"]
    assert waivers["PENALTY"] == "10.00"  # penalty first, then interest, costs, principal
    assert sum(Decimal(one) for one in waivers.values()) == total - offer.total


def test_terms_that_cannot_be_leave_nothing_behind(case, budget, me):
    with pytest.raises(BadInput):
        own(case, budget, me, OfferTerms(schedule=Terms(first_due_date=DAY - timedelta(days=1), periods=12)))
    fixed = Terms(first_due_date=DAY, periods=3, kind=Kind.FIXED_AMOUNT, amount=Decimal(10))
    with pytest.raises(Unpayable):
        own(case, budget, me, OfferTerms(schedule=fixed))
    assert Offer.objects.count() == 0
    assert NegotiationStep.objects.count() == 0


def test_plans_that_ended_teach_the_model(case, budget, me):
    assert past_plans() == []
    before = own_model()
    offer = own(case, budget, me, months(1), party="LENDER")
    plan = propose_plan(case_id=case.id, offer_id=offer.id, actor=me, role="RISK_OFFICER", now=NOW)
    document = store_document(
        case_id=case.id, kind="SIGNED_AGREEMENT", content=PDF, file_name="a.pdf", actor=me, now=NOW
    )
    accept_by_signature(plan_id=plan.id, document_hash=document.document_hash, actor=me, now=NOW)
    add_receipt(case, str(offer.total), DAY)
    look(case, DAY)
    assert Plan.objects.get().state == "KEPT"
    (past,) = past_plans()
    assert past.is_kept
    after = own_model()
    assert (after.observed, after.kept) == (1, 1)
    assert after.hash != before.hash
    search = searched(make_debtor("o9"), make_budget_of("o9"), me)
    assert search.inputs["model"]["observed"] == 1
    assert {one.terms["observed"] for one in search.offers.all()} == {1}
    assert replay_search(search_id=search.id).is_same


def make_budget_of(ref):
    from qingshou.features.cases.models import Case

    return make_budget(Case.objects.get(borrower__borrower_ref=ref), actor=SYSTEM)


def test_when_the_record_fails_no_offer_is_kept(case, budget, me, monkeypatch):
    def fail(**_given):
        raise RuntimeError("no record")

    monkeypatch.setattr(offers, "record", fail)
    with pytest.raises(RuntimeError):
        searched(case, budget, me)
    assert Offer.objects.count() == 0
    assert OfferSearch.objects.count() == 0


def test_a_lenders_own_policy_decides_who_must_agree(case, budget, me, tenant):
    offer = own(case, budget, me, months(25), party="LENDER")
    assert offer.needs_role == "TEAM_LEAD"
    tenant.settings = {"offer_policy": {"same_as": {"LEGAL_OFFICER": "COLLECTOR"}}}
    tenant.save()
    given = {"case_id": case.id, "offer_id": offer.id, "actor": me, "role": "LEGAL_OFFICER", "now": NOW}
    assert propose_plan(**given, reason="long illness").state == "AWAITING_APPROVAL"


def test_a_step_names_only_a_call_with_this_debtor(case, budget, me, users):
    with pytest.raises(BadAgreementInput):
        own(case, budget, me, months(12), call_id=case.id)
    assert Offer.objects.count() == 0
    assert NegotiationStep.objects.count() == 0


def test_a_law_that_changes_later_leaves_what_was_searched_and_binds_what_is_searched_anew(users, me, monkeypatch):
    case = make_debtor("law1", owner=users["COLLECTOR"], overdue_days=40)
    Loan.objects.filter(borrower=case.borrower_id).update(product="CARD")
    budget = make_budget(case, actor=me)
    search = searched(case, budget, me)
    kept = OfferSearch.objects.get(id=search.id).inputs["law"]
    assert kept["limits"][0]["article"] == {"instrument": "china.card_2011", "article": "70", "confidence": "read"}
    assert kept["versions"]["china.card_2011"] == version_of("china.card_2011")
    law = offer_law.card.LAW
    value = law.values["plan_term_max"]
    shorter = replace(value, entries=tuple(replace(one, text="1") for one in value.entries))
    monkeypatch.setattr(offer_law.card, "LAW", replace(law, values={**law.values, "plan_term_max": shorter}))
    assert replay_search(search_id=search.id).is_same
    again = searched(case, budget, me)
    assert again.inputs["answer"] != search.inputs["answer"]
    assert again.inputs["law"]["limits"][0]["most"] == "12"
    assert replay_search(search_id=again.id).is_same
