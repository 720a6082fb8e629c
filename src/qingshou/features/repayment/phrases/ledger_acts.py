"""Words for what is recorded of receipts and ledgers, and for what of them a second person decides."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "RECEIPT_RECORDED": _("Money received"),
    "RECEIPT_APPLIED": _("Money put on debts"),
    "RECEIPT_REVERSED": _("Receipt reversed"),
    "RECEIPT_UNAPPLIED": _("Receipt taken off the debts"),
    "RECEIPT_MOVED": _("Receipt moved to another debtor"),
    "RECEIPT_SPLIT": _("Receipt split over several debtors"),
    "RECEIPT_JOINED": _("Parts of a receipt joined again"),
    "RECEIPT_REFUNDED": _("Money given back to the payer"),
    "BANK_FILE_TAKEN": _("Bank file taken in"),
    "LEDGER_OPENED": _("Ledger opened from the tape"),
    "LEDGER_SET_TO_TAPE": _("Ledger set to a new tape"),
    "CHARGES_STAND_STILL": _("Charges stand still: what accrues is not owed"),
    "CONTRACT_ORDER_SET": _("Contract's order of payments set"),
    "TAPE_DIFFERENCE_SETTLED": _("Difference between books and tape settled"),
    "LOAN_WAIVED": _("Part of a debt given up"),
    "LOAN_CHARGED": _("Costs added to a debt"),
    "LOAN_RE_AGED": _("Arrears moved to new due dates"),
    "LOAN_RE_AMORTISED": _("Principal spread over a new schedule"),
    "LOAN_CHARGED_OFF": _("Loan charged off"),
}
register_actions(ACTIONS)

APPROVALS = {
    "RECEIPT_REVERSAL": _("Reverse a receipt"),
    "RECEIPT_REFUND": _("Give money back to the payer"),
    "LOAN_WAIVER": _("Give up part of a debt"),
    "LOAN_CHARGE_OFF": _("Charge a loan off"),
}
