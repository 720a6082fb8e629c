"""The search: never outside band or limits, the same bytes every time, and where nothing fits it says why."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules.kept_model import PastPlan, PlanFacts, prior_model, updated_model
from qingshou.features.repayment.rules.offer_building import plan_offer, setting_of, settlement_offer, terms_at
from qingshou.features.repayment.rules.offer_grid import Evaluation, begins, combinations, months_until
from qingshou.features.repayment.rules.offer_limits import NOBODY, Standing
from qingshou.features.repayment.rules.offer_policy import offer_policy
from qingshou.features.repayment.rules.offer_record import loan_rows, schedule_rows
from qingshou.features.repayment.rules.offer_search import OFFERS_MAX, search_offers
from qingshou.features.repayment.rules.offer_value import Discount, expected_values
from qingshou.features.repayment.rules.offers import (
    Label,
    OfferKind,
    OfferRequest,
    OfferTerms,
    Stages,
    plain,
    terms_of,
)
from qingshou.features.repayment.rules.owed import Concession, Owed
from qingshou.features.repayment.rules.pay_days import PERIODS_A_YEAR, Frequency
from qingshou.features.repayment.rules.schedule import Grace, Kind, Terms, build_schedule
from qingshou.features.repayment.rules.settlements import settlements
from qingshou.kernel.days import add_months
from qingshou.kernel.errors import BadInput

D = Decimal
ON = date(2026, 11, 23)
OWED = Owed(currency="CNY", principal=D("36000.00"), interest=D("2345.67"), penalty=D("812.34"), costs=D("50.00"))
REQUEST = OfferRequest(
    owed=OWED, contract_rate=D("0.1825"), on=ON, role="COLLECTOR", disposable=D(2000), band_low=D(1500),
    band_high=D(2000), product="CARD", place="CN-31", contract_date=date(2022, 5, 1), pay_day=10, overdue_days=60,
)  # fmt: skip


def asked(**more) -> OfferRequest:
    return replace(REQUEST, **more)


def codes(found) -> list[str]:
    return [one.code for one in found.reasons]


def regular(offer) -> list[Decimal]:
    terms = offer.terms.schedule
    skip = terms.grace_periods if terms.grace is Grace.INTEREST_ONLY and terms.rate else 0
    return [row.amount for row in offer.schedule.instalments[skip:-1]]


def check(request: OfferRequest, found) -> None:
    """Hold every offer of a search against band and limits, worked out apart from the search."""
    policy = offer_policy()
    level = policy.level(request.role)
    assert len(found.offers) <= OFFERS_MAX
    schedules = [one.schedule.instalments for one in found.offers]
    assert all(schedules.count(one) == 1 for one in schedules)
    for offer in found.offers:
        assert offer.is_in_band
        assert offer.needs_role != NOBODY
        assert offer.total == sum(row.amount for row in offer.schedule.instalments)
        assert offer.total == request.owed.total - offer.waived.total + offer.new_interest
        assert 0 <= offer.kept.low <= offer.kept.mean <= offer.kept.high <= 1
        passed = [one for one in offer.measures if one.standing is Standing.PASSED]
        assert bool(passed) == bool(offer.needs_role)
        if offer.kind is OfferKind.SETTLEMENT:
            amounts = [row.amount for row in offer.schedule.instalments]
            assert amounts[0] <= request.lump_sum + request.band_high
            assert max([D(0), *amounts[1:]]) <= request.band_high
            continue
        periods = PERIODS_A_YEAR[request.frequency]
        assert max(row.amount for row in offer.schedule.instalments) <= request.band_high * 12 / periods
        assert min([request.band_high, *regular(offer)]) >= request.band_low * 12 / periods
        role = policy.roles.index(offer.needs_role) if offer.needs_role else level
        of_role = {one.kind: one.by_role[policy.roles[role]] for one in policy.limits if not one.product}
        months = 60 if request.product == "CARD" and role > 1 else of_role["TERM_MONTHS_MAX"]
        if request.product == "CARD" and role <= 1:
            months = (24, 36)[role]
        assert offer.schedule.instalments[-1].counted_date <= add_months(request.on, int(months))
        for part, kind in (
            ("penalty", "PENALTY_WAIVER_MAX"), ("interest", "INTEREST_WAIVER_MAX"), ("costs", "COSTS_WAIVER_MAX"),
            ("principal", "PRINCIPAL_CONCESSION_MAX"),
        ):  # fmt: skip
            assert getattr(offer.waived, part) <= getattr(request.owed, part) * of_role[kind]
        assert offer.terms.rate_concession <= of_role["RATE_CONCESSION_MAX"]
        assert offer.terms.schedule.step_up <= of_role["STEP_UP_MAX"]
        months_of_grace = D(offer.terms.schedule.grace_periods) / max(1, periods // 12)
        assert months_of_grace <= of_role["GRACE_MONTHS_MAX"]
        assert offer.terms.schedule.rate <= min(request.contract_rate, D("0.24"))


def test_offers_side_by_side():
    found = search_offers(request=REQUEST)
    check(REQUEST, found)
    assert 3 <= len(found.offers) <= 5
    labels = {label: one for one in found.offers for label in (one.label, *one.also)}
    own = [one for one in found.offers if one.kind is OfferKind.PLAN and not one.needs_role]
    assert labels[Label.BEST_VALUE].value == max(one.value for one in own)
    assert labels[Label.SHORTEST].ends_on == min(one.ends_on for one in own)
    assert labels[Label.LOWEST_COST].total == min(one.total for one in own)
    assert found.no_plan_value < labels[Label.BEST_VALUE].value
    assert found.candidates > 10_000
    for one in own:
        assert one.value >= labels[Label.BEST_VALUE].value * D("0.89")


def test_a_replay_gives_the_same_bytes():
    first, again = search_offers(request=REQUEST), search_offers(request=replace(REQUEST))
    assert first.text() == again.text()
    assert first.hash == again.hash
    assert json.loads(first.text())["offers"][0]["label"] == "BEST_VALUE"
    assert search_offers(request=asked(overdue_days=61)).hash != first.hash


def test_terms_are_read_back_from_their_plain_form():
    for offer in search_offers(request=REQUEST).offers:
        if offer.kind is OfferKind.PLAN:
            assert terms_of(json.loads(json.dumps(plain(offer.terms)))) == offer.terms


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"disposable": D(-20), "band_low": D(0), "band_high": D(0)}, ["NOTHING_TO_PAY_FROM"]),
        ({"disposable": D(99), "band_low": D(80), "band_high": D(99)}, ["BELOW_INSTALMENT_MIN"]),
        ({"disposable": D(110), "band_low": D(100), "band_high": D(110)}, ["NO_TERM_FITS"]),
    ],
)
def test_where_nothing_fits_it_says_why_and_what_is_left(more, expected):
    found = search_offers(request=asked(**more))
    assert found.offers == ()
    assert codes(found)[:3] == [*expected, "WAY_HARDSHIP", "WAY_TOKEN_PAYMENT"]


def test_the_rule_that_ends_the_term_is_named():
    reason = search_offers(request=asked(disposable=D(110), band_low=D(100), band_high=D(110))).reasons[0]
    assert reason.fields["months"] == 60
    assert reason.fields["smallest"] > 110
    assert reason.article.article == "TERM_CARD"


def test_beyond_the_role_it_names_who_may():
    found = search_offers(request=asked(disposable=D(600), band_low=D(500), band_high=D(600)))
    assert found.offers[0].label is Label.BEST_VALUE
    assert {one.needs_role for one in found.offers} == {"RISK_OFFICER"}
    assert "ONLY_BEYOND_ROLE" in codes(found)
    check(asked(disposable=D(600), band_low=D(500), band_high=D(600)), found)


@pytest.mark.parametrize("total", ["1600.00", "2100.00", "2999.99", "3000.01"])
def test_a_small_debt_is_paid_by_the_band_s_own_amounts(total):
    """No number of equal instalments lies in the band: an amount of the band is paid until the rest is smaller."""
    request = asked(owed=Owed(currency="CNY", principal=D(total)), contract_rate=D(0), pay_day=None)
    found = search_offers(request=request)
    check(request, found)
    assert any(one.kind is OfferKind.PLAN and not one.needs_role for one in found.offers)


def test_a_refusal_of_nonsense():
    for more in ({"owed": Owed(currency="CNY")}, {"band_low": D(3000)}, {"contract_rate": D(-1)}, {"lump_sum": D(-1)}):
        with pytest.raises(BadInput):
            search_offers(request=asked(**more))
    with pytest.raises(BadInput, match="no limits"):
        search_offers(request=asked(role="COMPLIANCE_OFFICER"))


def test_weekly_plans_lie_in_the_weekly_band():
    request = asked(frequency=Frequency.WEEK, pay_day=None, role="TEAM_LEAD")
    found = search_offers(request=request)
    check(request, found)
    assert found.offers


def test_a_contract_above_the_cap_is_planned_at_the_cap():
    request = asked(contract_rate=D("0.36"))
    found = search_offers(request=request)
    check(request, found)
    assert max(one.terms.schedule.rate for one in found.offers if one.kind is OfferKind.PLAN) == D("0.24")


def test_settlements_at_once_and_in_stages():
    setting = setting_of(request=asked(role="RISK_OFFICER", lump_sum=D(30000)))
    found, reasons = settlements(setting=setting)
    assert reasons == ()
    assert {one.label for one in found} == {Label.SETTLEMENT, Label.STAGED_SETTLEMENT}
    assert {len(one.schedule.instalments) for one in found} == {1, 2, 3, 4, 6}
    for one in found:
        assert one.total == OWED.total - one.waived.total
        assert one.schedule.instalments[-1].principal_left == 0
    none, why = settlements(setting=setting_of(request=REQUEST))
    assert none == ()
    assert [one.code for one in why] == ["NO_LUMP_SUM", "NO_STAGES"]


def test_a_settlement_stands_beside_the_plans():
    request = asked(lump_sum=D(36000))
    found = search_offers(request=request)
    check(request, found)
    assert found.offers[-1].kind is OfferKind.SETTLEMENT or found.offers[-2].kind is OfferKind.SETTLEMENT


def test_a_proposal_is_judged_like_an_offer():
    setting = setting_of(request=asked(role="DEBTOR"))
    terms = Terms(first_due_date=date(2026, 12, 10), periods=60, kind=Kind.FIXED_AMOUNT, amount=D("800.00"), pay_day=10)
    offer = plan_offer(
        setting=setting, terms=terms_at(setting, OfferTerms(schedule=replace(terms, amount=D("1600.00"))))
    )
    assert (offer.label, offer.needs_role, offer.is_in_band) == (Label.PROPOSED, "COLLECTOR", True)
    assert offer.terms.schedule.rate == D("0.182500")
    free = plan_offer(setting=setting, terms=OfferTerms(schedule=terms))
    assert (free.needs_role, free.is_in_band) == ("RISK_OFFICER", False)  # without interest, whatever it says
    assert [one.code for one in free.reasons] == ["BELOW_BAND"]
    late = plan_offer(
        setting=setting,
        terms=terms_at(setting, OfferTerms(schedule=Terms(first_due_date=date(2027, 12, 10), periods=5))),
    )
    assert late.needs_role == NOBODY  # a first date a year off is grace by another name
    settled = settlement_offer(setting=setting, stages=Stages(concession=D("0.5"), payments=((ON, D("19604.01")),)))
    assert (settled.needs_role, settled.is_in_band) == (NOBODY, False)


def test_a_history_moves_the_search():
    facts = PlanFacts(load=0.9, years=2.0, overdue_days=60)
    learnt = updated_model(prior=prior_model(), history=[PastPlan(facts, number % 10 < 8) for number in range(200)])
    before, after = search_offers(request=REQUEST), search_offers(request=REQUEST, model=learnt)
    assert after.offers[0].kept.observed == 200
    assert after.offers[0].value > before.offers[0].value
    assert after.offers[0].kept.high - after.offers[0].kept.low < before.offers[0].kept.high - before.offers[0].kept.low


def test_value_by_hand():
    """One payment of 110 in a year at 10 %, kept half the time; else a quarter of 120, half a year later."""
    discount = Discount(log_rate=float(np.log(1.1)), broken_share=0.25, broken_years=0.5, front_loading=0.7)
    found = expected_values(
        amounts=np.array([[110.0]]), years=np.array([1.0]), kept=np.array([0.5]), owed_total=120.0, discount=discount
    )
    assert found[0] == pytest.approx(0.5 * 100 + 0.5 * 30 / 1.1**1.5)
    two = expected_values(
        amounts=np.array([[60.0, 60.0]]), years=np.array([0.0, 0.0]), kept=np.array([1.0]), owed_total=120.0,
        discount=discount,
    )  # fmt: skip
    assert two[0] == pytest.approx(120.0)


def test_the_grid_s_instalments_are_those_of_the_exact_schedule():
    setting = setting_of(request=asked(role="RISK_OFFICER"))
    tried = combinations(setting.request, setting.limits)
    evaluation = Evaluation(setting.request, setting.limits, setting.model, setting.discount, tried)
    way = begins(setting.request, setting.limits)[1]
    days = (ON, *way.days)
    for periods in (7, 24):
        fractions = np.array([(days[place + 1] - days[place]).days / 365 for place in range(periods)])
        amounts, covers, _regular = evaluation._amounts(np.arange(len(tried)), fractions)
        for place, one in enumerate(tried):
            terms = Terms(
                first_due_date=way.first, periods=periods, rate=one.rate, pay_day=way.pay_day, step_up=one.step_up,
                grace=one.grace, grace_periods=one.grace_periods,
            )  # fmt: skip
            off = plan_offer(setting=setting, terms=OfferTerms(schedule=terms, concession=one.concession))
            exact = {row.counted_date: float(row.amount) for row in off.schedule.instalments}
            rough = [amount for amount in amounts[place] if amount > 0]
            assert covers[place]
            assert np.allclose(list(exact.values()), rough, atol=0.35)


def test_months_until():
    for end, months in (("2027-11-23", 12), ("2027-11-24", 13), ("2026-12-22", 1), ("2026-12-24", 2)):
        assert months_until(ON, date.fromisoformat(end)) == months


def test_rows_on_file():
    offer = search_offers(request=asked(role="RISK_OFFICER")).offers[1]
    rows = schedule_rows(offer.schedule)
    assert sum(D(row["amount"]) for row in rows) == offer.total
    assert list(rows[0]) == ["due_on", "amount", "principal", "interest", "penalty", "costs", "new_interest"]
    loans = [("a", Owed(currency="CNY", penalty=D("0.02"), principal=D(10))), ("b", Owed(currency="CNY", penalty=D(1)))]
    waived = Owed(currency="CNY", penalty=D("0.51"), principal=D(3))
    assert loan_rows(waived=waived, loans=loans) == [
        {"ledger": "a", "owed": "10.02", "waivers": {"PRINCIPAL": "3.00", "PENALTY": "0.01"}},
        {"ledger": "b", "owed": "1", "waivers": {"PENALTY": "0.50"}},
    ]
    with pytest.raises(BadInput):
        loan_rows(waived=Owed(currency="CNY", costs=D(1)), loans=loans)


@st.composite
def requests(draw):
    part = st.integers(0, 300_000).map(lambda cents: D(cents) / 100)
    high = draw(st.integers(0, 400_000)) * D("0.01")
    return OfferRequest(
        owed=Owed(
            currency="CNY", principal=draw(st.integers(0, 9_000_000)) * D("0.01"), interest=draw(part),
            penalty=draw(part), costs=draw(part) + D("0.01"),
        ),
        contract_rate=draw(st.sampled_from([D(0), D("0.045"), D("0.1825"), D("0.36")])), on=ON,
        role=draw(st.sampled_from(["DEBTOR", "COLLECTOR", "TEAM_LEAD", "RISK_OFFICER"])), disposable=high,
        band_low=(high * draw(st.sampled_from([D(0), D("0.65"), D("0.85")]))).quantize(D("0.01")), band_high=high,
        product=draw(st.sampled_from(["CARD", "PERSONAL"])), place="CN", contract_date=date(2022, 5, 1),
        pay_day=draw(st.sampled_from([None, 1, 31])), lump_sum=draw(part),
        overdue_days=draw(st.integers(0, 400)), kept_before=draw(st.integers(0, 2)),
    )  # fmt: skip


# fewer combinations than the house tries, each of a kind, so that many debtors can be tried
SMALL = offer_policy(
    {
        "offer_policy": {
            "grid": {
                "waivers": [], "principal": [], "rate": [], "step_up": [], "step_every": 12, "interest_only": [2],
                "pauses": [1], "gap_days": 10,
            },
            "settlement": {"concessions": ["0"], "days": 14, "stages": [3]},
        }
    }
)  # fmt: skip


@settings(max_examples=2000, deadline=None)
@given(requests())
def test_no_search_returns_an_offer_outside_its_limits_or_band(request):
    found = search_offers(request=request, policy=SMALL)
    check(request, found)
    if not found.offers:
        assert {"NOTHING_TO_PAY_FROM", "BELOW_INSTALMENT_MIN", "NO_TERM_FITS"} & set(codes(found))


def test_the_schedule_of_an_offer_is_built_again_from_its_terms():
    for offer in search_offers(request=REQUEST).offers:
        if offer.kind is OfferKind.PLAN:
            again = build_schedule(owed=OWED.less(offer.waived), starts_on=ON, terms=offer.terms.schedule)
            assert again == offer.schedule
    assert Concession() == OfferTerms(schedule=offer.terms.schedule).concession
