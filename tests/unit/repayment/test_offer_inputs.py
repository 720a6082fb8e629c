"""What a search rested on, written down and read again: the same answer to the byte; reasons keep amounts and dates."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules import offer_law
from qingshou.features.repayment.rules.kept_model import PastPlan, PlanFacts, prior_model, updated_model
from qingshou.features.repayment.rules.offer_building import setting_of
from qingshou.features.repayment.rules.offer_inputs import (
    facts_of,
    inputs_row,
    law_of,
    law_row,
    model_of,
    policy_of,
    request_of,
    search_again,
)
from qingshou.features.repayment.rules.offer_policy import offer_policy, policy_data
from qingshou.features.repayment.rules.offer_search import search_offers
from qingshou.features.repayment.rules.offers import OfferRequest, plain
from qingshou.features.repayment.rules.owed import Owed
from qingshou.features.repayment.rules.pay_days import Frequency
from qingshou.features.repayment.rules.reason_record import article_of, article_row, reason_rows, reasons_of
from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.values import all_instruments, version_of

OWED = Owed(currency="CNY", principal=Decimal("18000.00"), interest=Decimal("420.10"), penalty=Decimal("99.90"))


def request(**more):
    values = {"owed": OWED, "contract_rate": Decimal("0.12"), "on": date(2026, 11, 23), "role": "COLLECTOR",
              "disposable": Decimal("1800.00"), "band_low": Decimal("1170.00"), "band_high": Decimal("1800.00"),
              "place": "CN", "product": "CONSUMER", "overdue_days": 40}  # fmt: skip
    return OfferRequest(**(values | more))


def law_on(asked):
    return setting_of(request=asked).limits.law


def kept(row):
    """Return a row as a database gives it back: through JSON."""
    return json.loads(json.dumps(row))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"contract_date": date(2024, 2, 29), "pay_day": 31},
        {"frequency": Frequency.FORTNIGHT, "lump_sum": Decimal("3000.005")},
        {"product": "CARD", "role": "RISK_OFFICER", "kept_before": 2, "broken_before": 1, "is_aided": True},
    ],
)
def test_a_request_comes_back_as_it_was(more):
    asked = request(**more)
    row = kept(inputs_row(request=asked, policy_data=policy_data(), model=prior_model(), law=law_on(asked)))
    assert request_of(row["request"]) == asked
    assert policy_of(row["policy"]).hash == offer_policy().hash
    assert model_of(row["model"]).hash == prior_model().hash


def test_a_search_of_an_own_policy_and_history_is_made_again_to_the_byte():
    own = {"offer_policy": {"version": "own-7", "instalment_min": {"CNY": "250"}}}
    history = [PastPlan(PlanFacts(load=0.9, years=2.0, overdue_days=60), is_kept) for is_kept in (True, False, True)]
    model = updated_model(prior=prior_model(), history=history)
    asked = request(role="TEAM_LEAD", lump_sum=Decimal(9000))
    answer = search_offers(request=asked, policy=offer_policy(own), model=model)
    again = search_again(kept(inputs_row(request=asked, policy_data=policy_data(own), model=model, law=law_on(asked))))
    assert again.text() == answer.text()
    assert search_offers(request=asked, policy=offer_policy(), model=model).text() != answer.text()


def with_value(law, value_id, text):
    """Return a text of law as if one of its values were another, in all its periods."""
    value = law.values[value_id]
    changed = replace(value, entries=tuple(replace(one, text=text) for one in value.entries))
    return replace(law, values={**law.values, value_id: changed})


@pytest.mark.parametrize(("value_id", "text", "more"), [
    ("plan_term_max", "1", {"product": "CARD", "contract_date": date(2024, 2, 29), "role": "RISK_OFFICER"}),
])  # fmt: skip
def test_a_law_that_changed_since_leaves_a_search_made_again_as_it_was(monkeypatch, value_id, text, more):
    asked = request(**more)
    answer = search_offers(request=asked)
    row = kept(inputs_row(request=asked, policy_data=policy_data(), model=prior_model(), law=law_on(asked)))
    monkeypatch.setattr(offer_law.card, "LAW", with_value(offer_law.card.LAW, value_id, text))
    assert search_again(row).text() == answer.text()
    new = search_offers(request=asked)
    assert new.text() != answer.text()
    assert law_on(asked) != law_of(row["law"])
    without = {name: value for name, value in row.items() if name != "law"}  # of before the law was kept
    assert search_again(without).text() == new.text()


@pytest.mark.parametrize("more", [
    {}, {"product": "CARD", "contract_date": date(2024, 2, 29)}, {"place": "TW"},
    {"contract_date": date(2024, 2, 29), "lender_kind": "PRIVATE"}, {"contract_date": date(1990, 1, 1)},
    {"contract_date": date(2025, 2, 28), "lender_kind": "FINANCING_GUARANTEE"}, {"place": "CN-31", "is_aided": True,
     "contract_date": date(2025, 11, 1)},
])  # fmt: skip
def test_the_law_of_a_search_comes_back_as_it_was_with_its_version(more):
    law = law_on(request(**more))
    row = kept(law_row(law))
    assert law_of(row) == law
    cited = [one.article for one in (*law.limits, *law.reasons) if one.article is not None]
    assert row["versions"].keys() == {one.instrument for one in cited}
    assert all(version_of(name) == version for name, version in row["versions"].items())


@given(
    st.lists(
        st.builds(
            PastPlan,
            facts=st.builds(
                PlanFacts, load=st.floats(0, 3), years=st.floats(0, 6), charges_waived=st.floats(0, 1),
                is_on_pay_day=st.booleans(), kept_before=st.integers(0, 9), overdue_days=st.integers(0, 2000),
            ),
            is_kept=st.booleans(),
        ),
        max_size=30,
    )
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_a_belief_of_any_history_comes_back_with_its_hash(history):
    model = updated_model(prior=prior_model(), history=history)
    again = model_of(kept(plain(model)))
    assert again.hash == model.hash
    assert np.array_equal(np.array(again.covariance), np.array(model.covariance))
    for one in history:
        assert facts_of(kept(plain(one.facts))) == one.facts


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (Decimal("1800.00"), Decimal("1800.00")), (Decimal("-3"), Decimal(-3)), (date(2026, 2, 28), date(2026, 2, 28)),
        (7, 7), (True, True), (None, None), ("CN-4403", "CN-4403"), ("2026-01", "2026-01"), ("STATED", "STATED"),
    ],
)  # fmt: skip
def test_a_reason_keeps_its_fields_and_article(value, read):
    article = Article("china.card_2011", "70", Confidence.SECONDARY)
    (found,) = reasons_of(kept(reason_rows([Reason("X", {"what": value}, article)])))
    assert found == Reason("X", {"what": read}, article)
    assert article_of(article_row(None)) is None


def test_every_text_of_law_has_a_version():
    versions = {law.id: version_of(law.id) for law in all_instruments()}
    assert len(versions) > 50
    assert all(len(one) == 12 for one in versions.values())
