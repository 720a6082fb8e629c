"""Words of promises and plans: states, ends, reasons, and what is recorded of them."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions, register_reasons
from qingshou.features.repayment.phrases.documents import REFUSED as DOCUMENTS_REFUSED

ACTIONS = {
    "PROMISE_RECORDED": _("Promise on file"),
    "PROMISE_KEPT": _("Promise kept"),
    "PROMISE_BROKEN": _("Promise not kept"),
    "PROMISE_REOPENED": _("Promise open again: money was taken back"),
    "PROMISE_CANCELLED": _("Promise taken back"),
    "PROMISE_INVALIDATED": _("Promise struck out"),
    "PLAN_PROPOSED": _("Plan made"),
    "PLAN_APPROVED": _("Plan approved"),
    "PLAN_ACCEPTED": _("Plan accepted by the debtor"),
    "PLAN_CODE_SENT": _("Code for a plan sent"),
    "PLAN_CODE_REFUSED": _("Wrong code for a plan"),
    "PLAN_CANCELLED": _("Plan taken back"),
    "PLAN_SUPERSEDED": _("Plan replaced by another"),
    "PLAN_EXPIRED": _("Plan not accepted in time"),
    "PLAN_BROKEN": _("Plan broken"),
    "PLAN_CURED": _("Break of a plan made good"),
    "PLAN_CURE_OVER": _("Time to make good a broken plan is over"),
    "PLAN_KEPT": _("Plan kept"),
    "PLAN_REOPENED": _("Plan open again: money was taken back"),
    "INSTALMENT_PAID": _("Instalment of a plan paid"),
    "INSTALMENT_MISSED": _("Instalment of a plan missed"),
    "LOAN_WAIVER_TAKEN_BACK": _("What was given up is owed again: money was taken back"),
    "AGREEMENT_MADE": _("Agreement drawn up"),
    "NEGOTIATION_OFFERED": _("Negotiation: offered"),
    "NEGOTIATION_COUNTERED": _("Negotiation: counter-offer"),
    "NEGOTIATION_ACCEPTED": _("Negotiation: accepted"),
    "NEGOTIATION_REFUSED": _("Negotiation: refused"),
    "NEGOTIATION_WITHDRAWN": _("Negotiation: offer withdrawn"),
    "NEGOTIATION_SAID": _("Negotiation: said"),
}
register_actions(ACTIONS)

APPROVALS = {"PLAN": _("Plan beyond the limits of a role")}

PROMISE_KINDS = {
    "ARREARS": _("All that is overdue"),
    "PART": _("A part"),
    "SETTLEMENT": _("A settlement"),
    "FIRST_OF_PLAN": _("First payment of a plan"),
}
PROMISE_STATES = {
    "OPEN": _("Open"),
    "KEPT": _("Kept"),
    "BROKEN": _("Not kept"),
    "CANCELLED": _("Taken back"),
    "INVALIDATED": _("Struck out"),
}
PLAN_KINDS = {"PLAN": _("Instalment plan"), "SETTLEMENT": _("Settlement")}
PLAN_STATES = {
    "AWAITING_APPROVAL": _("Waits for approval"),
    "AWAITING_ACCEPTANCE": _("Waits for the debtor"),
    "ACTIVE": _("In force"),
    "BROKEN": _("Broken"),
    "KEPT": _("Kept"),
    "CANCELLED": _("Taken back"),
    "SUPERSEDED": _("Replaced"),
    "EXPIRED": _("Not accepted in time"),
}
INSTALMENT_STATES = {
    "DUE": _("Not due yet"),
    "PAID": _("Paid"),
    "LATE": _("Late, within grace"),
    "MISSED": _("Missed"),
    "DROPPED": _("No longer asked for"),
}
END_REASONS = {
    "THRESHOLD_REACHED": _("Enough came in time"),
    "NOT_PAID_IN_TIME": _("Not enough came in time"),
    "DEBTOR_WITHDREW": _("The debtor cannot keep it"),
    "LENDER_WITHDREW": _("We took it back"),
    "REPLACED": _("Another one took its place"),
    "PLAN_AGREED": _("A plan was agreed"),
    "STOP_PLACED": _("Collection was stopped"),
    "WRONG_AMOUNT": _("The amount was wrong"),
    "WRONG_PERSON": _("It was another person"),
    "WRONG_DATE": _("The date was wrong"),
    "NOT_SAID": _("It was never said"),
    "BY_AGREEMENT": _("By agreement"),
    "WRONG_TERMS": _("The terms were wrong"),
    "NOT_APPROVED": _("Not approved"),
    "SUPERSEDED": _("A new plan took its place"),
    "NOT_ACCEPTED": _("Nobody accepted it in time"),
    "SETTLED": _("All of it paid"),
    "PAID_EARLY": _("Paid off early"),
    "CURE_OVER": _("Not made good in time"),
    "TOO_MANY_MISSED": _("Too many instalments missed in a row"),
    "TOO_MUCH_UNPAID": _("Too much unpaid"),
    "UNSETTLED_AT_END": _("Not settled at its end"),
}
register_reasons(END_REASONS, of=[code for code in ACTIONS if code.startswith(("PROMISE_", "PLAN_"))])
REFUSALS = {
    "BY_WORD_NOT_ACCEPTED": _("The lender does not accept a budget by word: file a document."),
    "BY_WORD_ROLE": _("Your role may not sign off a budget that was told by word."),
    "BY_WORD_OWN": _("Whoever took the budget does not sign it off: ask a colleague."),
    "BY_WORD_NOT_NEWEST": _("A newer budget is on file: sign that off."),
    "BY_WORD_NO_CALL": _("There is no such call with this debtor."),
    "BY_WORD_NOT_RECORDED": _("The call has no recording."),
    "BY_WORD_NOT_IDENTIFIED": _("On this call the debtor did not prove who they are."),
    "BY_WORD_CALL_TOO_OLD": _("The call is older than the lender accepts."),
    "AMOUNT_NOT_ABOVE_ZERO": _("Give an amount above zero."),
    "AMOUNT_TOO_FINE": _("The amount has more decimals than its currency."),
    "AMOUNT_ABOVE_BALANCE": _("The amount is more than is owed."),
    "DATE_PAST": _("The date lies in the past."),
    "DATE_TOO_LATE": _("The date is too far ahead."),
    "PAY_BY_UNKNOWN": _("Choose a way to pay of the list."),
    "TOO_MANY_OPEN": _("As many promises as may be open are open already."),
    "DATES_PAST": _("The first payment of this offer is past."),
    "LOAN_NOT_THERE": _("A loan of this offer has no ledger."),
    "OTHER_CURRENCY": _("A loan of this offer is in another currency."),
    "LOAN_SETTLED": _("A loan of this offer is settled already."),
    "BEYOND_EVERY_ROLE": _("No role may agree to this."),
    "BEYOND_ROLE": _("Your role may not agree to this."),
    "PLAN_TOO_LONG": _("The law allows no plan of this length."),
    "NO_TEMPLATE": _("No wording is approved for this message."),
    "NO_VALUE": _("Something the message needs is not known."),
    "REFUSED": _("The door lets no message through now."),
    **DOCUMENTS_REFUSED,
}
