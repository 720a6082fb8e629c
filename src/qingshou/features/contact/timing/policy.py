"""The policy: scores become chances, with a floor under every open arm; a recorded draw then chooses.

Inverse-gap weighting (Foster and Rakhlin 2020): an arm whose score lies `gap` below the best has the weight
1 / (arms + sharpness x gap), the best arm the rest. Sharpness grows with the square root of the contacts learnt from,
so that with no history every arm is as likely as the next. Over that lies a floor: `exploration` is shared evenly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qingshou.kernel.errors import BadInput

NAME = "gap-floor"
VERSION = 1
EXPLORATION = Decimal("0.1")
SHARPNESS = 10.0
PLACES = 8
_UNITS = 10**PLACES
UNIT = Decimal(1).scaleb(-PLACES)


class NoArm(BadInput):
    """There is nothing to choose from, or the exploration asked for is no share."""

    code = "NO_ARM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How chances are made; kept with the model and part of its hash."""

    exploration: Decimal = EXPLORATION
    sharpness: float = SHARPNESS
    contacts: int = 0

    def __post_init__(self) -> None:
        if not Decimal(0) < self.exploration <= Decimal(1):
            raise NoArm("Exploration is a share above 0 and at most 1: without it no other policy can be judged.")


def chances(scores: Sequence[float], policy: Policy) -> list[Decimal]:
    """Return the chance of each arm: eight places, no arm under the floor, exactly 1 together.

    Stops   NoArm  no arm is open
    """
    count = len(scores)
    if count == 0:
        raise NoArm("No arm is open for this person: ask the door first which channels and hours are.")
    weights = _inverse_gaps(scores, policy.sharpness * math.sqrt(policy.contacts))
    # the floor in whole units, rounded up where it does not divide, so that no arm falls below it
    floor = -(-int(policy.exploration * _UNITS) // count)
    left = _UNITS - floor * count
    if left < 0:  # exploration 1 that does not divide: all are alike
        floor, left = _UNITS // count, _UNITS - (_UNITS // count) * count
    shares = [weight * left for weight in weights]
    units = [floor + int(share) for share in shares]
    rest = _UNITS - sum(units)
    # what rounding left goes to the largest remainders, earlier arms first
    order = sorted(range(count), key=lambda place: (int(shares[place]) - shares[place], place))
    for turn in range(rest):
        units[order[turn % count]] += 1
    return [Decimal(unit) * UNIT for unit in units]


def chosen(of: Sequence[Decimal], draw: Decimal) -> int:
    """Return which arm a draw chooses: chances lie end to end, and the draw falls into one.

    Takes   draw  at least 0 and below 1, eight places
    """
    if not Decimal(0) <= draw < Decimal(1):
        raise NoArm("A draw is at least 0 and below 1.")
    reach = Decimal(0)
    for place, chance in enumerate(of):
        reach += chance
        if draw < reach:
            return place
    raise NoArm("The chances do not reach 1.")


def draw_of(unit: int) -> Decimal:
    """Return a whole number below 10^8 as a draw."""
    return Decimal(unit) * UNIT


def policy_name(model_hash: str) -> str:
    """Return what decisions keep: name, version and the hash of what chose."""
    return f"{NAME}/{VERSION}/{model_hash}"


def hash_in(name: str) -> str:
    """Return the hash a decision's policy is named by."""
    return name.rsplit("/", 1)[-1]


def _inverse_gaps(scores: Sequence[float], sharpness: float) -> list[float]:
    """Weigh each arm by how far below the best it is believed to be; ties of the best share the rest."""
    count, best = len(scores), max(scores)
    tops = [place for place, score in enumerate(scores) if score == best]
    weights = [0.0 if score == best else 1.0 / (count + sharpness * (best - score)) for score in scores]
    rest = max(1.0 - sum(weights), 0.0)
    for place in tops:
        weights[place] = rest / len(tops)
    return weights
