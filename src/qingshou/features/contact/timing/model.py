"""The response model: how likely a contact is to be answered, by a regularised logistic regression.

It works from zero history: every arm begins with a few imagined contacts at the rate believed beforehand
(`prior_rate`), moved towards the rate its channel has shown, so that an arm never tried is neither believed in nor
written off. The fitted model is plain coefficients, kept as JSON and named by the hash of its bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

import numpy as np

from qingshou.features.contact.timing.arms import BANDS, Arm, DayClass
from qingshou.features.contact.timing.features import Floats, names, rows, vocabulary
from qingshou.kernel.errors import Conflict
from qingshou.law.contact.terms import Channel

VERSION = 1
PRIOR_RATE = 0.05  # seed value (general knowledge: 3 to 8 % of dials reach the right person); the same for every arm
PRIOR_CONTACTS = 2.0  # imagined contacts an arm
POOL_CONTACTS = 50.0  # contacts after which a channel's own rate outweighs the seed value
STRENGTH = 0.5  # scikit-learn's C: smaller draws coefficients harder towards zero
EVERY_ARM = tuple(Arm(*parts) for parts in product(Channel, DayClass, BANDS))
_ITERATIONS_MAX = 500


class ModelChanged(Conflict):
    """A kept model is not what its name says."""

    code = "TIMING_MODEL_CHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A fitted model. `judged`: what its evaluation found; `rates`: counts by channel, weekday and hour."""

    words: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    intercept: float = 0.0
    base_rate: float = PRIOR_RATE
    contacts: int = 0
    fitted_at: str = ""
    settings: Mapping[str, float] = field(default_factory=dict)
    judged: Mapping[str, object] = field(default_factory=dict)
    rates: Sequence[Sequence[object]] = ()

    def text(self) -> str:
        """Return the model as JSON, one spelling only."""
        weights = {name: value for name, value in zip(names(self.words), self.weights, strict=True) if value}
        document = {
            "version": VERSION, "words": list(self.words), "weights": weights, "intercept": self.intercept,
            "base_rate": self.base_rate, "contacts": self.contacts, "fitted_at": self.fitted_at,
            "settings": dict(self.settings), "judged": dict(self.judged), "rates": [list(row) for row in self.rates],
        }  # fmt: skip
        return json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))

    @property
    def hash(self) -> str:
        """Return the hash its file and every decision of it are named by."""
        return hash_of(self.text())

    def scores(self, contexts: Sequence[Mapping[str, float | str]], arms: Sequence[Arm]) -> Floats:
        """Return the chance of an answer for pairs of context and arm."""
        if not contexts:
            return np.zeros(0)
        logits = rows(contexts, arms, self.words) @ np.array(self.weights) + self.intercept
        scores: Floats = 1.0 / (1.0 + np.exp(-logits))
        return scores


def hash_of(text: str) -> str:
    """Return the short hash of a model's text."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def model_of_text(text: str, *, named: str) -> Model:
    """Read a kept model.

    Stops   ModelChanged  its bytes do not give the hash it is named by
    """
    if hash_of(text) != named:
        raise ModelChanged(
            f"The model named {named} was changed after it was fitted, and is not used. Fit it again.", named=named
        )
    held = json.loads(text)
    words = tuple(held["words"])
    weights = tuple(float(held["weights"].get(name, 0.0)) for name in names(words))
    return Model(
        words=words, weights=weights, intercept=held["intercept"], base_rate=held["base_rate"],
        contacts=held["contacts"], fitted_at=held["fitted_at"], settings=held["settings"], judged=held["judged"],
        rates=held["rates"],
    )  # fmt: skip


def fitted(
    contexts: Sequence[Mapping[str, float | str]], arms: Sequence[Arm], answered: Sequence[bool], *,
    at: datetime | None, prior_rate: float = PRIOR_RATE, prior_contacts: float = PRIOR_CONTACTS,
    strength: float = STRENGTH,
) -> Model:  # fmt: skip
    """Fit the model to contacts whose end is known; with none of them it is the belief held beforehand.

    Takes   contexts, arms, answered  one each a contact
            at                        when it was fitted, kept with it
    """
    words = vocabulary(contexts)
    believed = _rates_by_channel(arms, answered, prior_rate)
    neutral = _neutral(contexts, prior_rate)
    imagined = rows([neutral] * len(EVERY_ARM), EVERY_ARM, words)
    rates = np.array([believed[arm.channel] for arm in EVERY_ARM])
    seen = rows(contexts, arms, words)
    design = np.concatenate([seen, imagined, imagined])
    outcome = np.concatenate([np.array(answered, dtype=bool), np.ones(len(rates), bool), np.zeros(len(rates), bool)])
    weight = np.concatenate([np.ones(len(answered)), prior_contacts * rates, prior_contacts * (1 - rates)])
    # read here and not at the start of every command and worker: the library takes seconds to load
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=strength, max_iter=_ITERATIONS_MAX, random_state=0)
    regression.fit(design, outcome, sample_weight=weight)
    pooled = (sum(answered) + POOL_CONTACTS * prior_rate) / (len(answered) + POOL_CONTACTS)
    return Model(
        words=words, weights=tuple(round(float(value), 9) for value in regression.coef_[0]),
        intercept=round(float(regression.intercept_[0]), 9), base_rate=round(pooled, 9), contacts=len(answered),
        fitted_at=at.isoformat() if at else "",
    )  # fmt: skip


def _rates_by_channel(arms: Sequence[Arm], answered: Sequence[bool], prior_rate: float) -> dict[Channel, float]:
    """Draw each channel's own rate towards the seed value."""
    tried = dict.fromkeys(Channel, POOL_CONTACTS)
    reached = dict.fromkeys(Channel, POOL_CONTACTS * prior_rate)
    for arm, is_answered in zip(arms, answered, strict=True):
        tried[arm.channel] += 1
        reached[arm.channel] += is_answered
    return {channel: reached[channel] / tried[channel] for channel in Channel}


def _neutral(contexts: Sequence[Mapping[str, float | str]], prior_rate: float) -> dict[str, float | str]:
    """Return the average context: what an imagined contact is made in."""
    if not contexts:
        return {"reached": prior_rate, "fresh": 1.0}
    whole = ("days", "days_known", "moderate", "severe", "tried", "reached", "fresh")
    return {name: float(np.mean([float(one.get(name, 0.0)) for one in contexts])) for name in whole}
