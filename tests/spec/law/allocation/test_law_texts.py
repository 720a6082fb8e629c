"""The tables of orders by law and policy, of a card plan's term, and of limitation."""

from datetime import date

import pytest
from tests.spec.law.tables import cases

from qingshou.interfaces.commands.law_allocate_words import ALLOCATION_REASONS, LIMITATION_REASONS
from qingshou.kernel.errors import QingshouError
from qingshou.law.allocation.door import law_order, order_for
from qingshou.law.allocation.terms import KINDS
from qingshou.law.china.card_2011.rules import PLAN_STATES, plan_term
from qingshou.law.china.contracts_2023.rules import set_off_orders
from qingshou.law.china.delayed_performance.rules import order_in_enforcement
from qingshou.law.china.payment_order import rules as payment_order
from qingshou.law.limitation.door import effect_of
from qingshou.law.limitation.terms import Event

REFUSALS = {"NOT_COVERED", "BAD_INPUT"}
DAY = date(2026, 11, 23)


def table(name):
    return pytest.mark.parametrize("case", [pytest.param(case, id=place) for place, case in cases(name)])


def refuses(expected, ask):
    if expected not in REFUSALS:
        return False
    with pytest.raises(QingshouError) as caught:
        ask()
    assert caught.value.code == expected
    assert caught.value.message.endswith(".")
    return True


@table("law_order")
def test_the_order_of_the_law_on_a_date(case):
    def ask():
        return law_order(jurisdiction=case["jurisdiction"], on=case["on"])

    if refuses(case["kinds"], ask):
        return
    found = ask()
    assert " ".join(found.order.kinds) == case["kinds"]
    article = found.reasons[0].article
    assert (article.confidence.value if article else "unverified") == case["sure"]
    assert article is None or article.article == case["article"]
    assert {reason.code for reason in found.reasons} <= ALLOCATION_REASONS.keys()


@table("order_for")
def test_the_order_under_a_policy(case):
    def ask():
        return order_for(
            policy=case["policy"],
            overdue_days=case["days"],
            product=case.get("product", "OTHER"),
            on=case["on"],
            jurisdiction=case.get("jurisdiction", "china"),
        )

    if refuses(case["first"], ask):
        return
    found = ask()
    assert found.order.kinds[0] == case["first"]
    assert sorted(found.order.kinds) == sorted(KINDS)
    reason = found.reasons[-1]
    assert reason.code == case["code"]
    assert reason.code in ALLOCATION_REASONS
    if "sure" in case:
        assert reason.article.confidence.value == case["sure"]
        assert found.order.articles["PART_BY_POLICY"] == reason.article


def test_the_place_of_penalty_interest_is_the_houses_and_said_to_be():
    found = law_order(jurisdiction="china", on=DAY)
    assert found.reasons[1].code == "PENALTY_AFTER_INTEREST"
    sure = {kind: found.order.articles[f"PART_BY_LAW:{kind}"].confidence.value for kind in KINDS}
    assert sure == {"COSTS": "read", "PENALTY": "unverified", "INTEREST": "read", "PRINCIPAL": "read"}


def test_set_off_and_enforcement_have_their_orders():
    said, between, inside = set_off_orders(DAY)
    assert said.text == "AS_A_PAYMENT"
    assert (between, inside) == (payment_order.between_debts(DAY), payment_order.inside_debt(DAY))
    assert [one.text for one in between] == [
        "CHOSEN", "DUE", "LEAST_SECURED", "HEAVIEST_BURDEN", "EARLIEST_DUE", "PRO_RATA",
    ]  # fmt: skip
    assert [one.text for one in order_in_enforcement(DAY)] == ["JUDGMENT_MONEY", "DOUBLED_INTEREST"]


@table("plan_term")
def test_the_term_of_a_card_plan(case):
    def ask():
        return plan_term(
            months=case["months"],
            exceeds_ability=case.get("exceeds_ability", True),
            is_holder_willing=case.get("is_holder_willing", True),
            states=frozenset(case.get("states", " ".join(PLAN_STATES)).split()),
            on=case["on"],
        )

    if refuses(case["is"], ask):
        return
    found = ask()
    assert found.value == case["is"]
    assert [reason.code for reason in found.reasons] == case["codes"].split()
    assert set(case["codes"].split()) <= LIMITATION_REASONS.keys()
    assert {article.article for article in found.articles} == {"70"}
    if "months_max" in found.reasons[0].fields:
        assert found.reasons[0].fields["months_max"] == 60


@table("effect_of")
def test_what_an_event_does_to_limitation(case):
    def ask():
        return effect_of(
            event=Event(case["event"]),
            on=case["on"],
            due_date=case["due"],
            jurisdiction=case["jurisdiction"],
            region=case.get("region", ""),
            restarted_date=case.get("restarted"),
            shows_agreement=case.get("agrees", True),
            is_signed_writing=case.get("written", True),
        )

    if refuses(case["effect"], ask):
        return
    found = ask()
    assert (found.effect, found.old_last_date, found.new_last_date) == (case["effect"], case["old"], case["new"])
    assert found.is_restarted == (case["effect"] in {"RESTARTS", "EXPIRY_WAIVED"})
    assert {reason.code for reason in found.reasons} <= LIMITATION_REASONS.keys() | {"DAY_AFTER_HOLIDAY"}
    first, last = found.reasons[0], found.reasons[-1]
    assert first.code == case.get("code", first.code)
    assert last.code == case.get("last_code", last.code)
    assert first.article.article == case.get("article", first.article.article)
    assert first.article.confidence.value == case.get("sure", first.article.confidence.value)
