"""Hong Kong's classification."""

from collections.abc import Mapping
from datetime import date

from qingshou.law.hongkong.loan_classification import rules
from qingshou.law.jurisdiction import Contagion, Jurisdiction, Rung
from qingshou.law.values import Taken


def _rungs(_product: str, _is_secured: bool, on: date) -> list[Rung]:
    return rules.overdue_rungs(on)


def _no_provision_table(_on: date) -> Mapping[str, Taken]:
    return {}


def _contagion(_on: date) -> Contagion | None:
    return None


def _day_one(on: date) -> Taken:
    return rules.LAW.value_on("day_one", on)


def _month_limits(_is_secured: bool, on: date) -> Mapping[str, Taken]:
    return rules.month_limits(on)


HONGKONG = Jurisdiction(
    code="hongkong",
    classes=rules.CLASSES,
    non_performing=rules.NON_PERFORMING,
    rungs=_rungs,
    floors=rules.floors,
    provision_rates=_no_provision_table,
    contagion=_contagion,
    day_one=_day_one,
    month_limits=_month_limits,
)
