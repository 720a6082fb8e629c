"""Reads the spec tables beside the mirrored law folders: one YAML file a question, one case a line."""

import re
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from qingshou.law.classification import ClassificationFacts

HERE = Path(__file__).parent
DECIMAL_FACTS = {one.name for one in fields(ClassificationFacts) if "Decimal" in str(one.type)}
FACTS = {one.name for one in fields(ClassificationFacts)}
SHORT = {"days": "overdue_days", "due": "oldest_due_date"}


class _Loader(yaml.SafeLoader):
    """YAML in which `on` is a word, not a truth value: only true and false are."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def cases(name: str) -> Iterator[Any]:
    """Yield every case of the tables of one name as (id, case), the file's own settings filled in."""
    for path in sorted(HERE.rglob(f"{name}.yaml")):
        table = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
        common = {key: value for key, value in table.items() if key != "cases"}
        for number, case in enumerate(table["cases"], 1):
            yield f"{path.parent.relative_to(HERE)}:{number}", {**common, **case}


def facts_of(case: dict[str, Any]) -> ClassificationFacts:
    """Make the facts of a case: everything in it that is a fact."""
    named = {SHORT.get(key, key): value for key, value in case.items()}
    given = {key: named[key] for key in FACTS & named.keys()}
    for key in DECIMAL_FACTS & given.keys():
        given[key] = Decimal(given[key])
    if "missed_payment_dates" in given:
        given["missed_payment_dates"] = tuple(given["missed_payment_dates"])
    return ClassificationFacts(**given)


def known_keys(case: dict[str, Any], *more: str) -> None:
    """Stop on a misspelt key: a case that is not asked must not pass."""
    unknown = case.keys() - FACTS - SHORT.keys() - {"jurisdiction", "on", *more}
    assert not unknown, f"unknown keys {unknown}"
