"""How sure one may be of a difference between two shares: Newcombe's interval of two of Wilson's."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
EARLY_PEOPLE_MIN = 30  # in each arm
EARLY_EVENTS_MIN = 5  # that happened, and that did not, in both arms together


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of nobody."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Difference:
    """The first share less the second, with the bounds that hold the true difference in 95 of 100 such trials."""

    value: float
    low: float
    high: float
    is_early: bool  # few people, or few to whom it happened: the interval may still move much

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out, on enough people to say so."""
        return not self.is_early and (self.low > 0 or self.high < 0)


def wilson(share: Share, *, z: float = Z_95) -> tuple[float, float]:
    """Return Wilson's score interval of one share; (0, 1) of nobody."""
    if share.of == 0:
        return 0.0, 1.0
    part, weight = share.count / share.of, z * z / share.of
    middle = part + weight / 2
    reach = z * sqrt(part * (1 - part) / share.of + weight / (4 * share.of))
    return max(0.0, (middle - reach) / (1 + weight)), min(1.0, (middle + reach) / (1 + weight))


def difference(first: Share, second: Share, *, z: float = Z_95) -> Difference | None:
    """Return the difference of two independent shares with Newcombe's hybrid score interval (1998, method 10).

    Gives   None where one of them is of nobody
    """
    if first.value is None or second.value is None:
        return None
    low_1, high_1 = wilson(first, z=z)
    low_2, high_2 = wilson(second, z=z)
    gap = first.value - second.value
    down = sqrt((first.value - low_1) ** 2 + (high_2 - second.value) ** 2)
    up = sqrt((high_1 - first.value) ** 2 + (second.value - low_2) ** 2)
    happened = first.count + second.count
    not_happened = first.of + second.of - happened
    early = min(first.of, second.of) < EARLY_PEOPLE_MIN or min(happened, not_happened) < EARLY_EVENTS_MIN
    return Difference(gap, max(-1.0, gap - down), min(1.0, gap + up), early)
