"""The words of the cases: stages, actions, reasons, as shown. Codes are stored, words are made here."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "CASE_OPENED": _("Case opened"),
    "CASE_MOVED": _("Moved to another stage"),
    "CASE_CLOSED": _("Case closed"),
    "CASE_REOPENED": _("Case reopened"),
    "CASE_OVERSTAYED": _("Time allowed in the stage has passed"),
    "CASE_OFF_TAPE": _("The debtor's loans are no longer on the tape"),
    "CASE_ON_TAPE": _("The debtor's loans are on the tape again"),
    "CASE_ASSIGNED": _("Given to someone"),
    "CASE_ACTION_SET": _("Next action set"),
    "CASE_EVIDENCE_GIVEN": _("Step of the checklist done"),
    "CASE_EXCEPTION_ASKED": _("Approval of an exception asked for"),
}
register_actions(ACTIONS)

PROCESSES = {"COLLECTION": pgettext_lazy("process", "Collection")}

STAGES = {
    "FIRST_CONTACT": _("First contact"),
    "REPAYMENT_PLAN": _("Repayment plan"),
    "LEGAL": _("Legal action"),
    "DISPOSAL": _("Disposal of assets"),
    "CLOSED": _("Closed"),
}

SEVERITIES = {
    "NONE": _("Not overdue"),
    "MILD": _("Mild"),
    "MODERATE": _("Moderate"),
    "SEVERE": _("Severe"),
    "UNKNOWN": _("Unknown"),
}

NEXT_ACTIONS = {
    "CONTACT_DEBTOR": _("Contact the debtor"),
    "CALL_BACK": _("Call back"),
    "NEGOTIATE_PLAN": _("Negotiate a plan"),
    "REVIEW_PLAN": _("Review the plan"),
    "ASSESS_CLAIM": _("Assess the claim"),
    "PREPARE_FILING": _("Prepare the filing"),
    "VALUE_COLLATERAL": _("Have the collateral valued"),
    "REVIEW_STAGE": _("Decide how to go on: time has passed"),
    "ASSIGN": _("Assign to someone"),
    "WAIT": _("Wait for an answer"),
    "CHECK_PROMISE": _("Check that the promise was kept"),
    "LOOK_INTO": _("Look into what the debtor says"),
    "FIND_CONTACT": _("Find a way to reach the debtor"),
    "CHECK_MISSING_LOAN": _("Find out why the loan left the tape"),
}

QUEUE_REASONS = {
    "LEGAL_DEADLINE": _("Legal deadline"),
    "SPECIALIST": _("For the specialist: complaint, dispute or hardship"),
    "CALL_BACK_DUE": _("Call-back due"),
    "PROMISE_DUE": _("Promise due today"),
    "PROMISE_BROKEN": _("Promise broken"),
    "NEVER_PAID": _("Never paid an instalment"),
    "ABOUT_TO_ROLL": _("About to roll to the next bucket"),
    "NEW_ENTRY": _("Newly overdue"),
    "HIGH_VALUE": _("High value"),
    "SKIP": _("Cannot be found"),
    "PLAN_REVIEW": _("Plan to be reviewed"),
    "REST": _("By expected cash"),
}

# notes of ours beside what met an item; a person's own words are shown as they are
EVIDENCE_NOTES = {
    "BY_WORD": _("Told by word; the document is the recorded call, signed off under the lender's policy"),
}
CHECKLIST = {
    "IDENTITY_CHECKED": _("Spoke to the right person"),
    "REASON_RECORDED": _("Reason for the arrears recorded"),
    "OPTIONS_OFFERED": _("Ways to pay offered"),
    "DEADLINE_AGREED": _("A date agreed"),
    "INCOME_AND_SPENDING_TAKEN": _("Income and spending on file"),
    "PLAN_OFFERED": _("A plan the debtor can keep offered"),
    "PLAN_REFUSED_OR_BROKEN": _("Plan refused or broken"),
    "FEASIBILITY_JUDGED": _("Worth of a claim judged"),
    "EVIDENCE_COMPLETE": _("Evidence complete"),
    "CLAIM_FILED": _("Claim filed"),
    "DEBTOR_CANNOT_PAY": _("Shown that the debtor cannot pay"),
    "VALUATION_ON_FILE": _("Valuation on file"),
    "PROCEEDS_DISTRIBUTED": _("Proceeds distributed"),
}

TRIGGERS = {
    "PAID_OFF": _("Everything repaid"),
    "WRITTEN_OFF": _("Written off"),
    "CURED": _("Nothing overdue any more"),
    "SEVERITY": _("By severity"),
    "DEADLINE_PASSED": _("Deadline passed"),
    "OPERATOR": _("By a person"),
    "APPROVAL": _("By approval of an exception"),
}

DEALING_REASONS = {
    "LEAST_LOADED": _("Had the most room"),
    "SKILLED": _("Fit for this kind of case, with the most room"),
    "OF_THE_BRANCH": _("Of the same branch, with the most room"),
    "NOBODY_FREE": _("Nobody free: waits to be assigned"),
    "CHOSEN": _("Chosen by a person"),
}

MOVE_REASONS = {
    "NO_SUCH_MOVE": _("The process has no such move from this stage."),
    "ROLE_MAY_NOT": _("Your role may not make this move."),
    "NOT_APPROVED": _("This needs the approval of a second person."),
    "CHECKLIST_MISSING": _("Steps of the checklist are missing."),
    "HELD_BY": _("A step already done holds the case here."),
}

APPROVALS = {
    "CASE_EXCEPTION": _("Exception to the process of a case"),
}
