"""The register of rules: each rule function declares the text it applies, and coverage lists them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from qingshou.kernel.verdict import Article, Confidence
from qingshou.law.values import Instrument

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule function and the article it applies."""

    id: str
    law: Instrument
    article: Article


_RULES: dict[str, Rule] = {}


def rule(law: Instrument, *, article: str, confidence: Confidence) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Enter a function in the register under its instrument; two rules of one name are a fault of ours."""

    def enter(judge: Callable[P, R]) -> Callable[P, R]:
        rule_id = f"{law.id}.{judge.__name__}"
        if rule_id in _RULES:
            raise ValueError(f"the rule {rule_id} is entered twice")
        _RULES[rule_id] = Rule(rule_id, law, law.cite(article, confidence))
        return judge

    return enter


def entered_rules() -> tuple[Rule, ...]:
    """Return the rules entered so far, by id (law.coverage imports every rules.py first)."""
    return tuple(_RULES[key] for key in sorted(_RULES))
