"""Performing or non-performing: days past due with materiality, pulling, cure and probation."""

from datetime import date

from qingshou.kernel.days import add_months
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Contagion, Floor, Rung, floor, rung
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
CLASSES = ("PERFORMING", "NON_PERFORMING")
NON_PERFORMING = frozenset({"NON_PERFORMING"})


@rule(LAW, article="178(1)(b)", confidence=Confidence.READ)
def overdue_rungs(on: date) -> list[Rung]:
    """Return the ladder by overdue days, every arrears taken as material."""
    return [
        Rung(0, "PERFORMING", LAW.cite("47a(3)", Confidence.READ)),
        rung(LAW, "default_overdue", "NON_PERFORMING", on),
    ]


@rule(LAW, article="2018/171 arts 1, 2", confidence=Confidence.READ)
def materiality_limits(borrower_kind: str, on: date) -> tuple[Taken, Taken]:
    """Return the absolute and the relative limit; arrears are material when both are exceeded."""
    value_id = "material_amount_retail" if borrower_kind == "RETAIL" else "material_amount_other"
    return LAW.value_on(value_id, on), LAW.value_on("material_share", on)


def is_material(facts: ClassificationFacts, on: date) -> bool | None:
    """Tell whether today's arrears exceed both limits; None where arrears or exposure are unknown."""
    if facts.arrears is None or facts.exposure is None:
        return None
    amount, share = materiality_limits(facts.borrower_kind, on)
    return amount.is_met_by(facts.arrears) and share.is_met_by_share(facts.arrears, facts.exposure)


@rule(LAW, article="178(1)(b); 2018/171 arts 1(5), 2(4)", confidence=Confidence.READ)
def overdue_floor(facts: ClassificationFacts, overdue_days: int, on: date) -> Floor:
    """Judge the days: over 90 past due, and both limits exceeded for 90 consecutive days.

    The count of material days is taken as given; where only today's amounts are known, arrears that are material
    today are taken as material since the due date, and unknown amounts as material (the stricter reading, named in
    the reason).
    """
    limit, material = LAW.value_on("default_overdue", on), LAW.value_on("material_days", on)
    fields: dict[str, object] = {"overdue_days": overdue_days}
    if not limit.is_met_by(overdue_days):
        return floor("PERFORMING", "OVERDUE_DAYS", limit.article, **fields)
    if facts.material_overdue_days is not None:
        fields["material_overdue_days"] = facts.material_overdue_days
        if material.is_met_by(facts.material_overdue_days):
            return floor("NON_PERFORMING", "MATERIAL_OVERDUE_DAYS", material.article, **fields)
        return floor("PERFORMING", "NOT_MATERIAL_LONG_ENOUGH", material.article, **fields)
    match is_material(facts, on):
        case False:
            return floor("PERFORMING", "BELOW_MATERIALITY", material.article, **fields)
        case True:
            return floor("NON_PERFORMING", "MATERIAL_SINCE_DUE_DATE_ASSUMED", limit.article, **fields)
        case _:
            return floor("NON_PERFORMING", "MATERIALITY_ASSUMED", limit.article, **fields)


@rule(LAW, article="47a(3) last sentence", confidence=Confidence.READ)
def pulling_effect(on: date) -> Contagion:
    """Return when one exposure of an obligor pulls all the others in."""
    limit = LAW.value_on("pulling_share", on)
    return Contagion(limit.number, "OVERDUE_OVER_90", "NON_PERFORMING", frozenset(), limit.article)


@rule(LAW, article="47a(3)", confidence=Confidence.READ)
def other_floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return what impairment, pulling and a broken probation call for."""
    found = []
    if facts.is_impaired:
        found.append(floor("NON_PERFORMING", "IMPAIRED", LAW.cite("47a(3)(b)", Confidence.READ)))
    pulling = LAW.value_on("pulling_share", on)
    share = facts.own_overdue_over_90_share
    if share is not None and pulling.is_met_by(share):
        found.append(floor("NON_PERFORMING", "PULLING_EFFECT", pulling.article, share=share, limit=pulling.number))
    broken = LAW.value_on("probation_overdue", on)
    if facts.is_on_probation and (facts.is_restructured_again or broken.is_met_by(overdue_days)):
        found.append(floor("NON_PERFORMING", "PROBATION_BROKEN", broken.article, overdue_days=overdue_days))
    return found


@rule(LAW, article="47a(4), 47a(6)", confidence=Confidence.READ)
def exit_floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return what holds a non-performing exposure there: forborne, until a year is over with nothing past due."""
    if facts.previous_class not in NON_PERFORMING or not facts.is_restructured:
        return []
    cure = cure_date(facts, on)
    if cure is not None and on >= cure and overdue_days == 0 and not facts.is_still_in_difficulty:
        return []
    article = LAW.value_on("cure_months", on).article
    return [floor("NON_PERFORMING", "CURE_NOT_MET", article, cure_date=cure, overdue_days=overdue_days)]


def cure_date(facts: ClassificationFacts, on: date) -> date | None:
    """Return the first day on which a forborne exposure can leave: a year from the later of the two dates."""
    known = [day for day in (facts.restructured_date, facts.non_performing_date) if day is not None]
    return add_months(max(known), LAW.value_on("cure_months", on).whole) if known else None


@rule(LAW, article="47a(7)", confidence=Confidence.READ)
def probation(*, cured_date: date, has_paid_regularly: bool, max_overdue_days: int, on: date) -> Verdict:
    """Tell whether probation after cure is over: two years, regular payments for half of it, nothing over 30 days."""
    months = LAW.value_on("probation_months", on)
    broken = LAW.value_on("probation_overdue", on)
    until = add_months(cured_date, months.whole)
    tests = {"PROBATION_TIME": on >= until, "REGULAR_PAYMENTS": has_paid_regularly}
    reasons = [Reason(code, {"met": met, "until": until}, months.article) for code, met in tests.items()]
    is_clean = not broken.is_met_by(max_overdue_days)
    reasons.append(
        Reason("NOTHING_OVER_LIMIT", {"met": is_clean, "max_overdue_days": max_overdue_days}, broken.article)
    )
    return Verdict("ENDED" if all(tests.values()) and is_clean else "RUNNING", tuple(reasons))
