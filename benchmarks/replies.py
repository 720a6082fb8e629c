"""The suggested reason of a reply: how often it is right, by five-fold cross-validation and on replies held out.

    .venv/bin/python benchmarks/replies.py [--json]

All texts are invented, those it learns from and those it is judged by: what is measured is whether the idioms of the
reasons are told apart, not how debtors of one lender write. Right on real replies will be less often. Measured: share
right and macro-F1 by language, what the floor leaves unsuggested, confusion, seconds to learn, milliseconds a reply.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy
import yaml
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

import measuring
from qingshou.features.contact.inbound import classifier
from qingshou.features.contact.inbound.language import LANGUAGES

HELD_OUT = Path(__file__).parent / "replies_held_out.yaml"
LEARN_S_MAX, REPLY_MS_MAX, RIGHT_SHARE_MIN = 5.0, 5.0, 0.70
FOLDS = 5


def held_out(language: str) -> list[tuple[str, str]]:
    """Return the held-out replies of a language with their reasons."""
    given = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))[language]
    return [(line.strip(), reason) for reason, lines in given.items() for line in lines.splitlines() if line.strip()]


def by_folds(language: str) -> dict[str, Any]:
    """Judge each fifth of the examples by what was learnt of the rest."""
    examples = classifier.examples_of(language)
    texts = numpy.array([classifier.prepared(text) for text, _reason in examples])
    wanted = numpy.array([reason for _text, reason in examples])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    with threadpool_limits(1):
        found = cross_val_predict(classifier.untrained(language), texts, wanted, cv=folds)
    return {"examples": len(examples), **scores(list(wanted), list(found))}


def scores(wanted: Sequence[str], found: Sequence[str]) -> dict[str, Any]:
    """Return the share that is right, and macro-F1."""
    right = sum(one == other for one, other in zip(wanted, found, strict=True)) / len(wanted)
    return {"right": round(right, 3), "macro_f1": round(float(f1_score(wanted, found, average="macro")), 3)}


def on_held_out(language: str) -> dict[str, Any]:
    """Judge the held-out replies; what the floor leaves without a suggestion is counted apart."""
    replies = held_out(language)
    model = classifier.model_of(language)
    likeliest = [model.classes[int(model.shares(classifier.prepared(text)).argmax())] for text, _reason in replies]
    suggested = [classifier.suggest(text, language).reason for text, _reason in replies]
    wanted = [reason for _text, reason in replies]
    told = [(one, other) for one, other in zip(wanted, suggested, strict=True) if other]
    return {
        "replies": len(replies),
        **scores(wanted, likeliest),
        "suggested": round(len(told) / len(replies), 3),
        "right_of_suggested": round(sum(one == other for one, other in told) / len(told), 3),
        "wrong": dict(confusion(told)),
    }


def confusion(told: Iterable[tuple[str, str]]) -> Iterable[tuple[str, int]]:
    """Yield 'meant > suggested' with how often, the most frequent first."""
    counts = Counter(f"{meant} > {said}" for meant, said in told if meant != said)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def reply_ms(language: str) -> float:
    """Return the processor's milliseconds a suggestion."""
    texts = [text for text, _reason in held_out(language)]
    begun = time.process_time()
    for text in texts:
        classifier.suggest(text, language)
    return (time.process_time() - begun) / len(texts) * 1000


def measure() -> dict[str, Any]:
    """Learn, then judge."""
    machine = measuring.machine()
    begun = time.process_time()
    for language in LANGUAGES:
        classifier.model_of(language)
    learn_s = round(time.process_time() - begun, 2)
    figures: dict[str, dict[str, Any]] = {
        language: {
            "version": classifier.version_of(language), "folds": by_folds(language), "held_out": on_held_out(language)
        }
        for language in LANGUAGES
    }  # fmt: skip
    slowest_ms = round(max(reply_ms(language) for language in LANGUAGES), 2)
    worst = min(one["held_out"]["right"] for one in figures.values())
    return {
        "machine": machine,
        "learn_all_cpu_s": learn_s,
        "reply_cpu_ms": slowest_ms,
        **figures,
        "met": learn_s < LEARN_S_MAX and slowest_ms < REPLY_MS_MAX and worst >= RIGHT_SHARE_MIN,
    }


def main() -> None:
    """Run as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    measuring.tell(measure(), as_json=parser.parse_args().json)


if __name__ == "__main__":
    main()
