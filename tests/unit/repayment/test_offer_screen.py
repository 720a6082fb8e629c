"""The screened search gives what the full one gives, bit for bit: every column, who is tried, the smallest amount."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.repayment.rules import offer_screen
from qingshou.features.repayment.rules.offer_building import beyond_means, setting_of, settlement_offer
from qingshou.features.repayment.rules.offer_grid import Candidates, Evaluation, begins, combinations
from qingshou.features.repayment.rules.offer_policy import LimitKind
from qingshou.features.repayment.rules.offers import Label, OfferRequest, Stages
from qingshou.features.repayment.rules.owed import Owed, waived_in_order
from qingshou.features.repayment.rules.pay_days import DayCount, Frequency
from qingshou.features.repayment.rules.settlements import _amounts, _dates, settlements

D = Decimal


def money(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 100, high * 100).map(lambda cents: D(cents) / 100)


@st.composite
def requests(draw: st.DrawFn) -> OfferRequest:
    """Draw a debtor: debts of a few yuan to a million; bands that fit, that fit nothing, and exact edges."""
    principal = draw(st.one_of(money(0, 500), money(500, 80_000), money(80_000, 1_000_000)))
    owed = Owed(currency="CNY", principal=principal, interest=draw(money(0, 3_000)), penalty=draw(money(0, 1_500)),
                costs=draw(money(1, 300)))  # fmt: skip
    edges = [owed.total / count for count in (1, 6, 12, 24, 36)]
    high = draw(st.one_of(money(0, 8_000), st.sampled_from(edges))).quantize(D("0.01"))
    low = (high * draw(st.sampled_from([D(0), D("0.5"), D("0.65"), D("0.9"), D(1)]))).quantize(D("0.01"))
    return OfferRequest(
        owed=owed, contract_rate=draw(st.sampled_from([D(0), D("0.0435"), D("0.1825"), D("0.24"), D("0.36")])),
        on=date(2026, 11, 23) + timedelta(days=draw(st.integers(0, 800))),
        role=draw(st.sampled_from(["DEBTOR", "COLLECTOR", "TEAM_LEAD", "RISK_OFFICER"])), disposable=max(high, D(1)),
        band_low=min(low, high), band_high=high, product=draw(st.sampled_from(["CARD", "PERSONAL"])), place="CN-31",
        contract_date=date(2022, 5, 1), pay_day=draw(st.sampled_from([None, 5, 10, 31])),
        lump_sum=draw(money(0, 5_000)), overdue_days=draw(st.integers(0, 900)),
        kept_before=draw(st.integers(0, 3)), broken_before=draw(st.integers(0, 3)),
        frequency=draw(st.sampled_from([Frequency.MONTH, Frequency.MONTH, Frequency.WEEK, Frequency.FORTNIGHT])),
        day_count=draw(st.sampled_from(list(DayCount))),
    )  # fmt: skip


def evaluated(request: OfferRequest, *, is_screened: bool) -> tuple[Candidates, float]:
    setting = setting_of(request=request)
    tried = combinations(setting.request, setting.limits)
    evaluation = Evaluation(
        setting.request, setting.limits, setting.model, setting.discount, tried, is_screened=is_screened
    )  # fmt: skip
    return evaluation.run(begins(setting.request, setting.limits)), evaluation.smallest()


def differences(request: OfferRequest) -> list[str]:
    (screened, smallest), (full, of_all) = evaluated(request, is_screened=True), evaluated(request, is_screened=False)
    names = [one.name for one in fields(Candidates)]
    found = [name for name in names if not np.array_equal(getattr(screened, name), getattr(full, name))]
    return found + (["smallest"] if smallest != of_all else [])


@given(request=requests())
@settings(max_examples=500, deadline=None)
def test_the_screen_changes_nothing(request: OfferRequest):
    assert differences(request) == []


def test_a_screen_that_drops_too_much_would_be_seen(monkeypatch):
    """The negative control: nothing is let near the edge, and half of what fits is dropped."""
    true = offer_screen.screened
    monkeypatch.setattr(
        "qingshou.features.repayment.rules.offer_grid.screened",
        lambda **given: replace(true(**given), largest=true(**given).largest * 1.01),
    )
    owed = Owed(currency="CNY", principal=D("36000.00"), interest=D("2345.67"))
    request = OfferRequest(
        owed=owed, contract_rate=D("0.1825"), on=date(2026, 11, 23), role="COLLECTOR", disposable=D(2000),
        band_low=D(1500), band_high=D(2000), product="CARD", place="CN-31", contract_date=date(2022, 5, 1),
    )  # fmt: skip
    assert "value" in differences(request)


@given(request=requests())
@settings(max_examples=100, deadline=None)
def test_settlements_are_the_best_of_all_that_could_be_made(request: OfferRequest):
    setting = setting_of(request=request)
    limits = setting.limits
    best = []
    for count in (1, *limits.policy.settling.stages):
        if limits.level_for(LimitKind.SETTLEMENT_STAGES_MAX, D(count)) > limits.top:
            continue
        most = limits.every_most(LimitKind.SETTLEMENT_CONCESSION_MAX)
        made = []
        for share in sorted({one for one in (*limits.policy.settling.concessions, *most) if one <= max(most)}):
            left = request.owed.total - waived_in_order(owed=request.owed, share=share).total
            amounts = _amounts(request, left, count)
            if amounts:
                dates = _dates(request, count, limits.policy.settling.days)
                stages = Stages(concession=share, payments=tuple(zip(dates, amounts, strict=True)))
                label = Label.SETTLEMENT if count == 1 else Label.STAGED_SETTLEMENT
                made.append(settlement_offer(setting=setting, stages=stages, label=label))
                assert made[-1].is_in_band == (not beyond_means(request, amounts))
        fitting = [one for one in made if one.is_in_band]
        own = [one for one in fitting if not one.needs_role]
        best += [max(own or fitting, key=lambda one: (one.value, -one.waived.total))] if fitting else []
    best.sort(key=lambda one: (bool(one.needs_role), -one.value, len(one.schedule.instalments)))
    assert list(settlements(setting=setting)[0]) == best
