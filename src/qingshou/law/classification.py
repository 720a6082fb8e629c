"""The front door to classification: one loan's class, and the same values as data for the columnar engine."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from qingshou.kernel.days import days_between
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Article, Confidence, Verdict
from qingshou.law.facts import ClassificationFacts
from qingshou.law.ifrs9.standard import rules as ifrs9
from qingshou.law.jurisdiction import Contagion, DueRung, Jurisdiction, Rung, worst
from qingshou.law.months import latest_due_date_past
from qingshou.law.places import PLACES

__all__ = [
    "ClassificationFacts",
    "Contagion",
    "DueRung",
    "Ifrs9Thresholds",
    "Rung",
    "classify",
    "contagion_threshold",
    "day_one_convention",
    "deciding_confidence",
    "due_date_ladder",
    "ifrs9_stage",
    "ifrs9_thresholds",
    "jurisdictions",
    "ladder",
    "non_performing_classes",
    "ordered_classes",
    "overdue_days_on",
    "provision_rates",
]


class Ifrs9Thresholds(NamedTuple):
    """From so many overdue days on, stage 2 and stage 3 are presumed; both presumptions can be rebutted."""

    stage_2_min_overdue_days: int
    stage_3_min_overdue_days: int
    stage_2_article: Article
    stage_3_article: Article


def classify(*, jurisdiction: str, facts: ClassificationFacts, on: date) -> Verdict:
    """Return the regulatory class of one loan on a date.

    Takes   jurisdiction  china, taiwan, hongkong, india, eu or us
            facts         what is known of the loan; overdue_days or oldest_due_date must be known
            on            date of judgement; selects the law in force
    Gives   Verdict       class code, every reason found (those that decided first), articles, confidence
    Stops   NotCovered    no text entered for the place or the date
            BadInput      days unknown or negative
    """
    place = _place(jurisdiction)
    return worst(place.classes, place.floors(facts, _overdue_days(place, facts, on), on))


def deciding_confidence(verdict: Verdict) -> Confidence:
    """Return how sure the class itself is: of the reasons that each alone call for it, the surest.

    Verdict.confidence is the weakest of all articles named; a doubtful second reason does not weaken a class that a
    text which was read already gives.
    """
    order = list(Confidence)
    deciding = [
        reason.article.confidence
        for reason in verdict.reasons
        if reason.article is not None and reason.fields.get("class") == verdict.value
    ]
    return min(deciding, key=order.index, default=Confidence.UNVERIFIED)


def ladder(*, jurisdiction: str, product: str, is_secured: bool, on: date) -> tuple[Rung, ...]:
    """Return the day thresholds as data: (min_overdue_days, class_code, article), rising, the first from day 0.

    Where a text counts in months (Taiwan, Hong Kong) a month is 30 days here; classify() uses calendar months when
    the oldest due date is known.
    """
    return tuple(_place(jurisdiction).rungs(product, is_secured, on))


def due_date_ladder(*, jurisdiction: str, product: str, is_secured: bool, on: date) -> tuple[DueRung, ...]:
    """Return the thresholds as due dates: (latest_due_date, class_code, article), each class worse than the one before.

    A loan whose oldest unpaid due date lies on or before a date has reached that class. Exact where a text counts in
    calendar months, and the same as ladder() where it counts in days. The best class has no rung.
    """
    place = _place(jurisdiction)
    first = place.day_one(on).whole
    in_months = place.month_limits(is_secured, on)
    return tuple(
        DueRung(
            latest_due_date_past(in_months[one.class_code], on)
            if one.class_code in in_months
            else on - timedelta(days=one.min_overdue_days - first),
            one.class_code,
            one.article,
        )
        for one in place.rungs(product, is_secured, on)[1:]
    )


def provision_rates(*, jurisdiction: str, on: date) -> dict[str, Decimal]:
    """Return the least provision of each class as a fraction of the balance; empty where the place has no table."""
    return {name: taken.number for name, taken in _place(jurisdiction).provision_rates(on).items()}


def contagion_threshold(*, jurisdiction: str, on: date) -> Contagion | None:
    """Return when a borrower's bad loans make the borrower's others at the lender bad; None where no text says so."""
    return _place(jurisdiction).contagion(on)


def ifrs9_thresholds(*, on: date) -> Ifrs9Thresholds:
    """Return the day thresholds of the rebuttable presumptions of IFRS 9."""
    two, three = ifrs9.presumptions(on)
    return Ifrs9Thresholds(two.first_whole, three.first_whole, two.article, three.article)


def ifrs9_stage(*, overdue_days: int, is_impaired: bool = False, on: date) -> Verdict:
    """Return the IFRS 9 stage ('1', '2' or '3') with its reasons."""
    return ifrs9.stage(overdue_days=overdue_days, is_impaired=is_impaired, on=on)


def day_one_convention(*, jurisdiction: str, on: date) -> int:
    """Return what to add to the days elapsed since the due date: 0, or 1 where the due date itself is day 1."""
    return _place(jurisdiction).day_one(on).whole


def overdue_days_on(*, jurisdiction: str, oldest_due_date: date, on: date) -> int:
    """Count overdue days by the jurisdiction's convention; 0 before the due date."""
    return max(0, days_between(oldest_due_date, on) + day_one_convention(jurisdiction=jurisdiction, on=on))


def non_performing_classes(jurisdiction: str) -> frozenset[str]:
    """Return the classes that count as non-performing."""
    return _place(jurisdiction).non_performing


def ordered_classes(jurisdiction: str) -> tuple[str, ...]:
    """Return the jurisdiction's classes, best first."""
    return _place(jurisdiction).classes


def jurisdictions() -> tuple[str, ...]:
    """Return the codes of the jurisdictions that classify."""
    return tuple(PLACES)


def _place(code: str) -> Jurisdiction:
    place = PLACES.get(code)
    if place is None:
        raise BadInput(
            f"'{code[:20]}' is not a jurisdiction with a classification: use one of {', '.join(PLACES)}.",
            jurisdiction=code[:20],
        )
    return place


def _overdue_days(place: Jurisdiction, facts: ClassificationFacts, on: date) -> int:
    if facts.overdue_days is not None:
        if facts.overdue_days < 0:
            raise BadInput(f"Overdue days cannot be negative ({facts.overdue_days}): give 0 for a loan not overdue.")
        return facts.overdue_days
    if facts.oldest_due_date is None:
        raise BadInput("The class needs the overdue days or the oldest unpaid due date: give one of them.")
    if facts.oldest_due_date > on:
        return 0
    return days_between(facts.oldest_due_date, on) + place.day_one(on).whole
