"""The search for offers: every plan some role may make is valued, the best of each kind is worked out exactly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from qingshou.features.repayment.rules.kept_model import Floats, KeptModel
from qingshou.features.repayment.rules.offer_building import Setting, plan_offer, setting_of
from qingshou.features.repayment.rules.offer_grid import (
    Begin,
    Candidates,
    Combination,
    Evaluation,
    Truth,
    Whole,
    band_of,
    begins,
    combinations,
)
from qingshou.features.repayment.rules.offer_law import LawLimits
from qingshou.features.repayment.rules.offer_limits import NOBODY
from qingshou.features.repayment.rules.offer_policy import LimitKind, OfferPolicy
from qingshou.features.repayment.rules.offer_value import no_plan_value
from qingshou.features.repayment.rules.offers import Label, Offer, OfferRequest, OfferSet, OfferTerms
from qingshou.features.repayment.rules.schedule import Kind, Terms, Unpayable
from qingshou.features.repayment.rules.settlements import settlements
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, Rounding, minor_digits, round_money
from qingshou.kernel.verdict import Reason

OFFERS_MIN, OFFERS_MAX = 3, 5
_TRIES_MAX = 40
_APART_SHARES = (0.25, 0.10, 0.001)  # an alternative differs from what is shown by a quarter of the term, else by less


def search_offers(
    *, request: OfferRequest, policy: OfferPolicy | None = None, model: KeptModel | None = None,
    law: LawLimits | None = None,
) -> OfferSet:  # fmt: skip
    """Search the offers for one debtor.

    Takes   request  the debt, the band, the asking role and what the law needs to know; a month's figures
            policy   the lender's (offer_policy); the house's by default
            model    of plans kept (kept_model.updated_model); the prior by default
            law      its limits as a search took them before; as the texts have them now by default
    Gives   OfferSet three to five offers where so many fit, each with schedule, cost, rate, chance, value and the
                     limits it meets; within the asking role first, at most one beyond it; never one outside the band or
                     outside every role's limits. Where none fits, the reasons say why and what is left to do.
    Stops   BadInput nothing is owed, or the policy gives the role no limits
    Law     信用卡办法 70 and the caps of law.china.caps by offer_law
    """
    if request.owed.total <= 0:
        raise BadInput("Nothing is owed: there is nothing to offer a plan for.")
    if not 0 <= request.band_low <= request.band_high or request.contract_rate < 0 or request.lump_sum < 0:
        raise BadInput("The band, the rate or the money at hand is not a figure that can be: judge the budget again.")
    setting = setting_of(request=request, policy=policy, model=model, law=law)
    search = _Search(setting)
    plans = search.plans() if not _too_little(setting) else []
    settled, settled_reasons = settlements(setting=setting)
    offers = _side_by_side(plans, settled)
    no_plan = no_plan_value(
        valuing=setting.limits.policy.valuing, contract_rate=request.contract_rate, owed_total=request.owed.total
    )
    return OfferSet(
        offers=offers,
        reasons=(*setting.limits.law.reasons, *_reasons(setting, search, plans), *settled_reasons),
        no_plan_value=round_money(Decimal(no_plan), request.owed.currency, Rounding.HALF_UP),
        candidates=search.tried,
        policy=setting.limits.policy.label,
        model=setting.model.hash,
    )


class _Search:
    """One search: its candidates as columns, and picks among them."""

    def __init__(self, setting: Setting):
        self.setting = setting
        self.level = setting.level  # up to which an offer is taken at the moment
        self.tried = 0
        self.evaluation: Evaluation | None = None
        self.built: dict[int, Offer | None] = {}  # what was worked out to the cent, by its place; None: unpayable

    def plans(self) -> list[Offer]:
        """Return the plans worth showing: by kind within the role, and the best beyond it where that is worth more."""
        setting = self.setting
        self.combinations: list[Combination] = combinations(setting.request, setting.limits)
        self.begins: list[Begin] = begins(setting.request, setting.limits)
        evaluation = Evaluation(setting.request, setting.limits, setting.model, setting.discount, self.combinations)
        self.found: Candidates = evaluation.run(self.begins)
        self.tried, self.evaluation = evaluation.tried, evaluation
        digits = minor_digits(setting.request.owed.currency)
        self.value = np.round(self.found.value, digits)
        self.largest = np.round(self.found.largest, digits)
        self.total = np.round(self.found.total, digits)
        chosen = self._up_to(setting.level)
        if chosen:
            beyond = self._beyond(chosen)
            return [*chosen, *([beyond] if beyond else [])]
        # nothing within the role: what the next role that has something may offer, side by side
        levels = sorted({int(one) for one in self.found.level if one > setting.level})
        return next((offers for level in levels if (offers := self._up_to(level))), [])

    def _up_to(self, level: int) -> list[Offer]:
        self.level = level
        within = self.found.level <= level
        chosen = self._by_kind(within)
        return [*chosen, *self._alternatives(within, chosen)]

    def _by_kind(self, within: Truth) -> list[Offer]:
        """Return the best of each kind within the role; one that is best of several kinds stands once."""
        best = self._first(self._ordered(within, -self.value), Label.BEST_VALUE)
        if best is None:
            return []
        share = float(self.setting.limits.policy.valuing.floor_share)
        worthy = within & (self.value >= share * float(best.value))
        kinds: list[tuple[Label, Floats]] = [
            (Label.LOWEST_INSTALMENT, self.largest),
            (Label.SHORTEST, self.found.years),
            (Label.LOWEST_COST, self.total),
        ]
        chosen = [best]
        for label, column in kinds:
            offer = self._first(self._ordered(worthy, column), label)
            if offer is not None:
                chosen = _joined(chosen, offer)
        return chosen

    def _alternatives(self, within: Truth, chosen: Sequence[Offer]) -> list[Offer]:
        """Fill up to three with the next best that differ in their term, as far apart as there are any."""
        found: list[Offer] = []
        for share in _APART_SHARES:
            while chosen and len(chosen) + len(found) < OFFERS_MIN:
                apart = within.copy()
                for one in (*chosen, *found):
                    years = (one.schedule.instalments[-1].counted_date - self.setting.request.on).days / 365
                    apart &= np.abs(self.found.years - years) >= share * years
                offer = self._first(self._ordered(apart, -self.value), Label.ALTERNATIVE)
                if offer is None:
                    break
                found.append(offer)
        return found

    def _beyond(self, chosen: Sequence[Offer]) -> Offer | None:
        """Return the best plan of any role where it is worth more than the best within the asking one."""
        setting = self.setting
        gain = 1 + float(setting.limits.policy.valuing.beyond_gain_share)
        least = gain * float(chosen[0].value) if chosen else 0.0
        beyond = (self.found.level > setting.level) & (self.value >= least)
        self.level = setting.limits.top
        return self._first(self._ordered(beyond, -self.value), Label.BEYOND_ROLE)

    def _ordered(self, among: Truth, column: Floats) -> Whole:
        """Return the places of the candidates, best first; ties by value, then the lower level, cost and term."""
        places = np.flatnonzero(among)
        keys = (
            places, self.found.years[places], self.total[places], self.found.level[places], -self.value[places],
            column[places],
        )  # fmt: skip
        ordered: Whole = places[np.lexsort(keys)]
        return ordered

    def _first(self, places: Iterable[int], label: Label) -> Offer | None:
        """Return the first candidate that holds when it is built to the cent."""
        for _try, offer in zip(range(_TRIES_MAX), self._built(places, label), strict=False):
            if offer is not None and offer.is_in_band and self._may(offer.needs_role):
                return offer
        return None

    def _may(self, needs_role: str) -> bool:
        if not needs_role:
            return True
        return needs_role != NOBODY and self.setting.limits.policy.level(needs_role) <= self.level

    def _built(self, places: Iterable[int], label: Label) -> Iterator[Offer | None]:
        for place in map(int, places):
            if place not in self.built:
                try:
                    self.built[place] = plan_offer(setting=self.setting, terms=self._terms(place), label=label)
                except Unpayable:  # by a cent at the edge, where float and Decimal part
                    self.built[place] = None
            offer = self.built[place]
            yield replace(offer, label=label) if offer is not None else None

    def _terms(self, place: int) -> OfferTerms:
        request = self.setting.request
        combination = self.combinations[int(self.found.combination[place])]
        begin = self.begins[int(self.found.begin[place])]
        terms = Terms(
            first_due_date=begin.first, periods=int(self.found.periods[place]), rate=combination.rate,
            frequency=request.frequency, pay_day=begin.pay_day, step_up=combination.step_up,
            step_every=self.setting.limits.policy.grid.step_every, grace=combination.grace,
            grace_periods=combination.grace_periods, roll=request.roll, day_count=request.day_count,
            rounding=request.rounding,
        )  # fmt: skip
        if self.found.is_by_amount[place]:
            terms = replace(terms, kind=Kind.FIXED_AMOUNT, amount=band_of(request).low)
        return OfferTerms(
            schedule=terms, concession=combination.concession, rate_concession=combination.rate_concession
        )  # fmt: skip


def _joined(chosen: Sequence[Offer], offer: Offer) -> list[Offer]:
    """Add an offer, or its label to the one of the same terms."""
    for place, one in enumerate(chosen):
        if one.schedule.instalments == offer.schedule.instalments:
            return [*chosen[:place], replace(one, also=(*one.also, offer.label)), *chosen[place + 1 :]]
    return [*chosen, offer]


def _side_by_side(plans: Sequence[Offer], settled: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return at most five: plans within the role, the best settlement, the plan beyond the role."""
    own = [one for one in plans if one.label is not Label.BEYOND_ROLE]
    beyond = [one for one in plans if one.label is Label.BEYOND_ROLE]
    apart = [*settled[:1], *beyond]
    shown: list[Offer] = []
    for one in (*own[: OFFERS_MAX - len(apart)], *apart):
        if all(one.schedule.instalments != other.schedule.instalments for other in shown):
            shown.append(one)
    return (*shown, *settled[1 : 1 + max(0, OFFERS_MIN - len(shown))])


def _too_little(setting: Setting) -> Reason | None:
    """Return why no plan is tried at all."""
    request, least = setting.request, setting.limits.most(LimitKind.INSTALMENT_MIN, setting.level)
    high = band_of(request).high
    if request.disposable <= 0 or high <= 0:
        return Reason("NOTHING_TO_PAY_FROM", {"disposable": request.disposable})
    if least is not None and high < least.most and request.owed.total > high:
        return Reason("BELOW_INSTALMENT_MIN", {"high": high, "least": least.most}, least.article)
    return None


def _reasons(setting: Setting, search: _Search, plans: Sequence[Offer]) -> list[Reason]:
    """Say why there is no plan, or none within the role, and which ways are left."""
    own = [one for one in plans if not one.needs_role]
    if own:
        return []
    if plans:
        return [Reason("ONLY_BEYOND_ROLE", {"role": setting.request.role, "needs_role": plans[0].needs_role})]
    return [_too_little(setting) or _no_term(setting, search), *_other_ways(setting)]


def _no_term(setting: Setting, search: _Search) -> Reason:
    """Say that even the longest plan with every concession asks too much, and which rule ends the term."""
    limit = setting.limits.most(LimitKind.TERM_MONTHS_MAX, setting.limits.top)
    request = setting.request
    fields: dict[str, object] = {"high": band_of(request).high, "low": band_of(request).low}
    smallest = search.evaluation.smallest() if search.evaluation is not None else np.inf
    if np.isfinite(smallest):
        fields["smallest"] = round_money(Decimal(smallest), request.owed.currency, Rounding.UP)
    if limit is not None:
        fields |= {"months": limit.most, "rule": limit.rule}
    return Reason("NO_TERM_FITS", fields, limit.article if limit else None)


def _other_ways(setting: Setting) -> list[Reason]:
    ways = [Reason("WAY_HARDSHIP", {})]
    token = setting.limits.policy.token_payment.get(setting.request.owed.currency, ZERO)
    if token > 0:
        ways.append(Reason("WAY_TOKEN_PAYMENT", {"amount": token}))
    return ways
