"""One offer worked out in full: exact schedule, what it uses of each limit, in or out of the band, chance, value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from qingshou.features.repayment.rules.kept_model import LOAD_MAX, Chance, KeptModel, PlanFacts, prior_model
from qingshou.features.repayment.rules.offer_grid import band_of, base_rate, months_until, plan_rate
from qingshou.features.repayment.rules.offer_law import MONTHS_A_YEAR, LawLimits, law_limits
from qingshou.features.repayment.rules.offer_limits import OfferLimits
from qingshou.features.repayment.rules.offer_policy import LimitKind, OfferPolicy, offer_policy
from qingshou.features.repayment.rules.offer_value import Discount, discount_of, expected_values
from qingshou.features.repayment.rules.offers import Label, Offer, OfferKind, OfferRequest, OfferTerms, Stages
from qingshou.features.repayment.rules.owed import Owed, waived, waived_in_order
from qingshou.features.repayment.rules.pay_days import PERIODS_A_YEAR
from qingshou.features.repayment.rules.schedule import Grace, Instalment, Schedule, build_schedule, build_stages
from qingshou.kernel.days import days_between
from qingshou.kernel.money import ZERO, Rounding, round_money
from qingshou.kernel.verdict import Reason

_SHARE = Decimal("0.0001")
_DAYS_A_YEAR = 365
_FIRST_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every offer of one request rests on."""

    request: OfferRequest
    limits: OfferLimits
    model: KeptModel
    discount: Discount
    level: int  # of the asking role


def setting_of(
    *, request: OfferRequest, policy: OfferPolicy | None = None, model: KeptModel | None = None,
    law: LawLimits | None = None,
) -> Setting:  # fmt: skip
    """Return the limits, the model and the view of value for a request; the house's policy and the prior by default.

    Takes   law  the limits of law as a search took them before; as the texts have them now by default
    Stops   BadInput  the policy gives the asking role no limits
    """
    chosen = policy or offer_policy()
    law = law or law_limits(
        place=request.place, product=request.product, on=request.on, lender_kind=request.lender_kind,
        contract_date=request.contract_date, is_aided=request.is_aided,
    )  # fmt: skip
    limits = OfferLimits(policy=chosen, law=law, product=request.product, currency=request.owed.currency)
    return Setting(
        request=request, limits=limits, model=model or prior_model(),
        discount=discount_of(valuing=chosen.valuing, contract_rate=request.contract_rate),
        level=chosen.level(request.role),
    )  # fmt: skip


def plan_offer(*, setting: Setting, terms: OfferTerms, label: Label = Label.PROPOSED) -> Offer:
    """Work out one plan: the search's own, or one that a debtor or a colleague proposes.

    Takes   terms   `schedule.rate` is taken as given and must be what the rate concession makes of the contract's rate
    Gives   Offer   with `needs_role` NOBODY where no role may make it; out of the band it says so and is still given
    Stops   Unpayable, BadInput  as build_schedule
    """
    request = setting.request
    off = waived(owed=request.owed, concession=terms.concession)
    schedule = build_schedule(owed=request.owed.less(off), starts_on=request.on, terms=terms.schedule)
    largest = max(row.amount for row in schedule.instalments)
    grace = Decimal(terms.schedule.grace_periods) / PERIODS_A_YEAR[terms.schedule.frequency]
    facts = PlanFacts(
        load=_load(largest, band_of(request).disposable),
        rate_cut=_rate_cut(request.contract_rate, terms.schedule.rate),
        years=days_between(request.on, schedule.instalments[-1].counted_date) / _DAYS_A_YEAR,
        step_up=float(terms.schedule.step_up),
        grace_years=float(grace),
        is_on_pay_day=request.pay_day is not None and terms.schedule.pay_day == request.pay_day,
        **_shared_facts(request, off),
    )
    measures = _plan_measures(setting, terms, schedule)
    outside = _outside_band(request, _regular(schedule.instalments, terms), schedule)
    needs_role, met = setting.limits.judge(measures, setting.level)
    return Offer(
        label=label, also=(), kind=OfferKind.PLAN, terms=terms, waived=off, measures=met, needs_role=needs_role,
        is_in_band=not outside, reasons=(*schedule.reasons, *outside), **_figures(setting, schedule, off, facts),
    )  # fmt: skip


def settlement_offer(*, setting: Setting, stages: Stages, label: Label = Label.PROPOSED) -> Offer:
    """Work out one settlement, at once or in stages.

    Stops   BadInput  the payments do not add up to what is left after the concession, or their dates do not rise
    """
    request = setting.request
    off = waived_in_order(owed=request.owed, share=stages.concession)
    schedule = build_stages(owed=request.owed.less(off), starts_on=request.on, stages=stages.payments)
    amounts = [amount for _day, amount in stages.payments]
    at_once = request.lump_sum + max(ZERO, request.disposable)
    loads = [_load(amounts[0], at_once), *(_load(one, request.disposable) for one in amounts[1:])]
    facts = PlanFacts(
        load=max(loads), years=days_between(request.on, schedule.ends_on) / _DAYS_A_YEAR,
        is_one_payment=len(amounts) == 1, **_shared_facts(request, off),
    )  # fmt: skip
    measures = {
        LimitKind.SETTLEMENT_CONCESSION_MAX: stages.concession,
        LimitKind.SETTLEMENT_STAGES_MAX: Decimal(len(amounts)),
    }
    outside = beyond_means(request, amounts)
    needs_role, met = setting.limits.judge(measures, setting.level)
    return Offer(
        label=label, also=(), kind=OfferKind.SETTLEMENT, terms=stages, waived=off, measures=met,
        needs_role=needs_role, is_in_band=not outside, reasons=outside, **_figures(setting, schedule, off, facts),
    )  # fmt: skip


def terms_at(setting: Setting, terms: OfferTerms) -> OfferTerms:
    """Return terms with the rate that their rate concession makes of the contract's (held to the law's cap)."""
    rate = plan_rate(base_rate(setting.request, setting.limits), terms.rate_concession)
    return replace(terms, schedule=replace(terms.schedule, rate=rate))


def _figures(setting: Setting, schedule: Schedule, off: Owed, facts: PlanFacts) -> dict[str, Any]:
    kept = setting.model.chance(facts)
    value = _value(setting, schedule, kept)
    owed = setting.request.owed
    return {
        "schedule": schedule, "total": schedule.total, "new_interest": schedule.new_interest, "apr": schedule.apr,
        "total_cost": schedule.total - (owed.principal - off.principal), "ends_on": schedule.ends_on, "facts": facts,
        "kept": kept, "value": value, "value_share": (value / owed.total).quantize(_SHARE, rounding=ROUND_HALF_UP),
    }  # fmt: skip


def _value(setting: Setting, schedule: Schedule, kept: Chance) -> Decimal:
    years = np.array([days_between(schedule.starts_on, row.due_date) / _DAYS_A_YEAR for row in schedule.instalments])
    found = expected_values(
        amounts=np.array([[float(row.amount) for row in schedule.instalments]]), years=years,
        kept=np.array([float(kept.mean)]), owed_total=float(setting.request.owed.total), discount=setting.discount,
    )  # fmt: skip
    return round_money(Decimal(float(found[0])), schedule.currency, Rounding.HALF_UP)


def _shared_facts(request: OfferRequest, off: Owed) -> dict[str, Any]:
    owed = request.owed
    return {
        "charges_waived": float((off.total - off.principal) / owed.total),
        "write_down": float(off.principal / owed.principal) if owed.principal else 0.0,
        "kept_before": request.kept_before,
        "broken_before": request.broken_before,
        "overdue_days": request.overdue_days,
    }


def _load(amount: Decimal, disposable: Decimal) -> float:
    return min(LOAD_MAX, float(amount / disposable)) if disposable > 0 else LOAD_MAX


def _rate_cut(contract: Decimal, rate: Decimal) -> float:
    return float(1 - rate / contract) if contract > 0 else 0.0


def _plan_measures(setting: Setting, terms: OfferTerms, schedule: Schedule) -> dict[LimitKind, Decimal]:
    """Return what a plan uses of each limit; a waiver of a part of which nothing is owed uses nothing."""
    owed, asked, schedule_terms = setting.request.owed, terms.concession, terms.schedule
    last = schedule.instalments[-1].counted_date
    measures = {
        LimitKind.TERM_MONTHS_MAX: Decimal(months_until(setting.request.on, last)),
        LimitKind.RATE_CONCESSION_MAX: _rate_share(setting, schedule_terms.rate),
        LimitKind.RATE_MAX: schedule_terms.rate,
        LimitKind.PENALTY_WAIVER_MAX: asked.penalty if owed.penalty else ZERO,
        LimitKind.INTEREST_WAIVER_MAX: asked.interest if owed.interest else ZERO,
        LimitKind.COSTS_WAIVER_MAX: asked.costs if owed.costs else ZERO,
        LimitKind.PRINCIPAL_CONCESSION_MAX: asked.principal if owed.principal else ZERO,
        LimitKind.GRACE_MONTHS_MAX: _grace_months(setting, terms),
        LimitKind.STEP_UP_MAX: _yearly_step(terms),
    }
    regular = _regular(schedule.instalments, terms)
    if regular:
        measures[LimitKind.INSTALMENT_MIN] = min(regular)
    return measures


def _rate_share(setting: Setting, rate: Decimal) -> Decimal:
    """Return the share of the rate that is given up, from the rate itself, so that no proposal can say otherwise."""
    base = base_rate(setting.request, setting.limits)
    if base <= 0 or rate >= base or not setting.request.owed.principal:
        return ZERO
    # rates have six places, rounded down: so has the share, rounded down
    share = (1 - rate / base).quantize(_SHARE, rounding=ROUND_HALF_UP)
    return share if plan_rate(base, share) == rate else (1 - rate / base)


def _grace_months(setting: Setting, terms: OfferTerms) -> Decimal:
    """Return the months of grace; a first date far off is grace by another name."""
    per_month = max(1, PERIODS_A_YEAR[terms.schedule.frequency] // MONTHS_A_YEAR)
    asked = (Decimal(terms.schedule.grace_periods) / per_month).to_integral_value(ROUND_CEILING)
    on, first = setting.request.on, terms.schedule.first_due_date
    usual = on + timedelta(days=_FIRST_MONTH_DAYS + setting.limits.policy.grid.gap_days)
    return asked if first <= usual else asked + months_until(on, first) - 1


def _yearly_step(terms: OfferTerms) -> Decimal:
    """Return by which share instalments rise in a year, where they rise oftener than once."""
    periods = PERIODS_A_YEAR[terms.schedule.frequency]
    rises = Decimal(periods) / terms.schedule.step_every
    step = terms.schedule.step_up
    return step if rises <= 1 or step == 0 else (1 + step) ** int(rises.to_integral_value(ROUND_CEILING)) - 1


def _regular(rows: Sequence[Instalment], terms: OfferTerms) -> list[Decimal]:
    """Return the regular amounts: those of grace and the last are apart."""
    is_interest_only = terms.schedule.grace is Grace.INTEREST_ONLY
    paying = rows[terms.schedule.grace_periods :] if is_interest_only and terms.schedule.rate else rows
    return [row.amount for row in paying[:-1]]


def _outside_band(request: OfferRequest, regular: Sequence[Decimal], schedule: Schedule) -> tuple[Reason, ...]:
    band, reasons = band_of(request), []
    largest = max(row.amount for row in schedule.instalments)
    if largest > band.high:
        reasons.append(Reason("ABOVE_BAND", {"amount": largest, "high": band.high}))
    if regular and min(regular) < band.low:
        reasons.append(Reason("BELOW_BAND", {"amount": min(regular), "low": band.low}))
    return tuple(reasons)


def beyond_means(request: OfferRequest, amounts: Sequence[Decimal]) -> tuple[Reason, ...]:
    """Return why payments are more than the band and the money at hand bear; nothing where they are not."""
    at_once, reasons = request.lump_sum + request.band_high, []
    if amounts[0] > at_once:
        reasons.append(Reason("ABOVE_MEANS", {"amount": amounts[0], "high": at_once}))
    if amounts[1:] and max(amounts[1:]) > request.band_high:
        reasons.append(Reason("ABOVE_BAND", {"amount": max(amounts[1:]), "high": request.band_high}))
    return tuple(reasons)
