"""Every plan that is tried, as columns: what each gives up, its instalments, chance and value, and who may offer it.

The instalments are worked out in float by the same formula as schedule.py and judged against the band; whatever is
shown is then built exactly, judged again, and left out if it does not hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from functools import cached_property
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from qingshou.features.repayment.rules.kept_model import Floats, KeptModel, feature_rows
from qingshou.features.repayment.rules.offer_limits import OfferLimits
from qingshou.features.repayment.rules.offer_policy import Grid, LimitKind
from qingshou.features.repayment.rules.offer_screen import NEAR, Columns, screened
from qingshou.features.repayment.rules.offer_value import Discount, expected_values
from qingshou.features.repayment.rules.offers import OfferRequest
from qingshou.features.repayment.rules.owed import Concession, waived
from qingshou.features.repayment.rules.pay_days import (
    PERIODS_A_YEAR,
    Frequency,
    due_days,
    first_pay_day,
    year_fraction,
)
from qingshou.features.repayment.rules.schedule import Grace
from qingshou.kernel.days import add_months, days_between
from qingshou.kernel.money import ZERO, minor_digits

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]
_DAYS_A_YEAR = 365.0
_RATE = Decimal("0.000001")
_EVERY_PERIOD_TO = 60  # beyond so many periods not every number is tried
_LATER_STEP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """What a plan gives up and how it begins and rises, without its number of instalments."""

    concession: Concession
    rate_concession: Decimal
    rate: Decimal
    step_up: Decimal
    grace: Grace
    grace_periods: int
    level: int  # the role it takes, the term left aside


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """From which day on instalments fall due."""

    first: date
    pay_day: int | None
    is_on_pay_day: bool
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Plans that fit the band, one place each in every column."""

    tried: int
    begin: Whole
    periods: Whole
    combination: Whole
    value: Floats
    largest: Floats
    total: Floats
    years: Floats
    level: Whole
    is_by_amount: Truth  # to be paid by the band's low amount: a smaller equal instalment would lie below the band


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The band for one period of the plan's frequency."""

    low: Decimal
    high: Decimal
    disposable: Decimal


def band_of(request: OfferRequest) -> Band:
    """Return the monthly band for the plan's frequency: x 12 / periods a year, the ends rounded inwards."""
    periods, unit = PERIODS_A_YEAR[request.frequency], Decimal(1).scaleb(-minor_digits(request.owed.currency))
    return Band(
        low=(request.band_low * 12 / periods).quantize(unit, rounding=ROUND_CEILING),
        high=(request.band_high * 12 / periods).quantize(unit, rounding=ROUND_DOWN),
        disposable=request.disposable * 12 / periods,
    )


def base_rate(request: OfferRequest, limits: OfferLimits) -> Decimal:
    """Return the rate concessions start from: the contract's, held to the law's cap."""
    cap = limits.most(LimitKind.RATE_MAX, limits.top)
    return request.contract_rate if cap is None else min(request.contract_rate, cap.most)


def plan_rate(base: Decimal, concession: Decimal) -> Decimal:
    """Return the plan's rate, six places, rounded down."""
    return (base * (1 - concession)).quantize(_RATE, rounding=ROUND_DOWN)


def months_until(on: date, end: date) -> int:
    """Return the least number of months after which a plan that ends on a day is over."""
    months = (end.year - on.year) * 12 + end.month - on.month
    return months if add_months(on, months) >= end else months + 1


def concession_level(request: OfferRequest, limits: OfferLimits, concession: Concession) -> int:
    """Return the role's level a concession takes; a part of which nothing is owed takes none."""
    kinds = {
        "principal": LimitKind.PRINCIPAL_CONCESSION_MAX,
        "interest": LimitKind.INTEREST_WAIVER_MAX,
        "penalty": LimitKind.PENALTY_WAIVER_MAX,
        "costs": LimitKind.COSTS_WAIVER_MAX,
    }
    levels = [
        limits.level_for(kind, getattr(concession, part)) for part, kind in kinds.items() if getattr(request.owed, part)
    ]
    return max(levels, default=0)


def combinations(request: OfferRequest, limits: OfferLimits) -> list[Combination]:
    """Return every combination that some role may offer, in a fixed order."""
    grid, base = limits.policy.grid, base_rate(request, limits)
    per_month = max(1, PERIODS_A_YEAR[request.frequency] // 12)
    rates = (
        _widened(grid.rate, limits, LimitKind.RATE_CONCESSION_MAX) if base > 0 and request.owed.principal else [ZERO]
    )
    # each part's level is worked out once, not once a combination
    ways = product(
        [(one, concession_level(request, limits, one)) for one in _ladder(request, limits)],
        [(one, limits.level_for(LimitKind.RATE_CONCESSION_MAX, one)) for one in rates],
        [
            (one, limits.level_for(LimitKind.STEP_UP_MAX, one))
            for one in _widened(grid.step_up, limits, LimitKind.STEP_UP_MAX)
        ],
        [(one, limits.level_for(LimitKind.GRACE_MONTHS_MAX, Decimal(one[1]))) for one in _graces(grid)],
    )
    found = []
    for (concession, *first), (share, *second), (step, *third), ((grace, months), *fourth) in ways:
        rate, level = plan_rate(base, share), max(*first, *second, *third, *fourth)
        if level > limits.top or (grace is Grace.INTEREST_ONLY and rate == 0):
            continue
        found.append(
            Combination(
                concession=concession, rate_concession=share, rate=rate, step_up=step, grace=grace,
                grace_periods=months * per_month, level=level,
            )
        )  # fmt: skip
    return found


def _widened(tried: Sequence[Decimal], limits: OfferLimits, kind: LimitKind) -> list[Decimal]:
    """Return the shares tried with each role's own limit among them, none above the highest."""
    most = limits.every_most(kind)
    return sorted({ZERO} | {one for one in (*tried, *most) if one <= max(most)})


def _graces(grid: Grid) -> list[tuple[Grace, int]]:
    months = [(Grace.INTEREST_ONLY, one) for one in grid.interest_only] + [(Grace.NOTHING, one) for one in grid.pauses]
    return [(Grace.NONE, 0), *months]


def _ladder(request: OfferRequest, limits: OfferLimits) -> list[Concession]:
    """Return concessions in order: penalty first, then interest and costs, principal last; the same amounts once."""
    grid, one = limits.policy.grid, Decimal(1)
    rungs = [Concession(penalty=share) for share in _widened(grid.waivers, limits, LimitKind.PENALTY_WAIVER_MAX)]
    interest = _widened(grid.waivers, limits, LimitKind.INTEREST_WAIVER_MAX)
    rungs += [Concession(penalty=one, interest=share, costs=share) for share in interest]
    principal = _widened(grid.principal, limits, LimitKind.PRINCIPAL_CONCESSION_MAX)
    rungs += [Concession(penalty=one, interest=one, costs=one, principal=share) for share in principal]
    once: dict[tuple[Decimal, ...], Concession] = {}
    for rung in rungs:
        off = waived(owed=request.owed, concession=rung)
        if off.total < request.owed.total:
            once.setdefault((off.principal, off.interest, off.penalty, off.costs), rung)
    return list(once.values())


def begins(request: OfferRequest, limits: OfferLimits) -> list[Begin]:
    """Return the ways to begin: a period from today, and on the pay day where it is known."""
    ways: list[tuple[date, int | None, bool]] = []
    most = int(max(limits.every_most(LimitKind.TERM_MONTHS_MAX)) * PERIODS_A_YEAR[request.frequency] / 12)
    if request.frequency is not Frequency.MONTH:
        days = 7 if request.frequency is Frequency.WEEK else 14
        ways.append((date.fromordinal(request.on.toordinal() + days), None, False))
    else:
        ways.append((add_months(request.on, 1), request.on.day, False))
        if request.pay_day is not None:
            first = first_pay_day(after=request.on, pay_day=request.pay_day, gap_days=limits.policy.grid.gap_days)
            ways.append((first, request.pay_day, True))
    return [
        Begin(
            first=first, pay_day=pay_day, is_on_pay_day=is_aligned,
            days=tuple(
                one.counted_date
                for one in due_days(first=first, count=max(1, most), frequency=request.frequency, pay_day=pay_day)
            ),
        )
        for first, pay_day, is_aligned in ways
    ]  # fmt: skip


class Evaluation:
    """The columns of all combinations, evaluated number of instalments by number of instalments."""

    def __init__(
        self, request: OfferRequest, limits: OfferLimits, model: KeptModel, discount: Discount,
        tried: list[Combination], *, is_screened: bool = True,
    ):  # fmt: skip
        self.request, self.limits, self.model, self.discount = request, limits, model, discount
        # False: every plan is worked out in full, as a check of the screen
        self.is_screened = is_screened and all(one.step_up >= 0 for one in tried)
        each = {one: waived(owed=request.owed, concession=one) for one in {plan.concession for plan in tried}}
        off = [each[one.concession] for one in tried]
        self.owed_total = float(request.owed.total)
        self.principal = np.array([float(request.owed.principal - one.principal) for one in off])
        self.arrears = np.array([float(request.owed.total - one.total) for one in off]) - self.principal
        self.rate = np.array([float(one.rate) for one in tried])
        self.step = np.array([float(one.step_up) for one in tried])
        self.grace = np.array([one.grace_periods for one in tried])
        self.is_interest_only = np.array([one.grace is Grace.INTEREST_ONLY for one in tried])
        self.is_pause = np.array([one.grace is Grace.NOTHING for one in tried])
        self.level = np.array([one.level for one in tried])
        self.charges_waived = np.array([float(one.total - one.principal) for one in off]) / self.owed_total
        self.write_down = np.array([float(one.principal) for one in off]) / max(float(request.owed.principal), 1e-9)
        contract = float(request.contract_rate)
        self.rate_cut = 1.0 - self.rate / contract if contract > 0 else np.zeros(len(tried))
        self.tried = 0
        # about how small the largest instalment can be, of which rows, for which periods: worked out when asked for
        self._small: list[tuple[float, Whole, Floats]] = []

    @cached_property
    def band(self) -> tuple[float, float, float]:
        """Low, high and disposable of a period as floats."""
        band = band_of(self.request)
        return float(band.low), float(band.high), float(band.disposable)

    def smallest(self) -> float:
        """Return the smallest largest-instalment of all that were tried; infinite where nothing could be paid."""
        least = min((about for about, _rows, _fractions in self._small), default=np.inf)
        found = np.inf
        for about, rows, fractions in self._small:
            if about <= least * (1.0 + NEAR):
                amounts, covers, _regular = self._amounts(rows, fractions)
                largest = np.where(covers, amounts.max(axis=1), np.inf)
                found = min(found, float(largest.min(initial=np.inf)))
        return found

    @cached_property
    def floor(self) -> float:
        """The least instalment the policy allows."""
        return float(self.limits.policy.instalment_min.get(self.request.owed.currency, ZERO))

    @cached_property
    def is_plain(self) -> Truth:
        """Which combinations neither rise nor begin late: these may be paid by one amount."""
        plain: Truth = (self.step == 0) & (self.grace == 0)
        return plain

    def run(self, ways: Sequence[Begin]) -> Candidates:
        """Evaluate every combination for every begin and number of periods; keep what fits the band."""
        kept = [part for place, way in enumerate(ways) for part in self._of_begin(place, way)]
        names = (
            "begin", "periods", "combination", "value", "largest", "total", "years", "level", "is_by_amount"
        )  # fmt: skip
        empty: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in names}
        columns = {name: np.concatenate([part[name] for part in kept] or empty[name]) for name in names}
        for name in ("begin", "periods", "combination", "level"):
            columns[name] = columns[name].astype(np.int64)
        columns["is_by_amount"] = columns["is_by_amount"].astype(np.bool_)
        return Candidates(tried=self.tried, **columns)

    def _of_begin(self, place: int, way: Begin) -> Iterator[dict[str, Floats]]:
        days = [self.request.on, *way.days]
        fractions = np.array(
            [
                float(year_fraction(start=start, end=end, day_count=self.request.day_count))
                for start, end in pairwise(days)
            ]
        )
        years = np.array([days_between(self.request.on, day) / _DAYS_A_YEAR for day in way.days])
        tried = self._terms_tried(way)
        near = self._near([periods for periods, _level in tried], fractions)
        fitted_before = np.zeros(len(self.rate), dtype=bool)
        for (periods, level), rows in zip(tried, near, strict=True):
            self.tried += len(self.rate)
            found, fitted_before = self._of_periods(rows, fractions[:periods], years[:periods], fitted_before, way)
            if found is not None:
                count = len(found["value"])
                found["level"] = np.maximum(found["level"], level)
                yield found | {"begin": np.full(count, place), "periods": np.full(count, periods)}

    def _terms_tried(self, way: Begin) -> list[tuple[int, int]]:
        """Return the numbers of periods that some role may offer, each with the level it takes."""
        found = []
        for periods in _numbers(len(way.days)):
            months = Decimal(months_until(self.request.on, way.days[periods - 1]))
            level = self.limits.level_for(LimitKind.TERM_MONTHS_MAX, months)
            if level > self.limits.top:
                break
            found.append((periods, level))
        return found

    def _near(self, tried: Sequence[int], fractions: Floats) -> list[Whole]:
        """Return, for each number of periods tried, the combinations that may fit; the smallest of all are noted."""
        everyone = np.arange(len(self.rate))
        if not self.is_screened or not tried or not len(everyone):
            self._small += [(0.0, everyone, fractions[:periods]) for periods in tried]
            return [everyone] * len(tried)
        columns = Columns(
            principal=self.principal, arrears=self.arrears, rate=self.rate, step=self.step, grace=self.grace,
            is_interest_only=self.is_interest_only, is_pause=self.is_pause,
        )  # fmt: skip
        screen = screened(
            columns=columns, fractions=fractions[: max(tried)], step_every=self.limits.policy.grid.step_every
        )  # fmt: skip
        at = np.array(tried) - 1
        largest, least = screen.largest[:, at], screen.least[:, at]
        self._note_smallest(tried, largest, fractions)
        low, high, _disposable = self.band
        may_stay = least >= max(low, self.floor) * (1.0 - NEAR)
        if low >= self.floor:
            may_stay |= self.is_plain[:, None]
        is_near = (largest <= high * (1.0 + NEAR)) & may_stay
        return [np.flatnonzero(column) for column in np.ascontiguousarray(is_near.T)]

    def _note_smallest(self, tried: Sequence[int], largest: Floats, fractions: Floats) -> None:
        edge = float(largest.min()) * (1.0 + NEAR)
        if np.isfinite(edge):
            self._small += [
                (float(column.min()), np.flatnonzero(column <= edge), fractions[:periods])
                for periods, column in zip(tried, largest.T, strict=True)
                if column.min() <= edge
            ]

    def _of_periods(
        self, rows: Whole, fractions: Floats, years: Floats, fitted_before: Truth, way: Begin
    ) -> tuple[dict[str, Floats] | None, Truth]:
        """Return what fits among some combinations for a number of periods, and which of them fit the band's top."""
        low, high, disposable = self.band
        fitted = np.zeros(len(self.rate), dtype=bool)
        if not len(rows):
            return None, fitted
        amounts, covers, regular = self._amounts(rows, fractions)
        largest = np.where(covers, amounts.max(axis=1), np.inf)
        fits = largest <= high
        fitted[rows] = fits
        least_of = self._least(rows, amounts, regular)
        by_amount = fits & (least_of < low) & ~fitted_before[rows] & self.is_plain[rows] & (low >= self.floor)
        places = np.flatnonzero((fits & (least_of >= max(low, self.floor))) | by_amount)
        if not len(places):
            return None, fitted
        chosen, kept_rows = rows[places], amounts[places]
        load = np.where(by_amount[places], np.maximum(largest[places], low), largest[places])
        kept, _low, _high = self.model.chances(self._features(chosen, load / disposable, float(years[-1]), way))
        value = expected_values(
            amounts=kept_rows, years=years, kept=kept, owed_total=self.owed_total, discount=self.discount
        )  # fmt: skip
        return {
            "combination": chosen, "value": value, "largest": load, "total": kept_rows.sum(axis=1),
            "years": np.full(len(chosen), years[-1]), "level": self.level[chosen], "is_by_amount": by_amount[places],
        }, fitted  # fmt: skip

    def _amounts(self, rows: Whole, fractions: Floats) -> tuple[Floats, Truth, Floats]:
        """Return the instalments of some combinations, which cover their own interest, and the first after grace.

        By the formula of schedule.py.
        """
        periods = len(fractions)
        grace, rate, principal = self.grace[rows], self.rate[rows], self.principal[rows]
        place = np.arange(periods)[None, :] - grace[:, None]
        is_paying = place >= 0
        growth = np.where(is_paying, 1.0 + rate[:, None] * fractions[None, :], 1.0)
        steps = np.maximum(place, 0) // self.limits.policy.grid.step_every
        weight = np.where(is_paying, (1.0 + self.step[rows, None]) ** steps, 0.0)
        weighed = (weight / np.cumprod(growth, axis=1)).sum(axis=1)
        has_paying = grace < periods
        level = principal / np.where(has_paying, weighed, 1.0)
        interest = principal[:, None] * rate[:, None] * np.where(is_paying, 0.0, fractions[None, :])
        carried = np.where(self.is_pause[rows], interest.sum(axis=1), 0.0)
        apart = (self.arrears[rows] + carried) / np.where(has_paying, weight.sum(axis=1), 1.0)
        regular = level + apart
        amounts = weight * regular[:, None] + np.where(self.is_interest_only[rows, None], interest, 0.0)
        first = np.minimum(grace, periods - 1)
        covers = has_paying & (level >= principal * rate * fractions[first])
        return amounts, covers, regular

    def _least(self, rows: Whole, amounts: Floats, regular: Floats) -> Floats:
        """Return each plan's smallest regular instalment: not one of grace, not the last."""
        if self.is_screened:  # none falls: the first after grace is the least
            return np.where(self.grace[rows] < amounts.shape[1] - 1, regular, np.inf)
        place = np.arange(amounts.shape[1])[None, :]
        is_regular = (place >= self.grace[rows, None]) & (place < amounts.shape[1] - 1)
        least: Floats = np.where(is_regular, amounts, np.inf).min(axis=1)
        return least

    def _features(self, chosen: Whole, load: Floats, years: float, way: Begin) -> Floats:
        count = len(chosen)
        return feature_rows(
            load=load, rate_cut=self.rate_cut[chosen], charges_waived=self.charges_waived[chosen],
            write_down=self.write_down[chosen], years=np.full(count, years), step_up=self.step[chosen],
            grace_years=self.grace[chosen] / PERIODS_A_YEAR[self.request.frequency],
            on_pay_day=np.full(count, float(way.is_on_pay_day)),
            kept_before=np.full(count, float(self.request.kept_before)),
            broken_before=np.full(count, float(self.request.broken_before)),
            overdue_days=np.full(count, float(self.request.overdue_days)), one_payment=np.zeros(count),
        )  # fmt: skip


def _numbers(most: int) -> list[int]:
    """Return the numbers of periods tried: each up to sixty, then every fourth."""
    return [one for one in range(1, most + 1) if one <= _EVERY_PERIOD_TO or one % _LATER_STEP == 0]
