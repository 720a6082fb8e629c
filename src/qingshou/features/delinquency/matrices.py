"""Transition matrices from counted moves: cohort with Wilson intervals, Aalen-Johansen with Greenwood's variance.

Counting is done elsewhere (panels.py); here are only small arrays. A power of a one-period matrix is a forecast under
the Markov assumption, which arrears do not keep: who has been late for long cures less than who is late for the first
time, so powers overstate cure. `powered` therefore carries a warning, and the matrix counted directly over the horizon
is the better forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

POWER_WARNING = (
    "A power of a one-period matrix assumes that the past does not matter; in arrears it does, and powers overstate "
    "cure. Prefer the matrix counted directly over the horizon (--direct)."
)
# Intervals need every step's products at hand; beyond this many steps neighbouring ones are joined for them.
VARIANCE_STEPS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Cohort:
    """Moves over one horizon: counts, shares by row, and the interval of each share; a row never seen is NaN."""

    states: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    matrix: Matrix
    low: Matrix
    high: Matrix


@dataclass(frozen=True, slots=True)
class Steps:
    """Moves in time: at each of the sorted times, how many moved from i to j and how many were in i just before."""

    states: tuple[str, ...]
    times: tuple[Any, ...]
    moved: npt.NDArray[np.int64]  # (times, from, to), nothing on the diagonal
    at_risk: npt.NDArray[np.int64]  # (times, from)

    def before(self, moment: Any) -> "Steps":
        """Keep the times before a moment: periods here are half-open, the end is not in them."""
        count = sum(1 for time in self.times if time < moment)
        return Steps(self.states, self.times[:count], self.moved[:count], self.at_risk[:count])


@dataclass(frozen=True, slots=True)
class AalenJohansen:
    """The estimated probability of being in j at the end, having been in i at the start."""

    states: tuple[str, ...]
    matrix: Matrix
    low: Matrix
    high: Matrix
    standard_error: Matrix


def wilson(hits: Matrix, trials: Matrix, *, level: float = 0.95) -> tuple[Matrix, Matrix]:
    """Return the Wilson interval of shares; NaN where nothing was tried."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / trials
        middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
        half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)


def cohort(
    states: Sequence[str], counts: npt.NDArray[np.int64], *, absorbing: Sequence[str] = (), level: float = 0.95
) -> Cohort:
    """Estimate a matrix from counts of moves.

    Takes   states     their names, in the order of rows and columns
            counts     counts[i, j] moves from i to j over the horizon
            absorbing  states that are never left: their row is certain where nothing else was counted
    """
    totals = counts.sum(axis=1, keepdims=True).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = counts / totals
    low, high = wilson(counts.astype(float), np.broadcast_to(totals, counts.shape), level=level)
    for name in absorbing:
        place = list(states).index(name)
        if totals[place, 0] == 0:
            for array in (matrix, low, high):
                array[place] = 0.0
                array[place, place] = 1.0
    return Cohort(tuple(states), counts, matrix, low, high)


def powered(matrix: Matrix, periods: int) -> Matrix:
    """Raise a one-period matrix to a power; a row never seen is taken as staying. See POWER_WARNING."""
    whole = np.where(np.isnan(matrix), np.eye(len(matrix)), matrix)
    return np.linalg.matrix_power(whole, periods)


def aalen_johansen(steps: Steps, *, level: float = 0.95) -> AalenJohansen:
    """Estimate transition probabilities over all times, irregular or not, with intervals from their variance."""
    factors = _factors(steps.moved, steps.at_risk)
    matrix = _product(factors)
    variance = _variance(steps, factors)
    error = np.sqrt(np.maximum(variance, 0.0))
    reach = NormalDist().inv_cdf(0.5 + level / 2) * error
    low, high = np.clip(matrix - reach, 0.0, 1.0), np.clip(matrix + reach, 0.0, 1.0)
    return AalenJohansen(steps.states, matrix, low, high, error)


def _factors(moved: npt.NDArray[np.int64], at_risk: npt.NDArray[np.int64]) -> Matrix:
    """I + dA at each time."""
    rates: Matrix = moved / np.maximum(at_risk, 1)[:, :, None]
    size = moved.shape[1]
    rates[:, np.arange(size), np.arange(size)] = 1.0 - rates.sum(axis=2)
    return rates


def _product(factors: Matrix) -> Matrix:
    """Multiply many small matrices in order, pairs at a time."""
    if len(factors) == 0:
        return np.eye(factors.shape[1])
    while len(factors) > 1:
        pairs = factors[: len(factors) // 2 * 2]
        joined = np.matmul(pairs[0::2], pairs[1::2])
        factors = np.concatenate([joined, factors[-1:]]) if len(factors) % 2 else joined
    product: Matrix = factors[0]
    return product


def _variance(steps: Steps, factors: Matrix) -> Matrix:
    """Greenwood's plug-in: at each time the moves out of a state are multinomial, carried from start and to the end.

    Var P_hj = sum over times and states g of P_hg(before)^2 * Var(sum_r dA_gr P_rj(after)).
    """
    size = len(steps.states)
    if len(factors) == 0:
        return np.zeros((size, size))
    if len(factors) > VARIANCE_STEPS_MAX:
        joined = _joined(steps)
        return _variance(joined, _factors(joined.moved, joined.at_risk))
    after = np.empty_like(factors)
    after[-1] = np.eye(size)
    for place in range(len(factors) - 1, 0, -1):
        after[place - 1] = factors[place] @ after[place]
    variance = np.zeros((size, size))
    before = np.eye(size)
    for place, factor in enumerate(factors):
        for state in np.flatnonzero(steps.moved[place].sum(axis=1)):
            share = factor[state]
            mean = share @ after[place]
            spread = (share @ after[place] ** 2 - mean**2) / steps.at_risk[place, state]
            variance += np.outer(before[:, state] ** 2, spread)
        before = before @ factor
    return variance


def _joined(steps: Steps) -> Steps:
    """Join neighbouring times: moves are added, those at risk are taken at the first."""
    starts = np.linspace(0, len(steps.times), VARIANCE_STEPS_MAX, endpoint=False).astype(int)
    moved = np.add.reduceat(steps.moved, starts, axis=0)
    at_risk = np.maximum(steps.at_risk[starts], moved.sum(axis=2))
    return Steps(steps.states, tuple(steps.times[int(start)] for start in starts), moved, at_risk)
