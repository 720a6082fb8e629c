"""What the response model sees of a person and an arm: named, defined, and only what was known at that moment.

Context (of the person, one value a moment)
    days        log(1 + overdue days) / 5; 0 where unknown
    days_known  1 where the overdue days are known
    moderate, severe   by overdue days' class as the case carried it (mild is neither)
    tried       log(1 + contacts tried so far) / 3
    reached     share of earlier contacts that were answered, drawn towards the lender's own rate by two contacts
    fresh       1 where nothing was tried in the last seven days
    product:X, region:X   1 for the ten commonest of the lender's history; all others together are 'other'
History with the arm (of the person and the arm)
    same_channel, same_band, same_day   share answered of earlier contacts like this, less `reached`
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from qingshou.features.contact.timing.arms import BANDS, Arm, DayClass
from qingshou.law.contact.terms import Channel

Floats = npt.NDArray[np.float64]

PULL = 2.0  # how many contacts' worth a person's own share is drawn towards what is known otherwise
FRESH = timedelta(days=7)
PERSON = ("days", "days_known", "moderate", "severe", "tried", "reached", "fresh")
LIKE = ("same_channel", "same_band", "same_day")
# arms as codes, and what of the context may change which of them is best
ARM_PARTS = (
    *(f"channel:{one}" for one in Channel),
    *(f"day:{one}" for one in DayClass),
    *(f"band:{one:02d}" for one in BANDS),
)
PAIRS = tuple(f"{channel}:{band:02d}" for channel in Channel for band in BANDS)
CROSSED = ("days", "moderate", "severe", "tried", "reached")


@dataclass(slots=True)
class Tally:
    """Contacts tried and answered, as a whole and by part of the arm."""

    tried: int = 0
    reached: int = 0
    last_at: datetime | None = None
    by_part: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, arm: Arm, at: datetime, *, is_reached: bool) -> None:
        """Count one contact whose end is known."""
        self.tried += 1
        self.reached += is_reached
        self.last_at = at if self.last_at is None else max(at, self.last_at)
        for part in parts_of(arm):
            tried, reached = self.by_part.get(part, (0, 0))
            self.by_part[part] = tried + 1, reached + is_reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a person when an arm is chosen."""

    overdue_days: int | None = None
    severity: str = ""
    product: str = ""
    region: str = ""
    tally: Tally = field(default_factory=Tally)


def parts_of(arm: Arm) -> tuple[str, str, str]:
    """Return the codes an arm is made of."""
    return f"channel:{arm.channel}", f"day:{arm.day_class}", f"band:{arm.band:02d}"


def context_of(situation: Situation, *, now: datetime, base_rate: float) -> dict[str, float | str]:
    """Return the context kept with a decision: numbers and two codes."""
    tally = situation.tally
    reached = (tally.reached + PULL * base_rate) / (tally.tried + PULL)
    days = max(situation.overdue_days or 0, 0)
    context: dict[str, float | str] = {
        "days": math.log1p(days) / 5,
        "days_known": float(situation.overdue_days is not None),
        "moderate": float(situation.severity == "MODERATE"),
        "severe": float(situation.severity == "SEVERE"),
        "tried": math.log1p(tally.tried) / 3,
        "reached": reached,
        "fresh": float(tally.last_at is None or now - tally.last_at > FRESH),
    }
    for part, (tried, answered) in sorted(tally.by_part.items()):
        context[part] = (answered + PULL * reached) / (tried + PULL) - reached
    rounded = {name: round(value, 6) for name, value in context.items() if isinstance(value, float)}
    return {**rounded, "product": situation.product, "region": situation.region}


def vocabulary(contexts: Iterable[Mapping[str, float | str]], *, most: int = 10) -> tuple[str, ...]:
    """Return the commonest products and regions as names of features, in a fixed order."""
    counts: dict[str, dict[str, int]] = {"product": {}, "region": {}}
    for context in contexts:
        for kind, seen in counts.items():
            code = str(context.get(kind, ""))
            if code:
                seen[code] = seen.get(code, 0) + 1
    return tuple(
        f"{kind}:{code}"
        for kind, seen in counts.items()
        for code, _count in sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    )


def names(words: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a model's features, in the order of `rows`."""
    crossed = tuple(f"{name}*{part}" for name in CROSSED for part in ARM_PARTS)
    return (*PERSON, *words, *LIKE, *ARM_PARTS, *PAIRS, *crossed)


def rows(contexts: Sequence[Mapping[str, float | str]], arms: Sequence[Arm], words: Sequence[str]) -> Floats:
    """Return the design matrix of pairs (context, arm): a row a pair, columns as `names`."""
    person = np.array([[float(context.get(name, 0.0)) for name in PERSON] for context in contexts])
    person = person.reshape(len(contexts), len(PERSON))
    known = {word: place for place, word in enumerate(words)}
    coded = np.zeros((len(contexts), len(words)))
    like = np.zeros((len(contexts), len(LIKE)))
    hot = np.zeros((len(contexts), len(ARM_PARTS)))
    pairs = np.zeros((len(contexts), len(PAIRS)))
    part_place = {part: place for place, part in enumerate(ARM_PARTS)}
    pair_place = {pair: place for place, pair in enumerate(PAIRS)}
    for row, (context, arm) in enumerate(zip(contexts, arms, strict=True)):
        for kind in ("product", "region"):
            place = known.get(f"{kind}:{context.get(kind, '')}")
            if place is not None:
                coded[row, place] = 1.0
        channel, day, band = parts_of(arm)
        for place, part in enumerate((channel, band, day)):
            like[row, place] = float(context.get(part, 0.0))
            hot[row, part_place[part]] = 1.0
        pairs[row, pair_place[f"{arm.channel}:{arm.band:02d}"]] = 1.0
    crossing = person[:, [PERSON.index(name) for name in CROSSED]]
    crossed = (crossing[:, :, None] * hot[:, None, :]).reshape(len(contexts), len(CROSSED) * len(ARM_PARTS))
    return np.concatenate([person, coded, like, hot, pairs, crossed], axis=1)
