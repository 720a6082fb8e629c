"""Which plans can fit the band at all, told for every number of periods at once, before any of them is worked out.

The largest and the least instalment of a plan follow from running sums over its periods. They are the amounts of
offer_grid up to the order in which floats are added, so that whatever comes near an edge is kept, and worked out there.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qingshou.features.repayment.rules.kept_model import Floats

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]
NEAR = 1e-9  # far above what the order of adding a few hundred floats can do, far below a cent of any debt


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a screen needs to know of each combination."""

    principal: Floats
    arrears: Floats
    rate: Floats
    step: Floats
    grace: Whole
    is_interest_only: Truth
    is_pause: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One row a combination, one column a number of periods (the first: one period)."""

    largest: Floats  # infinite where no period pays, or the instalment would not cover its interest
    least: Floats  # infinite where no instalment is regular


def screened(*, columns: Columns, fractions: Floats, step_every: int) -> Screened:
    """Return largest and least instalment of every combination for every number of periods.

    Takes   columns    none rises downwards: `step` is zero or more, so that the last instalment is the largest, and the
                       first after grace the least
            fractions  the part of a year of each period
    """
    periods = np.arange(1, len(fractions) + 1)
    place = np.arange(len(fractions))[None, :] - columns.grace[:, None]
    is_paying = place >= 0
    interest_of = columns.rate[:, None] * fractions[None, :]
    discounted = np.cumprod(np.where(is_paying, 1.0 + interest_of, 1.0), axis=1)
    weight = np.where(is_paying, _rises(columns.step, place, step_every), 0.0)
    has_paying = columns.grace[:, None] < periods[None, :]
    weighed = np.where(has_paying, np.cumsum(weight / discounted, axis=1), 1.0)
    level = columns.principal[:, None] / weighed
    in_grace = np.where(is_paying, 0.0, columns.principal[:, None] * interest_of)
    carried = np.where(columns.is_pause[:, None], np.cumsum(in_grace, axis=1), 0.0)
    apart = (columns.arrears[:, None] + carried) / np.where(has_paying, np.cumsum(weight, axis=1), 1.0)
    regular = level + apart
    graced = np.where(columns.is_interest_only[:, None], np.maximum.accumulate(in_grace, axis=1), 0.0)
    first = np.minimum(columns.grace, len(fractions) - 1)
    first_interest = columns.principal * columns.rate * fractions[first]
    covers = has_paying & (level * (1.0 + NEAR) >= first_interest[:, None])
    return Screened(
        largest=np.where(covers, np.maximum(weight * regular, graced), np.inf),
        least=np.where(place >= 1, regular, np.inf),
    )


def _rises(step: Floats, place: Whole, step_every: int) -> Floats:
    """Return what each instalment is of the first, by combination; the powers of each step are worked out once."""
    rises = np.maximum(place, 0) // step_every
    steps, which = np.unique(step, return_inverse=True)
    powers = (1.0 + steps)[:, None] ** np.arange(int(rises.max(initial=0)) + 1)[None, :]
    found: Floats = powers[which[:, None], rises]
    return found
