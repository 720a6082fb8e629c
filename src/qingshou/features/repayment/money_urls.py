"""Routes of money: receipts, the queue, the cash desk, banks' files, accounts of loans."""

from django.urls import URLPattern, path

from qingshou.features.repayment.views import (
    bank_files,
    cash,
    contract_order,
    differences,
    loan_acts,
    money_panel,
    re_ageing,
    re_amortising,
    receipt,
    receipt_acts,
    receipt_parts,
    receipts,
    statement,
)

routes: list[URLPattern] = [
    path("receipts/", receipts.receipts, name="receipts"),
    path("receipts/waiting/", receipts.queue, name="queue"),
    path("receipts/waiting/match", receipts.match_again, name="match_again"),
    path("receipts/debtor", receipt.find_debtor, name="find_debtor"),
    path("receipts/<uuid:receipt_id>/", receipt.receipt, name="receipt"),
    path("receipts/<uuid:receipt_id>/apply", receipt_acts.apply, name="apply_receipt"),
    path("receipts/<uuid:receipt_id>/split", receipt_parts.split, name="split_receipt"),
    path("receipts/<uuid:receipt_id>/join", receipt_parts.join, name="join_receipt"),
    path("receipts/<uuid:receipt_id>/move", receipt_acts.move, name="move_receipt"),
    path("receipts/<uuid:receipt_id>/take-off", receipt_acts.take_off, name="take_off_receipt"),
    path("receipts/<uuid:receipt_id>/reverse", receipt_acts.reverse, name="reverse_receipt"),
    path("receipts/<uuid:receipt_id>/refund", receipt_acts.refund, name="refund_receipt"),
    path("receipts/<uuid:receipt_id>/print", cash.print_receipt, name="print_receipt"),
    path("cash/", cash.desk, name="cash"),
    path("cash/preview", cash.preview, name="cash_preview"),
    path("cash/take", cash.take, name="take_cash"),
    path("bank-files/", bank_files.bank_files, name="bank_files"),
    path("bank-files/send", bank_files.send, name="send_bank_file"),
    path("bank-files/sent/<uuid:upload_id>/", bank_files.sent, name="sent_bank_file"),
    path("bank-files/sent/<uuid:upload_id>/progress", bank_files.progress, name="bank_file_progress"),
    path("bank-files/sent/<uuid:upload_id>/forget", bank_files.forget, name="forget_bank_file"),
    path("bank-files/<uuid:bank_file_id>/", bank_files.bank_file, name="bank_file"),
    path("differences/", differences.differences, name="differences"),
    path("differences/<uuid:difference_id>/", differences.difference, name="difference"),
    path("differences/<uuid:difference_id>/booked", differences.settle, {"how": "booked"}, name="difference_booked"),
    path(
        "differences/<uuid:difference_id>/taken-back", differences.settle, {"how": "taken-back"}, name="difference_back"
    ),
    path("loans/<uuid:loan_id>/account/", statement.statement, name="statement"),
    path("loans/<uuid:loan_id>/account/charge", loan_acts.charge, name="charge_loan"),
    path("loans/<uuid:loan_id>/account/waive", loan_acts.give_up, name="waive_loan"),
    path("loans/<uuid:loan_id>/account/charge-off", loan_acts.write_off, name="charge_off_loan"),
    path("loans/<uuid:loan_id>/account/order", contract_order.set_order, name="contract_order"),
    path("loans/<uuid:loan_id>/account/re-age", re_ageing.ask, name="re_age_loan"),
    path("loans/<uuid:loan_id>/account/re-amortise", re_amortising.ask, name="re_amortise_loan"),
    path("cases/<uuid:case_id>/payment-reference", money_panel.reference, name="give_reference"),
    path("cases/<uuid:case_id>/money-panel", money_panel.panel, name="money_panel"),
]
