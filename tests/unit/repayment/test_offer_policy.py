"""Limits of offers: what each role may, what the law allows nobody, and that a wrong policy is refused whole."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from qingshou.features.repayment.rules import offer_policy as module
from qingshou.features.repayment.rules.offer_law import law_limits
from qingshou.features.repayment.rules.offer_limits import NOBODY, OfferLimits, Standing
from qingshou.features.repayment.rules.offer_policy import LimitKind, offer_policy
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence

D = Decimal
ON = date(2026, 7, 1)


def law(**more):
    given = {"place": "CN", "product": "CARD", "on": ON, "lender_kind": "BANK", "contract_date": date(2022, 5, 1)}
    return law_limits(**(given | more))


def limits(product: str = "CARD", settings=None, **more) -> OfferLimits:
    found = law(product=product, **more)
    return OfferLimits(policy=offer_policy(settings), law=found, product=product, currency="CNY")


def own(**more) -> dict:
    return {"offer_policy": more}


def house() -> dict:
    return yaml.safe_load((module._POLICIES / "default.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("on", "product", "place", "months"),
    [
        (date(2011, 1, 12), "CARD", "CN", None),  # the day before the text
        (date(2011, 1, 13), "CARD", "CN", 60),
        (ON, "CARD", "CN-31", 60),
        (ON, "PERSONAL", "CN", None),
        (ON, "CARD", "GB", None),
    ],
)
def test_the_term_of_a_card_plan(on, product, place, months):
    found = law(on=on, product=product, place=place).of(LimitKind.TERM_MONTHS_MAX)
    assert (None if found is None else (found.most, found.article.article)) == (months and (D(months), "70"))


@pytest.mark.parametrize(
    ("more", "rate"),
    [
        ({}, "0.24"),
        ({"lender_kind": "PRIVATE", "contract_date": date(2022, 5, 1)}, "0.148"),  # 4 x 3.7 %
        ({"lender_kind": "PRIVATE", "contract_date": date(2019, 12, 1)}, "0.12"),  # bridged: LPR of the day, 3 %
        ({"is_aided": True, "contract_date": date(2025, 10, 1)}, "0.24"),
    ],
)
def test_the_rate_cap(more, rate):
    assert law(**more).of(LimitKind.RATE_MAX).most == D(rate)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"contract_date": None}, "CONTRACT_DATE_NOT_KNOWN"),
        (
            {"on": date(2026, 11, 23), "lender_kind": "PRIVATE", "contract_date": date(2026, 11, 1)},
            "RATE_CAP_NOT_ENTERED",
        ),
        ({"lender_kind": "PAWN_SHOP"}, "NO_RATE_CAP"),
        ({"place": "GB"}, "NO_LAW_OF_OFFERS"),
    ],
)
def test_what_is_not_entered_is_said(more, code):
    found = law(**more)
    assert [one.code for one in found.reasons] == [code]
    assert found.of(LimitKind.RATE_MAX) is None


@pytest.mark.parametrize(
    ("role", "product", "months", "rule", "is_law"),
    [
        ("COLLECTOR", "CARD", 36, "TERM_CARD", False),
        ("COLLECTOR", "PERSONAL", 24, "TERM", False),
        ("RISK_OFFICER", "CARD", 60, "TERM_CARD", False),
        ("LEGAL_OFFICER", "PERSONAL", 36, "TERM", False),
    ],
)
def test_how_far_each_role_goes(role, product, months, rule, is_law):
    found = limits(product)
    shown = found.most(LimitKind.TERM_MONTHS_MAX, found.policy.level(role))
    assert (shown.most, shown.rule, shown.is_law) == (months, rule, is_law)
    assert shown.article.confidence is Confidence.READ


def test_the_law_stands_above_the_policy():
    table = [item | {"by_role": dict.fromkeys(item["by_role"], "120")} if item["id"].startswith("TERM") else item
             for item in house()["limits"]]  # fmt: skip
    found = limits(settings=own(limits=table))
    shown = found.most(LimitKind.TERM_MONTHS_MAX, found.top)
    assert (shown.most, shown.is_law, shown.rule) == (60, True, "china.card_2011 70")
    for months, role in ((60, ""), (61, NOBODY)):
        assert found.judge({LimitKind.TERM_MONTHS_MAX: D(months)}, 0)[0] == role


@pytest.mark.parametrize(
    ("kind", "used", "needs", "standing"),
    [
        (LimitKind.PENALTY_WAIVER_MAX, "0.49", "", Standing.WITHIN),
        (LimitKind.PENALTY_WAIVER_MAX, "0.50", "", Standing.AT),
        (LimitKind.PENALTY_WAIVER_MAX, "0.51", "TEAM_LEAD", Standing.PASSED),
        (LimitKind.PRINCIPAL_CONCESSION_MAX, "0", "", Standing.WITHIN),
        (LimitKind.PRINCIPAL_CONCESSION_MAX, "0.01", "RISK_OFFICER", Standing.PASSED),
        (LimitKind.PRINCIPAL_CONCESSION_MAX, "0.31", NOBODY, Standing.PASSED),
        (LimitKind.RATE_MAX, "0.24", "", Standing.AT),
        (LimitKind.RATE_MAX, "0.240001", NOBODY, Standing.PASSED),
        (LimitKind.INSTALMENT_MIN, "100", "", Standing.AT),
        (LimitKind.INSTALMENT_MIN, "99.99", NOBODY, Standing.PASSED),
    ],
)
def test_judging_at_the_limit(kind, used, needs, standing):
    found = limits()
    role, met = found.judge({kind: D(used)}, found.policy.level("COLLECTOR"))
    assert (role, [one.standing for one in met]) == (needs, [standing])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roles": []}, "roles"),
        ({"same_as": {"X": "NOBODY_KNOWN"}}, "which has no limits"),
        ({"limits": house()["limits"][1:]}, "no general limit TERM_MONTHS_MAX"),
        ({"limits": [*house()["limits"], house()["limits"][0]]}, "TERM stands twice"),
        (
            {"limits": [house()["limits"][0] | {"by_role": {"DEBTOR": "99", "COLLECTOR": "24", "TEAM_LEAD": "36",
                                                            "RISK_OFFICER": "60"}}, *house()["limits"][1:]]},
            "gives a higher role less",
        ),
        ({"unknown": 1}, "unknown"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused(change, words):
    with pytest.raises(BadInput, match=words):
        offer_policy(own(**change))


def test_a_lender_s_policy_has_a_hash_of_its_own():
    assert offer_policy().hash == offer_policy({}).hash
    assert offer_policy(own(version="2")).hash != offer_policy().hash
    with pytest.raises(BadInput, match="no limits"):
        offer_policy().level("ADMINISTRATOR")
