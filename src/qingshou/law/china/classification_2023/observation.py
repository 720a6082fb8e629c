"""How a restructured loan is observed: until when, and at least which class meanwhile."""

from datetime import date

from qingshou.law.china.classification_2023 import rules
from qingshou.law.facts import ClassificationFacts
from qingshou.law.restructuring_terms import Observation


def observation(facts: ClassificationFacts, on: date) -> Observation:
    """Return the observation of a restructured loan on a date, by rules.restructured_floors.

    Law     商业银行金融资产风险分类办法 (2023) arts 17-22: two periods and a year, at least 关注; again, at least 次级
    """
    period = rules.observation_period(facts, on)
    found = rules.restructured_floors(facts, on)
    worst = max(found, key=lambda one: rules.CLASSES.index(one.class_code), default=None)
    return Observation(
        observed_until=period.until_date if period else None,
        floor_class=worst.class_code if worst else "",
        reasons=tuple(one.reason for one in found),
    )
