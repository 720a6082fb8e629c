"""The word lists as they stand on disk: patterns a language, and the articles that forbid each thing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from qingshou.features.contact.templating.variables import LANGUAGES
from qingshou.kernel.verdict import Article, Confidence


@dataclass(frozen=True, slots=True)
class Rule:
    """What may not be said: one thing, in many words. `legal_stage`: how it counts once a claim is at law."""

    code: str
    level: str  # ERROR or WARNING
    pattern: re.Pattern[str]
    allow: re.Pattern[str] | None
    legal_stage: str  # ERROR, WARNING or OK


@dataclass(frozen=True, slots=True)
class WordList:
    """One language: its rules, how it denies, and what it says where something must be said."""

    language: str
    rules: tuple[Rule, ...]
    denied_before: str  # what ends right before a thing that is denied
    denied_on: str  # what stands between two things of a list that is denied
    opt_out: re.Pattern[str]
    mini_miranda: re.Pattern[str]
    debt_words: re.Pattern[str]


@cache
def word_list(language: str) -> WordList:
    """Return the list of a language; English for one that has none."""
    known = language if language in LANGUAGES else "en"
    loaded: dict[str, Any] = _loaded(f"{known}.yaml")
    between = rf"(?:{loaded['between']}|\s)*"
    return WordList(
        language=known,
        rules=tuple(_rule(one) for one in loaded["rules"]),
        denied_before=rf"(?:{loaded['negators']}){between}$",
        denied_on=rf"{between}(?:{loaded['joiners']}){between}",
        opt_out=_any(loaded["opt_out"]),
        mini_miranda=_any(loaded["mini_miranda"]),
        debt_words=_any(loaded["debt_words"]),
    )


@dataclass(frozen=True, slots=True)
class Denials:
    """How any of the languages denies: 不会 stands before words that both scripts write alike."""

    before: re.Pattern[str]
    on: re.Pattern[str]


@cache
def denials() -> Denials:
    """Return the denials of every language together."""
    lists = [word_list(language) for language in LANGUAGES]
    return Denials(_any([one.denied_before for one in lists]), _any([one.denied_on for one in lists]))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return the rules of every language."""
    return tuple(rule for language in LANGUAGES for rule in word_list(language).rules)


@cache
def article_of(code: str, jurisdiction: str) -> Article | None:
    """Return the article that forbids a thing in a place; None where we know of none.

    Only what is a fault of words falls under a place's general article ("*"): a missing part does not.
    """
    place: Mapping[str, Mapping[str, str]] = _loaded("articles.yaml").get(jurisdiction, {})
    general = place.get("*") if code in FORBIDDEN else None
    found = place.get(code, general)
    return Article(found["instrument"], found["article"], Confidence(found["confidence"])) if found else None


# what laws and codes of conduct forbid as such; the rest of the codes is our own care
FORBIDDEN = frozenset({
    "ARREST", "VIOLENCE", "FALSE_AUTHORITY", "BLACKLIST", "SHAMING", "THIRD_PERSONS", "NEW_DEBT", "INSULT",
    "EXTRA_FEES", "MISLEADING", "TELLS_OF_DEBT",
})  # fmt: skip


@cache
def _loaded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("words", name).read_text("utf-8"))
    return loaded


def _rule(one: Mapping[str, Any]) -> Rule:
    allow = _any(one["allow"]) if "allow" in one else None
    return Rule(one["code"], one["level"], _any(one["patterns"]), allow, one.get("legal_stage", one["level"]))


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
