"""Stages by the rebuttable presumptions on days past due, and by credit impairment."""

from datetime import date

from qingshou.kernel.verdict import Confidence, Verdict
from qingshou.law.jurisdiction import floor, worst
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
STAGES = ("1", "2", "3")


@rule(LAW, article="5.5.11, B5.5.20, B5.5.37", confidence=Confidence.SECONDARY)
def presumptions(on: date) -> tuple[Taken, Taken]:
    """Return the limits of stage 2 (over 30 days) and of default (from 90 days)."""
    return LAW.value_on("stage_2_overdue", on), LAW.value_on("default_overdue", on)


@rule(LAW, article="5.5.3, 5.5.5, 5.5.11", confidence=Confidence.SECONDARY)
def stage(*, overdue_days: int, is_impaired: bool, on: date) -> Verdict:
    """Return stage 1, 2 or 3; a credit-impaired asset is stage 3 whatever its days."""
    two, three = presumptions(on)
    found = [floor("1", "TWELVE_MONTH_LOSS", LAW.cite("5.5.5", Confidence.SECONDARY))]
    if two.is_met_by(overdue_days):
        found.append(floor("2", "PRESUMED_RISK_INCREASE", two.article, overdue_days=overdue_days))
    if three.is_met_by(overdue_days):
        found.append(floor("3", "PRESUMED_DEFAULT", three.article, overdue_days=overdue_days))
    if is_impaired:
        found.append(floor("3", "CREDIT_IMPAIRED", LAW.cite("5.5.3", Confidence.SECONDARY)))
    return worst(STAGES, found[1:] or found)
