"""The European Union's classification."""

from collections.abc import Mapping
from datetime import date

from qingshou.law.eu.crr import rules
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Floor, Jurisdiction, Rung
from qingshou.law.values import Taken


def _rungs(_product: str, _is_secured: bool, on: date) -> list[Rung]:
    return rules.overdue_rungs(on)


def _floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    return [
        rules.overdue_floor(facts, overdue_days, on),
        *rules.other_floors(facts, overdue_days, on),
        *rules.exit_floors(facts, overdue_days, on),
    ]


def _no_provision_table(_on: date) -> Mapping[str, Taken]:
    return {}


def _day_one(on: date) -> Taken:
    return rules.LAW.value_on("day_one", on)


EU = Jurisdiction(
    code="eu",
    classes=rules.CLASSES,
    non_performing=rules.NON_PERFORMING,
    rungs=_rungs,
    floors=_floors,
    provision_rates=_no_provision_table,
    contagion=rules.pulling_effect,
    day_one=_day_one,
)
