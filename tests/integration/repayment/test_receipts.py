"""Receipts: recorded once, put on debts by the law's order, taken back, moved, given back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.integration.repayment.ledger_rows import (
    DAY,
    NOW,
    add_tape_payment,
    broken,
    came_in,
    make_borrower,
    make_loan,
    owed,
    parts,
    pay,
)

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.repayment.models import Account, LedgerEvent, Posting, Receipt, Transaction
from qingshou.features.repayment.operations.ledger_errors import (
    AlreadyReversed,
    GivenBack,
    NothingApplied,
    NothingToPayOn,
    NothingUnapplied,
    ReceiptDiffers,
    ReceiptEnded,
    UnfitAmount,
)
from qingshou.features.repayment.operations.receipt_returns import (
    move_receipt,
    refund_unapplied,
    reverse_receipt,
    unapply_receipt,
)
from qingshou.features.repayment.operations.receipts import ChosenBy, apply_receipt, record_receipt, take_receipt

WHOLE = {"COSTS": "10.00", "INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}


def actions(receipt):
    return [event.action for event in list_events(subject_kind="RECEIPT", subject_id=receipt.id)][::-1]


def reverse(receipt, ref="back-1", **more):
    return reverse_receipt(
        receipt_id=receipt.id, reversal_ref=ref, reason="BANK_RETURN", actor=SYSTEM, now=NOW, **more
    )  # fmt: skip


def test_a_receipt_is_recorded_once(tenant):
    values = {"source": "API", "external_ref": "x1", "amount": Decimal("12.30"), "currency": "CNY", "value_date": DAY}
    first = record_receipt(**values, actor=SYSTEM, now=NOW)
    again = record_receipt(**values, actor=SYSTEM, now=NOW + timedelta(hours=1))
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.receipt.id == first.receipt.id
    assert (Receipt.objects.count(), Transaction.objects.count(), Posting.objects.count()) == (1, 1, 2)
    assert actions(first.receipt) == ["RECEIPT_RECORDED"]
    # another source has ids of its own
    other = record_receipt(**(values | {"source": "WEBHOOK"}), actor=SYSTEM, now=NOW)
    assert not other.is_repeat
    assert broken(tenant.id) == {}


@pytest.mark.parametrize(
    "change", [{"amount": Decimal("12.31")}, {"currency": "USD"}, {"value_date": DAY - timedelta(1)}]
)
def test_the_same_id_with_another_content_is_refused(tenant, change):
    values = {"source": "API", "external_ref": "x1", "amount": Decimal("12.30"), "currency": "CNY", "value_date": DAY}
    record_receipt(**values, actor=SYSTEM, now=NOW)
    with pytest.raises(ReceiptDiffers):
        record_receipt(**(values | change), actor=SYSTEM, now=NOW)
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "currency"), [("0", "CNY"), ("-1", "CNY"), ("0.001", "CNY"), ("0.5", "JPY"), ("NaN", "CNY")]
)
def test_an_amount_that_is_none_is_refused(tenant, amount, currency):
    with pytest.raises(UnfitAmount):
        came_in(amount, currency=currency)
    assert Receipt.objects.count() == 0


def test_money_goes_to_costs_interest_penalty_principal(tenant):
    loan = make_loan()
    assert owed(loan) == WHOLE
    applied = pay(loan, "90")
    assert (applied.applied, applied.unapplied) == (90, 0)
    assert owed(loan) == {"PENALTY": "10.00", "PRINCIPAL": "10000.00"}
    assert actions(applied.receipt) == ["RECEIPT_RECORDED", "RECEIPT_APPLIED"]
    assert Receipt.objects.get().state == "APPLIED"
    assert broken(tenant.id) == {}


def test_what_is_more_than_owed_stays_unapplied(tenant):
    loan = make_loan()
    applied = pay(loan, "10200")
    assert (applied.applied, applied.unapplied) == (10100, 100)
    assert owed(loan) == {}
    assert LedgerEvent.objects.get(kind="ALLOCATION").ledger.state == "SETTLED"
    assert broken(tenant.id) == {}


def test_the_debtors_choice_comes_first_and_the_rest_goes_on(tenant):
    debtor = make_borrower()
    one, two = make_loan(debtor), make_loan(debtor, arrears=100, arrears_principal=100, arrears_interest=0,
                                            arrears_penalty=0, arrears_fees=0, balance=100)  # fmt: skip
    applied = pay(two, "120", loan_ids=[two.id], chosen_by=ChosenBy.DEBTOR)
    assert applied.by_loan == {one.id: 20, two.id: 100}
    lender_says = pay(one, "50", loan_ids=[one.id], chosen_by=ChosenBy.LENDER)
    assert lender_says.by_loan == {one.id: 50}
    assert broken(tenant.id) == {}


def test_a_receipt_in_another_currency_finds_nothing_to_pay_on(tenant):
    loan, receipt = make_loan(), came_in("10", currency="USD")
    with pytest.raises(NothingToPayOn):
        apply_receipt(receipt_id=receipt.id, borrower_id=loan.borrower_id, actor=SYSTEM, now=NOW)
    assert Receipt.objects.get().state == "UNMATCHED"
    assert LedgerEvent.objects.count() == 0


def test_nothing_is_left_to_apply(tenant):
    applied = pay(make_loan(), "10")
    with pytest.raises(NothingUnapplied):
        apply_receipt(
            receipt_id=applied.receipt.id, borrower_id=applied.receipt.borrower_id, actor=SYSTEM, now=NOW
        )  # fmt: skip
    other = make_loan()
    with pytest.raises(ReceiptEnded):
        apply_receipt(receipt_id=applied.receipt.id, borrower_id=other.borrower_id, actor=SYSTEM, now=NOW)


def test_take_is_record_and_apply_in_one(tenant):
    loan = make_loan()
    values = {"borrower_id": loan.borrower_id, "source": "API", "external_ref": "t1", "amount": Decimal(10),
              "currency": "CNY", "value_date": DAY, "actor": SYSTEM, "now": NOW}  # fmt: skip
    first, again = take_receipt(**values), take_receipt(**values)
    assert (first.applied, again.applied, again.receipt.id) == (10, 0, first.receipt.id)
    assert owed(loan) == {kind: amount for kind, amount in WHOLE.items() if kind != "COSTS"}
    assert broken(tenant.id) == {}


def test_reversing_puts_everything_back(tenant):
    loan = make_loan()
    applied = pay(loan, "95.55")
    back = reverse(applied.receipt, on=DAY + timedelta(days=2))
    assert owed(loan) == WHOLE
    row = Receipt.objects.get()
    assert (row.state, row.reversed_on, row.reversal_ref) == ("REVERSED", DAY + timedelta(days=2), "back-1")
    assert actions(row) == ["RECEIPT_RECORDED", "RECEIPT_APPLIED", "RECEIPT_REVERSED"]
    assert reverse(applied.receipt).is_repeat
    assert not back.is_repeat
    with pytest.raises(AlreadyReversed):
        reverse(applied.receipt, "back-2")
    assert Account.objects.get(receipt=row).balance == 0
    assert broken(tenant.id) == {}


def test_reversing_a_receipt_nobody_knew(tenant):
    receipt = came_in("55")
    reverse(receipt)
    assert Receipt.objects.get().state == "REVERSED"
    assert broken(tenant.id) == {}


def test_what_came_after_a_reversed_receipt_is_done_again(tenant):
    loan = make_loan()
    first = pay(loan, "10")  # costs
    second = pay(loan, "75", on=DAY + timedelta(days=1))  # interest, 5 of penalty
    back = reverse(first.receipt)
    assert back.redone == 2
    # 10 of the second pay the costs now, 65 the interest
    assert owed(loan) == {"INTEREST": "5.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    assert second.receipt.state == "APPLIED"
    assert broken(tenant.id) == {}


def test_a_backdated_receipt_comes_before_the_later_ones(tenant):
    later, sooner = make_loan(), make_loan()
    pay(later, "10200", on=DAY + timedelta(days=3))
    backdated = pay(later, "50", on=DAY + timedelta(days=1))
    pay(sooner, "50", on=DAY + timedelta(days=1))
    pay(sooner, "10200", on=DAY + timedelta(days=3))
    assert backdated.redone == 1
    assert owed(later) == owed(sooner) == {}
    left = [account.balance for account in Account.objects.filter(kind="UNAPPLIED").order_by("balance")]
    assert left == [-150, -150, 0, 0]  # what is too much is too much of the later one
    assert broken(tenant.id) == {}


def test_a_receipt_on_two_loans_is_split_anew(tenant):
    debtor = make_borrower()
    small = make_loan(debtor, balance=100, arrears=100, arrears_principal=100, arrears_interest=0, arrears_penalty=0,
                      arrears_fees=0, oldest_due_date=DAY - timedelta(days=90))  # fmt: skip
    large = make_loan(debtor, contract_rate=Decimal("0.12"))
    first = pay(small, "100")
    second = pay(small, "100")
    assert second.by_loan == {large.id: 100}
    reverse(first.receipt)
    assert owed(small) == {}
    assert owed(large) == WHOLE
    assert broken(tenant.id) == {}


def test_only_loans_whose_share_changed_are_posted_anew(tenant):
    debtor = make_borrower()
    small = make_loan(debtor, balance=100, arrears=100, arrears_principal=100, arrears_interest=0, arrears_penalty=0,
                      arrears_fees=0, oldest_due_date=DAY - timedelta(days=90))  # fmt: skip
    large = make_loan(debtor)
    first = pay(large, "10", loan_ids=[large.id], chosen_by=ChosenBy.LENDER)
    both = pay(small, "150")
    assert both.by_loan == {small.id: 100, large.id: 50}
    posted = Transaction.objects.filter(ledger=small.id).count()
    reverse(first.receipt)
    assert Transaction.objects.filter(ledger=small.id).count() == posted
    assert Transaction.objects.filter(ledger=large.id, receipt=both.receipt, kind="REVERSAL").count() == 1
    assert broken(tenant.id) == {}


def test_a_wrong_match_is_moved(tenant):
    wrong, right = make_loan(), make_loan()
    applied = pay(wrong, "90")
    moved = move_receipt(
        receipt_id=applied.receipt.id, borrower_id=right.borrower_id, reason="WRONG_MATCH", actor=SYSTEM, now=NOW
    )
    assert moved.applied == 90
    assert owed(wrong) == WHOLE
    assert owed(right) == {"PENALTY": "10.00", "PRINCIPAL": "10000.00"}
    assert actions(applied.receipt)[2:] == ["RECEIPT_MOVED", "RECEIPT_APPLIED"]
    assert broken(tenant.id) == {}


def test_a_move_to_nobody_leaves_all_as_it_was(tenant):
    wrong, poor = make_loan(), make_loan(currency="USD")
    applied = pay(wrong, "90")
    with pytest.raises(NothingToPayOn):
        move_receipt(
            receipt_id=applied.receipt.id, borrower_id=poor.borrower_id, reason="WRONG_MATCH", actor=SYSTEM, now=NOW
        )
    assert owed(wrong) == {"PENALTY": "10.00", "PRINCIPAL": "10000.00"}
    assert Receipt.objects.get().borrower_id == wrong.borrower_id
    assert actions(applied.receipt) == ["RECEIPT_RECORDED", "RECEIPT_APPLIED"]


def test_a_receipt_goes_back_into_the_queue(tenant):
    loan = make_loan()
    applied = pay(loan, "90")
    unapply_receipt(receipt_id=applied.receipt.id, reason="WRONG_MATCH", actor=SYSTEM, now=NOW)
    row = Receipt.objects.get()
    assert (row.state, row.borrower_id) == ("UNMATCHED", None)
    assert owed(loan) == WHOLE
    with pytest.raises(NothingApplied):
        unapply_receipt(receipt_id=applied.receipt.id, reason="WRONG_MATCH", actor=SYSTEM, now=NOW)
    assert broken(tenant.id) == {}


def test_what_no_debt_took_is_given_back(tenant):
    loan = make_loan()
    applied = pay(loan, "10200")
    with pytest.raises(NothingUnapplied):
        refund_unapplied(receipt_id=applied.receipt.id, amount=Decimal(101), reason="OVERPAID", actor=SYSTEM, now=NOW)
    assert refund_unapplied(
        receipt_id=applied.receipt.id, amount=Decimal(40), reason="OVERPAID", actor=SYSTEM, now=NOW
    ) == 40  # fmt: skip
    assert refund_unapplied(receipt_id=applied.receipt.id, reason="OVERPAID", actor=SYSTEM, now=NOW) == 60
    assert Receipt.objects.get().state == "APPLIED"
    with pytest.raises(GivenBack):
        reverse(applied.receipt)
    assert owed(loan) == {}
    assert broken(tenant.id) == {}
    unknown = came_in("5")
    refund_unapplied(receipt_id=unknown.id, reason="NOT_OURS", actor=SYSTEM, now=NOW)
    unknown.refresh_from_db()
    assert unknown.state == "REFUNDED"
    with pytest.raises(ReceiptEnded):
        apply_receipt(receipt_id=unknown.id, borrower_id=loan.borrower_id, actor=SYSTEM, now=NOW)
    assert broken(tenant.id) == {}


def test_a_receipt_that_the_tape_shows_is_not_counted_twice(tenant):
    loan = make_loan()
    add_tape_payment(loan, "bank-7", "90", DAY - timedelta(days=1))
    applied = pay(loan, "100", on=DAY - timedelta(days=1), ref="bank-7")
    assert owed(loan) == {k: v for k, v in WHOLE.items() if k != "COSTS"}  # only the 10 that the tape does not show
    assert applied.by_loan == {loan.id: 100}
    reverse(applied.receipt)
    assert owed(loan) == WHOLE | {"UNSPLIT": "90.00"}  # how the core system had split it nobody here knows
    assert parts(loan)["UNSPLIT", DAY - timedelta(days=1)] == 90
    assert broken(tenant.id) == {}


def test_nothing_stays_where_the_record_fails(tenant, monkeypatch):
    from qingshou.features.repayment.operations import receipts

    loan, receipt = make_loan(), came_in("90")

    def fail(**_):
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr(receipts, "record", fail)
    with pytest.raises(RuntimeError):
        apply_receipt(receipt_id=receipt.id, borrower_id=loan.borrower_id, actor=SYSTEM, now=NOW)
    assert owed(loan) == WHOLE
    assert (Receipt.objects.get().state, LedgerEvent.objects.count()) == ("UNMATCHED", 0)
