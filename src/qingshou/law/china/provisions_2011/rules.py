"""Loan provision ratio and coverage ratio: the stricter binds."""

from datetime import date
from decimal import Decimal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)


@rule(LAW, article="7", confidence=Confidence.READ)
def provision_standard(
    *, provisions: Decimal, loans: Decimal, non_performing: Decimal, is_strict: bool = False, on: date
) -> Verdict:
    """Judge a book's provisions against both ratios; the one that asks for more binds.

    Takes   provisions, loans, non_performing   amounts in one currency
            is_strict                           use the upper end of the range that exists since 2018
    Gives   Verdict  MET or NOT_MET; one reason per ratio with the least amount it asks for
    """
    if loans < 0 or non_performing < 0 or non_performing > loans:
        raise BadInput("Non-performing loans must lie between 0 and all loans: check the amounts.")
    reasons = []
    for name, base in (("loan_provision_ratio", loans), ("coverage_ratio", non_performing)):
        value_id = f"{name}_min"
        if is_strict and LAW.has_value_on(f"{name}_range_end", on):
            value_id = f"{name}_range_end"
        ratio = LAW.value_on(value_id, on)
        least = base * ratio.number
        fields = {"ratio": ratio.number, "least": least, "met": ratio.is_met_by_share(provisions, base)}
        reasons.append(Reason(name.upper(), fields, ratio.article))
    reasons.sort(key=lambda one: bool(one.fields["met"]))
    return Verdict("MET" if all(one.fields["met"] for one in reasons) else "NOT_MET", tuple(reasons))
