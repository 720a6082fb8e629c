"""Classes I to V by months past the due date and by security."""

from datetime import date

from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.facts import ClassificationFacts
from qingshou.law.jurisdiction import Floor, Rung, floor
from qingshou.law.months import days_past_months, is_past_months
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
CLASSES = ("I", "II", "III", "IV", "V")
# Art. 3 calls II to V bad assets; overdue loans (art. 7) begin at three months, which is where III begins unsecured.
NON_PERFORMING = frozenset({"III", "IV", "V"})


def month_limits(is_secured: bool, on: date) -> dict[str, Taken]:
    """Return the limits in months by class."""
    value_ids = (
        {"II": "class_ii_months", "III": "class_iii_secured_months"}
        if is_secured
        else {
            "II": "class_ii_months",
            "III": "class_iii_unsecured_months",
            "IV": "class_iv_unsecured_months",
            "V": "class_v_unsecured_months",
        }
    )
    return {class_code: LAW.value_on(value_id, on) for class_code, value_id in value_ids.items()}


@rule(LAW, article="4", confidence=Confidence.READ)
def overdue_rungs(is_secured: bool, on: date) -> list[Rung]:
    """Return the ladder in days, a month taken as 30 days."""
    first = Rung(0, "I", LAW.cite("3", Confidence.READ))
    return [
        first,
        *(Rung(days_past_months(limit), name, limit.article) for name, limit in month_limits(is_secured, on).items()),
    ]


@rule(LAW, article="4", confidence=Confidence.READ)
def floors(facts: ClassificationFacts, overdue_days: int, on: date) -> list[Floor]:
    """Return the class by months past due (calendar months where the due date is known) and by the debtor's state."""
    LAW.value_on("day_one", on)  # refuses outside the dates even for a loan that is not overdue
    reached = floor("I", "OVERDUE_MONTHS", LAW.cite("3", Confidence.READ), overdue_days=overdue_days)
    for class_code, limit in month_limits(facts.is_secured, on).items():
        is_past, convention = is_past_months(
            limit, overdue_days=overdue_days, oldest_due_date=facts.oldest_due_date, on=on
        )
        if is_past:
            fields = {"overdue_days": overdue_days, "over_months": limit.whole, "month_convention": convention}
            reached = floor(class_code, "OVERDUE_MONTHS", limit.article, **fields)
    found = [reached]
    if facts.is_uncollectable:
        found.append(floor("V", "UNCOLLECTABLE", LAW.cite("4(4)", Confidence.READ)))
    if facts.has_other_weakness:
        found.append(floor("II", "OTHER_CREDIT_WEAKNESS", LAW.cite("4(1)", Confidence.READ)))
    if facts.is_restructured:
        found.append(floor("II", "AGREED_INSTALMENTS", LAW.cite("4 II", Confidence.READ)))
    return found


@rule(LAW, article="7", confidence=Confidence.READ)
def overdue_loan(facts: ClassificationFacts, overdue_days: int, on: date) -> Verdict:
    """Tell whether a loan is reported as overdue (逾期放款): over three months, or pursued earlier."""
    limit = LAW.value_on("overdue_loan_months", on)
    is_past, convention = is_past_months(limit, overdue_days=overdue_days, oldest_due_date=facts.oldest_due_date, on=on)
    if is_past:
        return Verdict("OVERDUE_LOAN", (Reason("OVERDUE_MONTHS", {"month_convention": convention}, limit.article),))
    if facts.is_sued and overdue_days > 0:
        return Verdict("OVERDUE_LOAN", (Reason("PURSUED", {}, limit.article),))
    return Verdict("NOT_OVERDUE_LOAN", (Reason("OVERDUE_MONTHS", {"month_convention": convention}, limit.article),))


@rule(LAW, article="5", confidence=Confidence.READ)
def provision_rates(on: date) -> dict[str, Taken]:
    """Return each class's least provision."""
    return {class_code: LAW.value_on(f"provision_{class_code.lower()}", on) for class_code in CLASSES}
