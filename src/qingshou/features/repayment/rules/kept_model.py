"""How likely a plan is kept to its end: evidence as the prior, the lender's own kept and broken plans as the update.

A Bayesian logistic regression by Laplace's approximation: normal prior by coefficient, the mode by Newton's steps, the
curvature there as the covariance. Nothing is drawn at random: the same history gives the same model. Estimates are in
float; no amount of money is.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from jsonschema import Draft202012Validator

from qingshou.kernel.errors import BadInput

Floats = npt.NDArray[np.float64]

_PRIORS = Path(__file__).parent / "kept_priors"
FEATURES = (
    "one", "load", "overload", "rate_cut", "charges_waived", "write_down", "years", "step_up", "grace_years",
    "on_pay_day", "kept_before", "broken_before", "overdue_years", "one_payment",
)  # fmt: skip
LOAD_MAX = 3.0  # beyond three times the disposable income nothing more is learnt
COUNT_MAX = 5.0
OVERDUE_YEARS_MAX = 3.0
Z_90 = 1.6448536269514722
_STEPS_MAX = 100
_CLOSE = 1e-10
_PLACES = 9
_SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What the chance of a plan depends on: shares as fractions, no person's name, sex, age or origin among them."""

    load: float  # largest instalment / disposable income of the period
    rate_cut: float = 0.0  # 1 - plan's rate / contract's rate
    charges_waived: float = 0.0  # interest, penalty and costs given up / all that is owed
    write_down: float = 0.0  # principal given up / principal
    years: float = 0.0  # from the agreement to the last instalment
    step_up: float = 0.0
    grace_years: float = 0.0
    is_on_pay_day: bool = False
    kept_before: int = 0  # promises and plans of the debtor that were kept
    broken_before: int = 0
    overdue_days: int = 0
    is_one_payment: bool = False


@dataclass(frozen=True, slots=True)
class PastPlan:
    """A plan of the lender that ended: what was known when it was agreed, and whether it was kept."""

    facts: PlanFacts
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The chance of being kept with its 90 % interval, and on how many of the lender's own plans it rests."""

    mean: Decimal
    low: Decimal
    high: Decimal
    observed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptModel:
    """The belief after the history: mean and covariance of the coefficients, in the order of FEATURES."""

    prior: str
    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    observed: int
    kept: int

    @property
    def hash(self) -> str:
        """Return the hash that names the model in everything that rests on it."""
        held = [self.prior, list(self.mean), [list(row) for row in self.covariance], self.observed, self.kept]
        return hashlib.sha256(json.dumps(held, separators=(",", ":")).encode("ascii")).hexdigest()[:16]

    def chances(self, rows: Floats) -> tuple[Floats, Floats, Floats]:
        """Return mean, low and high for rows of features: the logit's normal band, carried through the logistic.

        The mean is that of the logistic of a normal (MacKay's approximation), which uncertainty draws towards one half;
        it is held inside the interval, which it would leave where both are at the edge.
        """
        weights, covariance = _arrays(self.mean, self.covariance)
        centre = rows @ weights
        spread = np.sqrt(np.maximum(((rows @ covariance) * rows).sum(axis=1), 0.0))
        low, high = _logistic(centre - Z_90 * spread), _logistic(centre + Z_90 * spread)
        mean = _logistic(centre / np.sqrt(1.0 + np.pi * spread * spread / 8.0))
        return np.clip(mean, low, high), low, high

    def chance(self, facts: PlanFacts) -> Chance:
        """Return the chance of one plan, four places."""
        mean, low, high = self.chances(rows_of([facts]))
        return Chance(
            mean=_share(mean[0]),
            low=_share(low[0]),
            high=_share(high[0]),
            observed=self.observed,
        )


@lru_cache(maxsize=64)
def _arrays(mean: tuple[float, ...], covariance: tuple[tuple[float, ...], ...]) -> tuple[Floats, Floats]:
    """Return a model's figures as arrays; a search asks for them a hundred times."""
    return np.array(mean), np.array(covariance)


def rows_of(facts: Sequence[PlanFacts]) -> Floats:
    """Return one row of features a plan."""
    return feature_rows(
        load=np.array([one.load for one in facts]),
        rate_cut=np.array([one.rate_cut for one in facts]),
        charges_waived=np.array([one.charges_waived for one in facts]),
        write_down=np.array([one.write_down for one in facts]),
        years=np.array([one.years for one in facts]),
        step_up=np.array([one.step_up for one in facts]),
        grace_years=np.array([one.grace_years for one in facts]),
        on_pay_day=np.array([float(one.is_on_pay_day) for one in facts]),
        kept_before=np.array([float(one.kept_before) for one in facts]),
        broken_before=np.array([float(one.broken_before) for one in facts]),
        overdue_days=np.array([float(one.overdue_days) for one in facts]),
        one_payment=np.array([float(one.is_one_payment) for one in facts]),
    )


def feature_rows(
    *,
    load: Floats,
    rate_cut: Floats,
    charges_waived: Floats,
    write_down: Floats,
    years: Floats,
    step_up: Floats,
    grace_years: Floats,
    on_pay_day: Floats,
    kept_before: Floats,
    broken_before: Floats,
    overdue_days: Floats,
    one_payment: Floats,
) -> Floats:
    """Return the features as columns in the order of FEATURES; counts as logs, extremes held."""
    held = np.minimum(load, LOAD_MAX)
    return np.column_stack(
        [
            np.ones(len(load)), np.minimum(held, 1.0), np.maximum(held - 1.0, 0.0), rate_cut, charges_waived,
            write_down, years, step_up, grace_years, on_pay_day, np.log1p(np.minimum(kept_before, COUNT_MAX)),
            np.log1p(np.minimum(broken_before, COUNT_MAX)), np.minimum(overdue_days / 365.0, OVERDUE_YEARS_MAX),
            one_payment,
        ]
    )  # fmt: skip


@lru_cache(maxsize=1)
def prior_model() -> KeptModel:
    """Return the belief before any history (kept_priors/default.yaml)."""
    raw = yaml.safe_load((_PRIORS / "default.yaml").read_text(encoding="utf-8"))
    schema = json.loads((_PRIORS / "kept_prior.schema.json").read_text(encoding="utf-8"))
    faults = sorted(f"{one.json_path}: {one.message}" for one in Draft202012Validator(schema).iter_errors(raw))
    if not faults and tuple(item["feature"] for item in raw["coefficients"]) != FEATURES:
        faults = [f"the features are not {', '.join(FEATURES)}, in this order"]
    if faults:
        raise BadInput(f"The prior of plans kept is wrong: {'; '.join(faults)}.", faults=faults)
    variances = [float(item["sd"]) ** 2 for item in raw["coefficients"]]
    return KeptModel(
        prior=raw["version"],
        mean=tuple(float(item["mean"]) for item in raw["coefficients"]),
        covariance=_rounded(np.diag(variances)),
        observed=0,
        kept=0,
    )


def updated_model(*, prior: KeptModel, history: Sequence[PastPlan]) -> KeptModel:
    """Return the belief after a lender's own plans.

    Takes   prior    a belief without history
            history  plans that ended, each once; running ones are not yet known and must be left out
    Gives   KeptModel  the prior itself where the history is empty; the order of the history makes no difference beyond
                       the ninth place
    """
    if not history:
        return prior
    rows = rows_of([one.facts for one in history])
    kept = np.array([float(one.is_kept) for one in history])
    mean, covariance = _posterior(np.array(prior.mean), np.linalg.inv(np.array(prior.covariance)), rows, kept)
    return KeptModel(
        prior=prior.prior,
        mean=tuple(round(float(one), _PLACES) for one in mean),
        covariance=_rounded(covariance),
        observed=prior.observed + len(history),
        kept=prior.kept + int(kept.sum()),
    )


def _posterior(start: Floats, precision: Floats, rows: Floats, kept: Floats) -> tuple[Floats, Floats]:
    """Find the mode by Newton's steps, each halved until it does not lose; the objective is concave."""
    weights, best = start.copy(), _objective(start, start, precision, rows, kept)
    for _ in range(_STEPS_MAX):
        chance = _logistic(rows @ weights)
        slope = rows.T @ (kept - chance) - precision @ (weights - start)
        step = np.linalg.solve(_curvature(rows, chance, precision), slope)
        size = 1.0
        while size > _CLOSE and _objective(weights + size * step, start, precision, rows, kept) < best:
            size /= 2.0
        weights = weights + size * step
        best = _objective(weights, start, precision, rows, kept)
        if np.max(np.abs(size * step)) < _CLOSE:
            break
    covariance: Floats = np.linalg.inv(_curvature(rows, _logistic(rows @ weights), precision)).astype(np.float64)
    return weights, covariance


def _objective(weights: Floats, start: Floats, precision: Floats, rows: Floats, kept: Floats) -> float:
    logits = rows @ weights
    likelihood = (kept * logits - np.logaddexp(0.0, logits)).sum()
    return float(likelihood - 0.5 * (weights - start) @ precision @ (weights - start))


def _curvature(rows: Floats, chance: Floats, precision: Floats) -> Floats:
    return precision + (rows * (chance * (1.0 - chance))[:, None]).T @ rows


def _logistic(logits: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -500.0, 500.0)))


def _share(chance: float) -> Decimal:
    return Decimal(float(chance)).quantize(_SHARE)


def _rounded(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(one), _PLACES) for one in row) for row in matrix)
