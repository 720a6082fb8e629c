"""Settlements: the debt ends for a part of it, paid at once or in two to six payments."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from qingshou.features.repayment.rules.offer_building import Setting, beyond_means, settlement_offer
from qingshou.features.repayment.rules.offer_policy import LimitKind
from qingshou.features.repayment.rules.offers import Label, Offer, OfferRequest, Stages
from qingshou.features.repayment.rules.owed import waived_in_order
from qingshou.features.repayment.rules.pay_days import first_pay_day
from qingshou.kernel.days import add_months
from qingshou.kernel.money import Rounding, round_money
from qingshou.kernel.verdict import Reason


def settlements(*, setting: Setting) -> tuple[tuple[Offer, ...], tuple[Reason, ...]]:
    """Return the best settlement of each number of payments, best value first, and why others are missing.

    Gives   offers within the asking role before those that need another; each payment within the band's top, the first
            with the money at hand on top; reasons NO_LUMP_SUM, NO_STAGES
    """
    found = []
    for count in (1, *setting.limits.policy.settling.stages):
        best = max(_of_count(setting, count), key=lambda one: (one.value, -one.waived.total), default=None)
        if best is not None:
            found.append(best)
    found.sort(key=lambda one: (bool(one.needs_role), -one.value, len(one.schedule.instalments)))
    fields = {"lump_sum": setting.request.lump_sum, "high": setting.request.band_high}
    labels = {one.label for one in found}
    reasons = [Reason("NO_LUMP_SUM", fields)] if Label.SETTLEMENT not in labels else []
    if Label.STAGED_SETTLEMENT not in labels:
        reasons.append(Reason("NO_STAGES", fields))
    return tuple(found), tuple(reasons)


def _of_count(setting: Setting, count: int) -> list[Offer]:
    """Return the settlements of so many payments the debtor can bear, by the asking role where it has any.

    Those of other roles are worked out only where it has none.
    """
    limits, request = setting.limits, setting.request
    most = limits.every_most(LimitKind.SETTLEMENT_CONCESSION_MAX)
    shares = sorted({one for one in (*limits.policy.settling.concessions, *most) if one <= max(most)})
    if limits.level_for(LimitKind.SETTLEMENT_STAGES_MAX, Decimal(count)) > limits.top:
        return []
    dates = _dates(request, count, limits.policy.settling.days)
    label = Label.SETTLEMENT if count == 1 else Label.STAGED_SETTLEMENT
    bearable = []
    for share in shares:
        left = request.owed.total - waived_in_order(owed=request.owed, share=share).total
        amounts = _amounts(request, left, count)
        if amounts and not beyond_means(request, amounts):
            bearable.append(Stages(concession=share, payments=tuple(zip(dates, amounts, strict=True))))
    level = limits.level_for(LimitKind.SETTLEMENT_STAGES_MAX, Decimal(count))
    own = [] if level > setting.level else [
        one for one in bearable
        if limits.level_for(LimitKind.SETTLEMENT_CONCESSION_MAX, one.concession) <= setting.level
    ]  # fmt: skip
    return [settlement_offer(setting=setting, stages=one, label=label) for one in own or bearable]


def _dates(request: OfferRequest, count: int, days: int) -> Sequence[date]:
    first = request.on + timedelta(days=days)
    if request.pay_day is None:
        return [add_months(first, place) for place in range(count)]
    dates = [first]
    while len(dates) < count:
        dates.append(first_pay_day(after=dates[-1], pay_day=request.pay_day, gap_days=days))
    return dates


def _amounts(request: OfferRequest, left: Decimal, count: int) -> list[Decimal]:
    """Return the payments: equal where the band bears it, else as much as needed first from the money at hand."""
    if left <= 0:
        return []
    if count == 1:
        return [left]
    currency = request.owed.currency
    low, high = (
        round_money(request.band_low, currency, Rounding.UP),
        round_money(request.band_high, currency, Rounding.DOWN),
    )
    equal = round_money(left / count, currency, Rounding.UP)
    if equal > high:
        first = left - (count - 1) * high
        return [first, *(high,) * (count - 1)] if high > 0 else []
    regular = max(equal, low)
    last = left - (count - 1) * regular
    return [*(regular,) * (count - 1), last] if last > 0 else []
