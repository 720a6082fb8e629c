"""The ledger beside the tape: opened from it, set to it, and what came after it kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.integration.repayment.ledger_rows import (
    DAY,
    NOW,
    OLDEST,
    add_due,
    add_tape_payment,
    broken,
    make_borrower,
    make_loan,
    owed,
    parts,
    pay,
)

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import LedgerEvent, LoanLedger, Transaction
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan
from qingshou.features.repayment.operations.ledger_opening import open_ledger
from qingshou.features.repayment.operations.ledger_sync import Synced, sync_tape
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.queries.owed import owed_of_borrower, owed_of_loan
from qingshou.features.repayment.queries.receipts import list_unconfirmed
from qingshou.features.repayment.rules.opening import BalanceUnknown

NEXT = DAY + timedelta(days=1)


def tape(loan, as_of=NEXT, **changes):
    """The next tape of a loan."""
    Loan.objects.filter(id=loan.id).update(as_of=as_of, **changes)


def sync(as_of=NEXT):
    return sync_tape(as_of=as_of, actor=SYSTEM, now=NOW)


def test_a_ledger_is_opened_once_with_those_of_the_debtors_other_loans(tenant):
    debtor = make_borrower()
    one, two = make_loan(debtor), make_loan(debtor)
    make_loan(debtor, balance=None)
    make_loan(debtor, is_closed=True)
    ledger = open_ledger(loan_id=one.id, actor=SYSTEM, now=NOW)
    assert open_ledger(loan_id=two.id, actor=SYSTEM, now=NOW).id == two.id
    assert (ledger.state, ledger.tape_as_of, ledger.currency) == ("OPEN", DAY, "CNY")
    assert set(LoanLedger.objects.values_list("id", flat=True)) == {one.id, two.id}
    assert LedgerEvent.objects.filter(kind="TAPE").count() == 2
    assert [event.action for event in list_events(subject_kind="LOAN", subject_id=one.id)] == ["LEDGER_OPENED"]
    assert broken(tenant.id) == {}


def test_what_nobody_knows_is_not_opened(tenant):
    loan = make_loan(balance=None)
    with pytest.raises(BalanceUnknown):
        open_ledger(loan_id=loan.id, actor=SYSTEM, now=NOW)
    with pytest.raises(NoSuchLoan):
        open_ledger(loan_id=tenant.id, actor=SYSTEM, now=NOW)
    assert LoanLedger.objects.count() == 0
    assert owed_of_loan(loan_id=loan.id).parts is None


def test_without_a_ledger_the_tapes_figures_are_told(tenant):
    loan = make_loan()
    (told,) = owed_of_borrower(borrower_id=loan.borrower_id)
    assert (told.has_ledger, told.state, told.total) == (False, "OPEN", 10100)
    before = parts(loan)
    open_ledger(loan_id=loan.id, actor=SYSTEM, now=NOW)
    assert parts(loan) == before
    standing = owed_of_loan(loan_id=loan.id).standing(on=DAY)
    assert (standing.owed_now, standing.overdue, standing.not_yet_due) == (300, 300, 9800)


def test_a_schedule_gives_its_due_dates(tenant):
    loan = make_loan()
    add_due(loan, 4, OLDEST, principal="150", interest="40", penalty="20", fees="10")
    add_due(loan, 5, OLDEST + timedelta(days=30), principal="150", interest="40")
    add_due(loan, 6, OLDEST + timedelta(days=60), principal="150", interest="30")
    assert parts(loan) == {
        ("COSTS", OLDEST): 10, ("PENALTY", OLDEST): 20, ("INTEREST", OLDEST): 30, ("PRINCIPAL", OLDEST): 50,
        ("INTEREST", OLDEST + timedelta(days=30)): 40, ("PRINCIPAL", OLDEST + timedelta(days=30)): 150,
        ("INTEREST", OLDEST + timedelta(days=60)): 30, ("PRINCIPAL", OLDEST + timedelta(days=60)): 150,
        ("PRINCIPAL", None): 9650,
    }  # fmt: skip


def test_a_tape_that_agrees_changes_nothing(tenant):
    loan = make_loan()
    pay(loan, "90", on=NEXT)
    tape(loan, arrears=210, arrears_interest=0, arrears_fees=0, arrears_penalty=10)
    events, posted = LedgerEvent.objects.count(), Transaction.objects.count()
    assert sync() == Synced(ledgers=1)
    assert (LedgerEvent.objects.count(), Transaction.objects.count()) == (events, posted)
    assert LoanLedger.objects.get().tape_as_of == NEXT
    assert sync() == Synced()


def test_a_tape_that_differs_is_the_authority_up_to_its_day(tenant):
    loan = make_loan()
    pay(loan, "90", on=DAY + timedelta(days=1))
    late = pay(loan, "15", on=DAY + timedelta(days=3))
    # the core system shows the arrears as they were: it has not booked the 90
    tape(loan, as_of=DAY + timedelta(days=2))
    assert sync(DAY + timedelta(days=2)) == Synced(ledgers=1, changed=1)
    # the 15 come after the tape and stand: 10 on costs, 5 on interest
    assert owed(loan) == {"INTEREST": "65.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    assert late.receipt.state == "APPLIED"
    assert broken(tenant.id) == {}


def test_a_later_receipt_that_the_tape_shows_already_is_not_counted_twice(tenant):
    loan = make_loan()
    pay(loan, "90", on=DAY + timedelta(days=3), ref="bank-9")
    add_tape_payment(loan, "bank-9", "90", NEXT)
    tape(loan, arrears=210, arrears_interest=0, arrears_fees=0, arrears_penalty=10)
    sync()
    assert owed(loan) == {"PENALTY": "10.00", "PRINCIPAL": "10000.00"}
    assert broken(tenant.id) == {}


def test_a_receipt_that_a_tape_counted_in_and_the_bank_takes_back_is_owed_again(tenant):
    loan = make_loan()
    applied = pay(loan, "90", on=DAY)
    tape(loan, arrears=210, arrears_interest=0, arrears_fees=0, arrears_penalty=10, arrears_principal=200,
         balance=9_900)  # fmt: skip
    sync()
    assert owed(loan) == {"PENALTY": "10.00", "PRINCIPAL": "9900.00"}
    reverse_receipt(receipt_id=applied.receipt.id, reversal_ref="r", reason="RETURN", actor=SYSTEM, now=NOW)
    assert owed(loan) == {"COSTS": "10.00", "INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "9900.00"}
    assert LedgerEvent.objects.filter(kind="RESTORE").count() == 1
    assert broken(tenant.id) == {}
    # the next tape has booked the return, whatever it makes of it
    tape(loan, as_of=DAY + timedelta(days=5), arrears=300, arrears_interest=70, arrears_fees=10, arrears_penalty=20)
    sync(DAY + timedelta(days=5))
    assert owed(loan)["COSTS"] == "10.00"
    assert broken(tenant.id) == {}


def test_what_the_tape_never_counted_in_is_not_owed_twice(tenant):
    loan = make_loan()
    applied = pay(loan, "90", on=DAY)
    add_tape_payment(loan, "another", "5", DAY)  # the tapes list payments, and not this one
    tape(loan)
    sync()
    before = owed(loan)
    assert before["COSTS"] == "10.00"
    reverse_receipt(receipt_id=applied.receipt.id, reversal_ref="r", reason="RETURN", actor=SYSTEM, now=NOW)
    assert owed(loan) == before
    assert broken(tenant.id) == {}


def test_receipts_that_the_tape_does_not_show_are_told(tenant):
    loan = make_loan()
    applied = pay(loan, "90", on=DAY, ref="bank-1")
    assert list_unconfirmed() == []  # no tape lists payments
    add_tape_payment(loan, "another", "5", DAY)
    (found,) = list_unconfirmed()
    assert (found.receipt_id, found.loan_id, found.tape_as_of) == (applied.receipt.id, loan.id, DAY)
    add_tape_payment(loan, "bank-1", "90", DAY)
    assert list_unconfirmed() == []


def test_a_new_loan_of_a_debtor_with_ledgers_gets_one(tenant):
    loan = make_loan()
    pay(loan, "10")
    tape(loan, arrears=290, arrears_fees=0)
    new = make_loan(loan.borrower, as_of=NEXT)
    assert sync() == Synced(ledgers=1, opened=1)
    assert LoanLedger.objects.filter(id=new.id).exists()
    assert broken(tenant.id) == {}


def test_a_closed_loan_owes_nothing_and_an_unknown_balance_changes_nothing(tenant):
    closed, unknown = make_loan(), make_loan()
    pay(closed, "10")
    pay(unknown, "10")
    tape(closed, is_closed=True)
    tape(unknown, balance=None)
    assert sync() == Synced(ledgers=2, changed=1, unknown=1)
    assert owed(closed) == {}
    assert owed(unknown)["PRINCIPAL"] == "10000.00"
    assert LoanLedger.objects.get(id=unknown.id).tape_as_of == DAY
    assert broken(tenant.id) == {}


def test_currency_without_decimals(tenant):
    loan = make_loan(currency="JPY", balance=Decimal("1000.4"), arrears=Decimal("99.5"), arrears_interest=0,
                     arrears_principal=Decimal("99.5"), arrears_penalty=0, arrears_fees=0)  # fmt: skip
    assert parts(loan) == {("PRINCIPAL", OLDEST): 100, ("PRINCIPAL", None): 901}
