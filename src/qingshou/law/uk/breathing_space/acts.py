"""Which debts a moratorium covers, and what a creditor may do about them while it lasts."""

from datetime import date

from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.register import rule
from qingshou.law.values import beside

LAW = beside(__file__)

# What a creditor may want to do, with the answer and the provision. A court may permit enforcement and instructing an
# agent to enforce (7(2)(b)); not interest, fees and penalties (7(3)), and contact has its own bar (11(1), 7(15)).
_ENFORCEMENT = {
    "ENFORCE": "7(6)(c), 7(12)",
    "INSTRUCT_AGENT": "7(6)(d), 7(12)",
    "COLLECT": "7(7)(a), 7(12)",
    "ENFORCE_JUDGMENT": "7(7)(b), 7(12)",
    "ENFORCE_SECURITY": "7(7)(c), 7(12)",
    "OBTAIN_WARRANT": "7(7)(d), 7(12)",
    "SELL_OR_TAKE_GOODS": "7(7)(e), 7(12)",
    "START_PROCEEDINGS": "7(7)(f), 7(12)",
    "PRESENT_BANKRUPTCY_PETITION": "7(7)(f), 7(8), 7(12)",
    "APPLY_FOR_DEFAULT_JUDGMENT": "7(7)(g), 7(12)",
    "DISCONNECT_SUPPLY": "7(7)(i), 7(12)",
    "SERVE_POSSESSION_NOTICE": "7(7)(j), 7(12)",
    "COLLECT_FROM_JOINT_DEBTOR": "7(7)(n), 7(12)",
    "CONTINUE_ENFORCEMENT_IN_COURT": "10(5), 10(8)",
}
_NEVER = {
    "DEMAND_PAYMENT": "7(7)(l), 11(1), 7(12)",
    "CHARGE_INTEREST_OR_FEES": "7(6)(a), 7(6)(b), 7(10)(a)",
    "TREAT_NON_PAYMENT_OF_INTEREST_AS_DEFAULT": "7(10)(b)",
    "CONTINUE_BANKRUPTCY_PETITION": "10(2)(a)",
}
_ALLOWED = {
    "COLLECT_FROM_GUARANTOR_ONLY": "2(1)",
    "CONTACT_ADVISER": "11(2)(a)",
    "CONTACT_ABOUT_OTHER_MATTERS": "11(2)(b)(i)",
    "CONTACT_ABOUT_ONGOING_LIABILITY": "11(2)(b)(i)",
    "ANSWER_DEBTOR_REQUEST": "11(2)(b)(ii)",
    "ANSWER_COMPLAINT": "11(2)(b)(iii)",
    "ANSWER_QUERY": "11(2)(b)(iii)",
    "CONTACT_ABOUT_COURT_CASE": "11(2)(b)(iv), 10",
    "SEND_STATUTORY_STATEMENT": "11(2)(b)(v)",
    "CONTINUE_COURT_CASE_TO_JUDGMENT": "10(3)",
    "ENTER_JUDGMENT_ON_ADMISSION": "10(4)",
    "KEEP_EARLIER_CHARGING_ORDER": "7(13)(a)",
    "KEEP_EARLIER_ATTACHMENT_OF_EARNINGS": "7(13)(b)",
}
_ACTS = (*_ENFORCEMENT, *_NEVER, *_ALLOWED)
# Debts that are no qualifying debts (5(4)), with the paragraph; every other debt or liability is one (5(1)).
_NOT_ELIGIBLE = {
    "SECURED_BEYOND_ARREARS": "5(4)(a)",
    "BUSINESS_OF_VAT_REGISTERED_OR_PARTNER": "5(4)(b)",
    "FRAUD": "5(4)(c)",
    "COURT_FINE": "5(4)(d)",
    "CONFISCATION_ORDER": "5(4)(e)",
    "FAMILY_OR_CHILD_MAINTENANCE": "5(4)(f)",
    "SOCIAL_FUND_LOAN": "5(4)(g)",
    "STUDENT_LOAN": "5(4)(h)",
    "PERSONAL_INJURY_DAMAGES": "5(4)(i)",
    "UNIVERSAL_CREDIT_ADVANCE": "5(4)(j)",
    "COUNCIL_TAX_NOT_YET_DUE": "5(4)(k)",
    "BUSINESS_RATES_NOT_YET_DUE": "5(4)(l)",
}
_ELIGIBLE = {
    "SECURED_ARREARS": "5(4)(a)",
    "COURT_JUDGMENT": "5(3)(a)(ii)",
    "CROWN": "5(3)(b)",
    "OTHER": "5(1)",
}


@rule(LAW, article="7, 10, 11", confidence=Confidence.READ)
def may_do(*, act: str, on: date, has_court_permission: bool = False) -> Verdict:
    """Tell whether a creditor may do an act during a moratorium: ALLOWED or PROHIBITED.

    Takes   has_court_permission  a court has permitted this step: counts for enforcement, never for interest and fees
    """
    if act not in _ACTS:
        raise BadInput(f"'{act[:40]}' is not an act this text speaks of: use one of {', '.join(_ACTS)}.")
    LAW.value_on("length", on)
    if act in _ALLOWED:
        return _verdict("ALLOWED", act, _ALLOWED[act])
    if act in _ENFORCEMENT and has_court_permission:
        return Verdict("ALLOWED", (Reason("COURT_PERMITS", {"act": act}, LAW.cite("7(2)(b), 7(5)", Confidence.READ)),))
    return _verdict("PROHIBITED", act, _ENFORCEMENT.get(act) or _NEVER[act])


@rule(LAW, article="5", confidence=Confidence.READ)
def is_qualifying(*, debt: str, on: date) -> Verdict:
    """Tell whether a kind of debt can be put under a moratorium: QUALIFYING or NOT_QUALIFYING."""
    if debt not in {**_NOT_ELIGIBLE, **_ELIGIBLE}:
        raise BadInput(f"'{debt[:40]}' is not a kind of debt: use one of {', '.join((*_ELIGIBLE, *_NOT_ELIGIBLE))}.")
    LAW.value_on("length", on)
    if debt in _ELIGIBLE:
        return _verdict("QUALIFYING", debt, _ELIGIBLE[debt])
    return _verdict("NOT_QUALIFYING", debt, _NOT_ELIGIBLE[debt])


def _verdict(value: str, code: str, article: str) -> Verdict:
    return Verdict(value, (Reason(code, {}, LAW.cite(article, Confidence.READ)),))
