"""Why a loan has its class: the reasons in words, each with its article and how sure we are of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.features.delinquency.phrases import REASONS
from qingshou.kernel.errors import BadInput, NotCovered
from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.classification import classify, contagion_threshold
from qingshou.law.facts import ClassificationFacts
from qingshou.law.values import title_of

CONFIDENCES = {
    Confidence.READ: _("read in the text"),
    Confidence.SECONDARY: _("from a secondary source"),
    Confidence.UNVERIFIED: _("not verified"),
}
_CONTAGION = ("OWN_BANK_CONTAGION", "PULLING_EFFECT")


@dataclass(frozen=True, slots=True)
class Why:
    """One reason of a class."""

    words: object
    instrument: str
    article: str
    confidence: object
    is_unverified: bool


def why_class(loan: Any, *, jurisdiction: str, law_date: date | None) -> list[Why]:
    """Return the reasons of a loan's class by the law of its day; empty where no text covers it."""
    return list(_reasons(loan, jurisdiction, law_date or loan.as_of))


def _reasons(loan: Any, jurisdiction: str, on: date) -> Iterator[Why]:
    if loan.regulatory_reason in _CONTAGION:
        contagion = contagion_threshold(jurisdiction=jurisdiction, on=on)
        if contagion is not None:
            yield _why(loan.regulatory_reason, contagion.article)
            return
    facts = ClassificationFacts(
        overdue_days=loan.overdue_days,
        oldest_due_date=loan.oldest_due_date,
        product=loan.product,
        is_secured=bool(loan.is_secured),
    )
    try:
        verdict = classify(jurisdiction=jurisdiction, facts=facts, on=on)
    except (NotCovered, BadInput):
        return
    if verdict.value == loan.regulatory_class:  # a class that people or the tape decided has no article of days
        for reason in verdict.reasons[:1]:
            if reason.article is not None:
                yield _why(loan.regulatory_reason or reason.code, reason.article)


def _why(code: str, article: Article) -> Why:
    sure = article.confidence
    return Why(
        REASONS.get(code, code),
        title_of(article.instrument),
        article.article,
        CONFIDENCES[sure],
        sure is Confidence.UNVERIFIED,
    )
