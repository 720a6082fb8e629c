"""What a rule answers: a value with every reason, each with its article. Codes only; words are made at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Confidence(StrEnum):
    """How sure we are of a value of law."""

    READ = "read"  # the statute's text was read
    SECONDARY = "secondary"  # read in an article, a news item or somebody's code
    UNVERIFIED = "unverified"  # from general knowledge, unconfirmed: shown as such wherever it decides something


@dataclass(frozen=True, slots=True)
class Article:
    """One place in one instrument, with our confidence in the value taken from it."""

    instrument: str
    article: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is what it is: a stable code, the facts it speaks of, and the article relied on."""

    code: str
    fields: Mapping[str, object] = field(default_factory=dict)
    article: Article | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged value with all its reasons."""

    value: str
    reasons: tuple[Reason, ...] = ()

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles relied on, each once, in the order of the reasons."""
        return tuple(dict.fromkeys(reason.article for reason in self.reasons if reason.article is not None))

    @property
    def confidence(self) -> Confidence:
        """The weakest confidence among the articles relied on; unverified where there is none."""
        order = list(Confidence)
        return max((article.confidence for article in self.articles), key=order.index, default=Confidence.UNVERIFIED)
