"""Off-line judging: what another policy would have been worth, from decisions that kept their chances.

Inverse propensity scoring (IPS), its self-normalised form (SNIPS) and the doubly robust form (DR; Dudik, Langford and
Li 2011). Every estimate says its interval, its effective size and whether weights were clipped. A target that uses an
arm the log never could have chosen is refused: nothing is known of it.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from qingshou.kernel.errors import BadInput

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEVEL = 0.95
_SEED = 20_260_101
RESAMPLES = 2_000


class Method(StrEnum):
    """How a policy is judged."""

    IPS = "IPS"
    SELF_NORMALISED = "SNIPS"
    DOUBLY_ROBUST = "DR"


class NoOverlap(BadInput):
    """The log cannot speak of this policy: it gave no chance to what the policy would do."""

    code = "NO_OVERLAP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Decisions as they were made, a row each.

    chosen   place of the chosen arm in its row
    logged   chance of each arm when it was made; 0 where an arm was not open
    reward   what came of it
    group    rows of one group share a fate (one calling day, one person); None: each row its own
    """

    chosen: Ints
    logged: Floats
    reward: Floats
    group: Ints | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its interval; `effective` of `size` rows carry it, `clipped` weights were cut at `clip`."""

    method: Method
    value: float
    low: float
    high: float
    size: int
    effective: float
    clip: float | None
    clipped: int


def weights_of(log: Log, target: Floats, *, clip: float | None = None) -> tuple[Floats, int]:
    """Return each row's weight (target chance over logged chance) and how many were clipped.

    Stops   NoOverlap  an arm has a chance under the target and none in the log; or a chosen arm had no chance
    """
    if target.shape != log.logged.shape:
        raise NoOverlap("The policy's chances and the log's do not have the same arms.")
    uncovered = int(np.count_nonzero((target > 0) & (log.logged <= 0)))
    taken = np.take_along_axis(log.logged, log.chosen[:, None], axis=1)[:, 0]
    if uncovered or bool((taken <= 0).any()):
        raise NoOverlap(
            "The policy would use arms that had no chance when the decisions were made: they say nothing of it. "
            "Judge a policy that stays within what was tried, or explore first.",
            rows=uncovered,
        )
    weights = np.take_along_axis(target, log.chosen[:, None], axis=1)[:, 0] / taken
    if clip is None:
        return weights, 0
    return np.minimum(weights, clip), int(np.count_nonzero(weights > clip))


def judge(
    log: Log, target: Floats, *, method: Method, believed: Floats | None = None, clip: float | None = None
) -> Estimate:
    """Return what a policy would have been worth, a decision.

    Takes   target    the policy's chance of each arm in each row
            believed  DR: the response model's chance of an answer for each arm in each row
            clip      weights above it are cut: less scatter, and a value drawn towards zero; said in the answer
    Stops   NoOverlap  as weights_of; or there is no decision to judge by
    """
    if len(log.reward) == 0:
        raise NoOverlap("There is no decision with a known end to judge by.")
    weights, clipped = weights_of(log, target, clip=clip)
    value, share = _value_and_shares(log, target, weights, method, believed)
    low, high = _interval(value, share, log.group)
    effective = float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0
    return Estimate(method=method, value=value, low=low, high=high, size=len(weights), effective=effective,
                    clip=clip, clipped=clipped)  # fmt: skip


def compare(
    log: Log, target: Floats, against: Floats | None, *, method: Method, believed: Floats | None = None,
    clip: float | None = None, resamples: int = RESAMPLES, seed: int = _SEED,
) -> Estimate:  # fmt: skip
    """Return how much more a policy is worth than another (None: than what was done), by paired bootstrap of groups."""
    weights, clipped = weights_of(log, target, clip=clip)
    other, other_clipped = weights_of(log, log.logged if against is None else against, clip=clip)
    ours = _Sums.of(log, target, weights, method, believed)
    theirs = _Sums.of(log, log.logged if against is None else against, other, method, believed)
    groups = np.arange(len(weights)) if log.group is None else np.unique(log.group, return_inverse=True)[1]
    random = np.random.default_rng(seed)
    count = int(groups.max()) + 1
    ours, theirs = ours.by(groups, count), theirs.by(groups, count)
    drawn = [_gap(ours, theirs, random.integers(0, count, count)) for _ in range(resamples)]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    effective = float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0
    return Estimate(method=method, value=_gap(ours, theirs, np.arange(count)), low=float(low), high=float(high),
                    size=len(weights), effective=effective, clip=clip, clipped=clipped + other_clipped)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sums:
    """An estimate as a ratio of two sums, so that resampling is adding."""

    top: Floats
    bottom: Floats

    @classmethod
    def of(cls, log: Log, target: Floats, weights: Floats, method: Method, believed: Floats | None) -> "_Sums":
        ones = np.ones(len(weights))
        if method is Method.IPS:
            return cls(weights * log.reward, ones)
        if method is Method.SELF_NORMALISED:
            return cls(weights * log.reward, weights)
        direct, residual = _believed_parts(log, target, believed)
        return cls(direct + weights * residual, ones)

    def by(self, groups: Ints, count: int) -> "_Sums":
        top, bottom = (np.bincount(groups, part, count).astype(np.float64) for part in (self.top, self.bottom))
        return _Sums(top, bottom)

    def ratio(self, places: Ints) -> float:
        bottom = float(self.bottom[places].sum())
        return float(self.top[places].sum()) / bottom if bottom else 0.0


def _gap(ours: _Sums, theirs: _Sums, places: Ints) -> float:
    return ours.ratio(places) - theirs.ratio(places)


def _believed_parts(log: Log, target: Floats, believed: Floats | None) -> tuple[Floats, Floats]:
    if believed is None:
        raise NoOverlap("The doubly robust form needs the response model's belief about every arm.")
    direct: Floats = (target * believed).sum(axis=1)
    return direct, log.reward - np.take_along_axis(believed, log.chosen[:, None], axis=1)[:, 0]


def _value_and_shares(
    log: Log, target: Floats, weights: Floats, method: Method, believed: Floats | None
) -> tuple[float, Floats]:
    """Return the value, and each row's influence on it (they average zero)."""
    sums = _Sums.of(log, target, weights, method, believed)
    value = sums.ratio(np.arange(len(weights)))
    scale = float(sums.bottom.mean()) or 1.0
    return value, (sums.top - value * sums.bottom) / scale


def _interval(value: float, influence: Floats, group: Ints | None) -> tuple[float, float]:
    """Return the normal interval; rows of one group count as one."""
    summed = influence if group is None else np.bincount(np.unique(group, return_inverse=True)[1], influence)
    count = len(summed)
    if count < 2:
        return -np.inf, np.inf
    error = float(np.sqrt((summed**2).sum() * count / (count - 1))) / len(influence)
    reach = float(norm.ppf((1 + LEVEL) / 2)) * error
    return value - reach, value + reach
