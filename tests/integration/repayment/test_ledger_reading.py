"""Reading the ledger: the statement of account, where each cent of a receipt went, lists; and the checker outside."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, came_in, make_loan, pay

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import Account, LedgerEvent, LoanLedger, Posting, Receipt, Transaction
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.operations.receipts import take_receipt
from qingshou.features.repayment.queries.receipts import (
    count_unmatched,
    explain_receipt,
    list_left_over,
    list_receipts,
    list_unmatched,
)
from qingshou.features.repayment.queries.statement import statement_lines, statement_of_loan, statement_readings
from qingshou.interfaces.verify import verify
from qingshou.kernel.errors import NotFound
from qingshou.tenancy.reading import read


def reverse(receipt):
    return reverse_receipt(receipt_id=receipt.id, reversal_ref="r", reason="RETURN", actor=SYSTEM, now=NOW)


def test_each_cent_is_explained(tenant):
    loan = make_loan()
    found = explain_receipt(receipt_id=pay(loan, "95.50").receipt.id)
    assert [(line.account, line.amount, line.reasons) for line in found.lines] == [
        ("COSTS", 10, ("DEBT_DUE", "PART_BY_LAW")),
        ("INTEREST", 70, ("DEBT_DUE", "PART_BY_LAW")),
        ("PENALTY", Decimal("15.5"), ("DEBT_DUE", "PART_BY_LAW")),
    ]
    assert {line.loan_ref for line in found.lines} == {loan.loan_ref}
    assert [(one.article, one.confidence) for one in found.lines[0].articles] == [
        ("560(2)", "read"),
        ("561(1)", "read"),
    ]
    assert found.applied + found.refunded + found.receipt.unapplied == found.receipt.amount
    with pytest.raises(NotFound):
        explain_receipt(receipt_id=loan.id)


def test_the_statement_runs_from_the_opening_to_what_is_owed(tenant):
    loan = make_loan()
    later = pay(loan, "90", on=DAY + timedelta(days=2))
    pay(loan, "10", on=DAY + timedelta(days=1))
    lines = statement_of_loan(loan_id=loan.id)
    assert [(line.kind, line.amount, line.balance) for line in lines] == [
        ("TAPE", 10100, 10100), ("ALLOCATION", -10, 10090), ("ALLOCATION", -90, 10000),
    ]  # fmt: skip
    assert lines[1].rule == "LAW"
    assert [part.kind for part in lines[2].parts] == ["INTEREST", "PENALTY"]
    full = statement_of_loan(loan_id=loan.id, is_full=True)
    assert [line.kind for line in full] == ["TAPE", "ALLOCATION", "REVERSAL", "ALLOCATION", "ALLOCATION"]
    assert [line.is_reversed for line in full] == [False, True, False, False, False]
    assert full[-1].balance == lines[-1].balance
    reverse(later.receipt)
    assert statement_of_loan(loan_id=loan.id)[-1].balance == 10090


def test_money_that_moves_while_a_statement_is_asked_for_does_not_part_its_lines(tenant):
    """Transactions are asked for before postings: what is posted in between belongs to none of them."""
    loan = make_loan()
    pay(loan, "90", on=DAY + timedelta(days=2))
    before = statement_of_loan(loan_id=loan.id)
    transactions = read(statement_readings(loan_id=loan.id)[0])
    pay(loan, "10", on=DAY + timedelta(days=1))  # takes the other back and lays it anew
    postings = read(statement_readings(loan_id=loan.id)[1])
    assert statement_lines(transactions, postings) == before
    assert statement_of_loan(loan_id=loan.id) != before


def test_lists_and_the_queue(tenant):
    loan = make_loan()
    paid = pay(loan, "10200")
    waiting = came_in("5")
    assert (count_unmatched(), [row.id for row in list_unmatched(limit=10)]) == (1, [waiting.id])
    assert [(row.id, row.unapplied) for row in list_left_over(limit=10)] == [(paid.receipt.id, 100)]
    assert len(list_receipts(limit=10)) == 2
    assert [row.id for row in list_receipts(limit=10, state="APPLIED", borrower_id=loan.borrower_id)] == [
        paid.receipt.id
    ]  # fmt: skip
    first = list_receipts(limit=1)
    rest = list_receipts(limit=10, after=(first[0].received_at, first[0].id))
    assert {first[0].id, *(row.id for row in rest)} == {paid.receipt.id, waiting.id}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_is_one_statement(tenant, django_assert_num_queries, rows):
    for _ in range(rows):
        came_in("5")
    with django_assert_num_queries(1):
        assert len(list_unmatched(limit=10)) == rows


def test_a_payment_is_few_statements(tenant):
    loan = make_loan()
    pay(loan, "1")  # its ledger is open
    values = {"borrower_id": loan.borrower_id, "source": "API", "amount": Decimal(10), "currency": "CNY",
              "value_date": DAY, "actor": SYSTEM, "now": NOW}  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as seen:
        take_receipt(external_ref="counted", **values)
    own = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"] and "promise" not in one["sql"]
           and "_plan" not in one["sql"]]  # fmt: skip
    assert len(own) <= 15, "\n".join(sql[:150] for sql in own)


def test_the_checker_sees_what_is_forced_past_the_ledger(tenant):
    loan = make_loan()
    applied, waiting = pay(loan, "90"), came_in("5")
    assert broken(tenant.id) == {}
    Account.objects.filter(ledger=loan.id, kind="PENALTY").update(balance=11)
    assert broken(tenant.id) == {"balances_not_sum_of_postings": 1}
    Account.objects.filter(ledger=loan.id, kind="PENALTY").update(balance=10)
    Receipt.objects.filter(id=waiting.id).update(amount=6)
    assert broken(tenant.id) == {"receipts_not_accounted_for": 1}
    Receipt.objects.filter(id=waiting.id).update(amount=5)
    Receipt.objects.filter(id=applied.receipt.id).update(state="REVERSED")
    assert broken(tenant.id) == {"receipts_not_accounted_for": 1}
    Receipt.objects.filter(id=applied.receipt.id).update(state="APPLIED")
    LedgerEvent.objects.filter(kind="ALLOCATION").update(is_undone=True)
    assert broken(tenant.id) == {"events_undone_and_posted": 1}
    LedgerEvent.objects.update(is_undone=False)
    LoanLedger.objects.update(state="SETTLED")
    assert broken(tenant.id) == {"ledgers_in_a_wrong_state": 1}
    LoanLedger.objects.update(state="OPEN")
    opening = Transaction.objects.get(kind="TAPE")
    values = {"kind": "TAPE", "effective_date": DAY, "actor_name": "forced", "recorded_at": NOW}
    forced = Transaction.objects.create(ledger_id=loan.id, **values)
    assert broken(tenant.id) == {"transactions_without_postings": 1}
    own = Account.objects.get(kind="TAPE")
    Posting.objects.create(transaction=forced, account=own, amount=1)
    assert broken(tenant.id) == {"transactions_not_balanced": 1}
    Posting.objects.create(transaction=forced, account=own, amount=-1)
    assert broken(tenant.id) == {}
    half = Transaction.objects.create(ledger_id=loan.id, reverses=opening, **values)
    for amount in (1, -1):
        Posting.objects.create(transaction=half, account=own, amount=amount)
    assert broken(tenant.id)["reversals_that_do_not_mirror"] == 1


def test_verify_asks_the_ledger_too(tenant, tmp_path):
    pay(make_loan(), "90")
    answers = {one.name: (one.invariant, one.wrong) for one in verify(tenant_id=tenant.id, home=tmp_path).answers}
    assert answers["balances_not_sum_of_postings"] == ("I2", 0)
    assert answers["receipts_not_accounted_for"] == ("I3", 0)
    Account.objects.filter(kind="PENALTY").update(balance=11)
    answers = {one.name: one.wrong for one in verify(tenant_id=tenant.id, home=tmp_path).answers}
    assert answers["balances_not_sum_of_postings"] == 1
