"""What a reply seems to be about: a suggestion for a person to confirm, never acted on by itself.

Learned at first use from the examples that ship: characters in short runs (Chinese is written without spaces,
and English with typos), weighed by TF-IDF, and a logistic regression whose shares are calibrated by cross-validation.
The same examples and library give the same suggestions, and `version` names both.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
import yaml

from qingshou.features.contact.inbound.language import LANGUAGES

REASONS = ("FORGOT", "LOST_INCOME", "ILLNESS", "DISPUTE", "WANTS_PLAN", "WRONG_PERSON", "HOSTILE", "OTHER")
# below this share nothing is suggested: the person reads for themselves instead of being led
FLOOR = 0.40
# and where fewer of the words (of the Chinese characters) than this were ever seen, the share would mean nothing
KNOWN_SHARE_MIN = 0.5
TEXT_CHARACTERS_MAX = 2000
_EXAMPLES = Path(__file__).parent / "examples"
_LINK = re.compile(r"https?://\S+|www\.\S+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[a-z']+|[0?!~]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The likeliest reason with its share, and the one after it; no reason where none reaches the floor."""

    reason: str
    share: float
    version: str
    second: str = ""
    second_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned, as plain arrays: judging one reply so takes a tenth of what the library's pipeline takes."""

    version: str
    classes: tuple[str, ...]
    is_spaced: bool  # words stand apart
    pieces: Callable[[str], list[str]]
    places: Mapping[str, int]
    rarity: Any  # of each piece: inverse document frequency
    weights: Any  # a row a reason, a column a piece
    offsets: Any
    slopes: Any  # of the calibration, a reason each
    shifts: Any

    def known_share(self, text: str) -> float:
        """Return how much of a text was seen in the examples; 0 where there is no word in it."""
        words = [one for one in (_WORD.findall(text) if self.is_spaced else text) if one[0].isalpha()]
        return sum(one in self.places for one in words) / len(words) if words else 0.0

    def shares(self, text: str) -> Any:
        """Return the share of each reason, in the order of `classes`; they add up to one."""
        counts = Counter(place for piece in self.pieces(text) if (place := self.places.get(piece)) is not None)
        places = numpy.fromiter(counts.keys(), dtype=numpy.intp, count=len(counts))
        values = (1.0 + numpy.log(numpy.fromiter(counts.values(), dtype=float, count=len(counts)))) * self.rarity[
            places
        ]
        length = float(numpy.sqrt(values @ values))
        scores = self.weights[:, places] @ (values / length if length else values) + self.offsets
        shares = 1.0 / (1.0 + numpy.exp(self.slopes * scores + self.shifts))
        return shares / shares.sum()


def suggest(text: str, language: str) -> Suggestion:
    """Return what a reply seems to be about.

    Takes   text      what the person wrote, without what it quotes
            language  zh-hans, zh-hant or en; any other is read as zh-hans
    Gives   Suggestion with reason '' where the text says nothing or nothing reaches the floor
    """
    model = model_of(language if language in LANGUAGES else LANGUAGES[0])
    bare = prepared(text)
    if model.known_share(bare) < KNOWN_SHARE_MIN:
        return Suggestion("", 0.0, model.version)
    shares = model.shares(bare)
    order = sorted(range(len(shares)), key=lambda place: (-shares[place], model.classes[place]))
    first, second = order[0], order[1]
    share = round(float(shares[first]), 4)
    return Suggestion(
        model.classes[first] if share >= FLOOR else "",
        share,
        model.version,
        model.classes[second],
        round(float(shares[second]), 4),
    )


def prepared(text: str) -> str:
    """Return the text as the model reads it: one width, one case, numbers and links as signs."""
    bare = unicodedata.normalize("NFKC", text[:TEXT_CHARACTERS_MAX]).lower()
    return _SPACES.sub(" ", _NUMBER.sub("0", _LINK.sub(" ~ ", bare))).strip()


@cache
def examples_of(language: str) -> tuple[tuple[str, str], ...]:
    """Return the examples of a language as (text, reason)."""
    given = yaml.safe_load((_EXAMPLES / f"{language}.yaml").read_text(encoding="utf-8"))["reasons"]
    return tuple((line.strip(), reason) for reason in REASONS for line in given[reason].splitlines() if line.strip())


@cache
def model_of(language: str) -> Model:
    """Return the model of a language, learned once a process."""
    from threadpoolctl import threadpool_limits

    examples = examples_of(language)
    pipeline = untrained(language)
    # small matrices: threads of the linear algebra would only wait for each other, and for whoever else works here
    with threadpool_limits(1):
        pipeline.fit([prepared(text) for text, _reason in examples], [reason for _text, reason in examples])
    return written_out(pipeline, version_of(language))


def written_out(pipeline: Any, version: str) -> Model:
    """Return a pipeline that has learned as plain arrays; its shares are those of `predict_proba`."""
    features, calibrated = pipeline[0], pipeline[1].calibrated_classifiers_[0]
    return Model(
        version,
        tuple(str(one) for one in pipeline.classes_),
        features.analyzer is _english_pieces,
        features.analyzer,
        features.vocabulary_,
        features.idf_,
        calibrated.estimator.coef_,
        calibrated.estimator.intercept_,
        numpy.array([one.a_ for one in calibrated.calibrators]),
        numpy.array([one.b_ for one in calibrated.calibrators]),
    )


def untrained(language: str) -> Any:
    """Return the pipeline before it has learned: also what a held-out evaluation trains."""
    # read here and not at the start of every command and worker: the library takes seconds to load
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    features = TfidfVectorizer(analyzer=_english_pieces if language == "en" else _chinese_pieces, sublinear_tf=True)
    judge = LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced")
    return make_pipeline(features, CalibratedClassifierCV(judge, method="sigmoid", cv=3, ensemble=False))


def _chinese_pieces(text: str) -> list[str]:
    """Return characters, and pairs of them."""
    return [*text, *(text[start : start + 2] for start in range(len(text) - 1))]


def _english_pieces(text: str) -> list[str]:
    """Return words, pairs of words, and the runs of two to five characters in each word (its typos keep most)."""
    words = _WORD.findall(text)
    pieces = [*words, *(f"{first} {then}" for first, then in pairwise(words))]
    for word in words:
        framed = f"<{word}>"
        pieces += [framed[start : start + size] for size in range(2, 6) for start in range(len(framed) - size + 1)]
    return pieces


@cache
def version_of(language: str) -> str:
    """Return the name of the model: its language, a hash of its examples and of this file, the library's version."""
    digest = hashlib.sha256((_EXAMPLES / f"{language}.yaml").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return f"{language}-{digest.hexdigest()[:12]}-sk{version('scikit-learn')}"
