"""Taiwan's classification."""

from datetime import date

from qingshou.law.jurisdiction import Contagion, Jurisdiction, Rung
from qingshou.law.taiwan.asset_assessment import rules
from qingshou.law.values import Taken


def _rungs(_product: str, is_secured: bool, on: date) -> list[Rung]:
    return rules.overdue_rungs(is_secured, on)


def _contagion(_on: date) -> Contagion | None:
    return None


def _day_one(on: date) -> Taken:
    return rules.LAW.value_on("day_one", on)


TAIWAN = Jurisdiction(
    code="taiwan",
    classes=rules.CLASSES,
    non_performing=rules.NON_PERFORMING,
    rungs=_rungs,
    floors=rules.floors,
    provision_rates=rules.provision_rates,
    contagion=_contagion,
    day_one=_day_one,
    month_limits=rules.month_limits,
)
