"""China's classification: the text in force on the date, the card ladder beside it, the worse class taken."""

from datetime import date

from qingshou.law.china.card_2011 import rules as card
from qingshou.law.china.classification_2023 import rules as now
from qingshou.law.china.guideline_2007 import rules as before
from qingshou.law.china.provisions_2002 import rules as provisions
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Contagion, Floor, Jurisdiction, Rung, ladder_floor, worse_of
from qingshou.law.values import Instrument, Taken, in_force_on

_TEXTS = (before.LAW, now.LAW)


def _text_on(on: date) -> Instrument:
    return in_force_on(_TEXTS, on, "china.classification")


def _general_rungs(on: date) -> list[Rung]:
    return now.overdue_rungs(on) if _text_on(on) is now.LAW else before.overdue_rungs(on)


def _has_card_ladder(product: str, on: date) -> bool:
    return product == card.PRODUCT and on in card.LAW.in_force


def _rungs(product: str, _is_secured: bool, on: date) -> list[Rung]:
    general = _general_rungs(on)
    if not _has_card_ladder(product, on):
        return general
    return worse_of(general, card.overdue_rungs(on), now.CLASSES)


def _floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    found = []
    if _text_on(on) is now.LAW:
        found.append(now.overdue_floor(facts, overdue_days, on))
        found += now.debtor_floors(facts, on)
        found += now.contagion_floors(facts, on)
        found += now.restructured_floors(facts, on)
        found += now.upgrade_floors(facts, on)
    else:
        found.append(ladder_floor(before.overdue_rungs(on), overdue_days))
        found += before.debtor_floors(facts, overdue_days)
        found += before.restructured_floors(facts, overdue_days, on)
    if _has_card_ladder(facts.product, on):
        found.append(ladder_floor(card.overdue_rungs(on), overdue_days, "CARD_OVERDUE_DAYS"))
    return found


def _contagion(on: date) -> Contagion | None:
    return now.own_bank_contagion(on) if _text_on(on) is now.LAW else None


def _day_one(on: date) -> Taken:
    return _text_on(on).value_on("day_one", on)


CHINA = Jurisdiction(
    code="china",
    classes=now.CLASSES,
    non_performing=now.NON_PERFORMING,
    rungs=_rungs,
    floors=_floors,
    provision_rates=provisions.rates,
    contagion=_contagion,
    day_one=_day_one,
)
