"""What a loan's contract says of the order of payments: kinds, what comes first, what is not due yet."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from tests.integration.repayment.ledger_rows import DAY, NOW, OLDEST, add_due, broken, make_loan, owed, parts, pay

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.repayment.models import LedgerEvent, LoanLedger, Transaction
from qingshou.features.repayment.operations.contract_order import set_contract_order
from qingshou.features.repayment.operations.ledger_errors import NoSuchLoan, ReasonMissing, UnfitAct
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt

PRINCIPAL_FIRST = ("PRINCIPAL", "INTEREST", "PENALTY", "COSTS")


def agreed(loan, kinds=(), sequence="", future="", reason="clause 9"):
    return set_contract_order(
        loan_id=loan.id, kinds=kinds, sequence=sequence, future=future, reason=reason, actor=SYSTEM, now=NOW
    )


def rules():
    return set(Transaction.objects.filter(kind="ALLOCATION", reversed_by=None).values_list("rule", flat=True))


def test_kinds_go_before_the_lenders_for_what_comes_from_then_on(tenant):
    loan = make_loan()
    first = pay(loan, "10")  # costs
    assert agreed(loan, PRINCIPAL_FIRST) == {"kinds": list(PRINCIPAL_FIRST)}
    pay(loan, "50")
    assert owed(loan) == {"INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "9950.00"}
    assert rules() == {"LAW", "CONTRACT"}
    # what was applied before keeps its order when it is done again
    pay(loan, "5", on=DAY)
    reverse_receipt(receipt_id=first.receipt.id, reversal_ref="r", reason="RETURN", actor=SYSTEM, now=NOW)
    assert owed(loan) == {"COSTS": "10.00", "INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "9945.00"}
    (event,) = [
        one for one in list_events(subject_kind="LOAN", subject_id=loan.id) if one.action == "CONTRACT_ORDER_SET"
    ]
    assert (event.facts["before"], event.facts["order"]) == ({}, {"kinds": list(PRINCIPAL_FIRST)})
    assert broken(tenant.id) == {}


def test_done_again_after_the_contract_changed_it_goes_where_it_went(tenant):
    loan = make_loan()
    early = pay(loan, "10", on=DAY)
    pay(loan, "30", on=DAY)  # interest, by law
    for event in LedgerEvent.objects.filter(kind="ALLOCATION"):  # as of a version that did not keep it
        del event.facts["orders"]
        event.save(update_fields=["facts"])
    agreed(loan, PRINCIPAL_FIRST)
    reverse_receipt(receipt_id=early.receipt.id, reversal_ref="r", reason="RETURN", actor=SYSTEM, now=NOW)
    assert owed(loan) == {"INTEREST": "50.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    assert broken(tenant.id) == {}


def test_the_oldest_instalment_first_and_money_for_what_is_not_due_stays(tenant):
    loan = make_loan(arrears=300, arrears_principal=200, arrears_interest=100, arrears_penalty=0, arrears_fees=0)
    add_due(loan, 4, OLDEST, principal="100", interest="50")
    add_due(loan, 5, OLDEST + timedelta(days=30), principal="100", interest="50")
    agreed(loan, sequence="DUE_FIRST", future="UNAPPLIED")
    pay(loan, "150")
    assert parts(loan) == {
        ("INTEREST", OLDEST + timedelta(days=30)): 50, ("PRINCIPAL", OLDEST + timedelta(days=30)): 100,
        ("PRINCIPAL", None): 9_800,
    }  # fmt: skip
    done = pay(loan, "200")
    assert done.unapplied == Decimal(50)
    assert rules() == {"CONTRACT"}
    assert broken(tenant.id) == {}


def test_another_loan_of_the_debtor_keeps_the_lenders(tenant):
    loan = make_loan()
    other = make_loan(loan.borrower)
    agreed(loan, PRINCIPAL_FIRST, future="IN_ADVANCE_PRINCIPAL")
    pay(other, "10", loan_ids=[other.id])
    assert owed(other) == {"INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({"kinds": ("PRINCIPAL",)}, UnfitAct), ({"kinds": ("A", "B", "C", "D")}, UnfitAct),
        ({"sequence": "ANY"}, UnfitAct), ({"future": "NEVER"}, UnfitAct), ({"reason": " "}, ReasonMissing),
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused(tenant, changes, stops):
    loan = make_loan()
    with pytest.raises(stops):
        agreed(loan, **changes)
    assert not LoanLedger.objects.exists()


def test_nothing_stays_when_the_transaction_fails_and_nobody_elses_loan(tenant):
    loan = make_loan()
    with transaction.atomic():
        agreed(loan, PRINCIPAL_FIRST)
        transaction.set_rollback(True)
    assert not LoanLedger.objects.exists()
    assert list_events(subject_kind="LOAN", subject_id=loan.id) == []
    with pytest.raises(NoSuchLoan):
        set_contract_order(
            loan_id=tenant.id, kinds=(), sequence="", future="", reason="clause 9", actor=SYSTEM, now=NOW
        )


def test_on_the_account(client_for, tenant):
    loan, client = make_loan(), client_for("TEAM_LEAD")
    account = f"/loans/{loan.id}/account/"
    client.post(
        f"{account}order", {"kinds": "PRINCIPAL INTEREST PENALTY COSTS", "sequence": "DUE_FIRST", "reason": "clause 9"}
    )
    row = LoanLedger.objects.get(id=loan.id)
    assert (row.order_kinds[0], row.order_sequence, row.order_future) == ("PRINCIPAL", "DUE_FIRST", "")
    page = client.get(account).content.decode()
    assert "contract-order" in page
    client.post(f"{account}order", {"kinds": "COSTS PRINCIPAL", "reason": "clause 9"})
    row.refresh_from_db()
    assert row.order_kinds[0] == "PRINCIPAL"


def test_over_rest(client_for, tenant):
    loan, client = make_loan(), client_for("RISK_OFFICER")
    token = client.get("/api/v1/tenants/me").cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    at = f"/api/v1/repayment/loans/{loan.id}/contract-order"
    body = {"sequence": "DUE_FIRST", "reason": "clause 9"}
    answer = client.post(at, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["sequence"]) == (200, "DUE_FIRST")
    wrong = client.post(at, body | {"kinds": ["COSTS"]}, content_type="application/json", headers=headers)
    assert wrong.status_code == 422
    assert client_for("COLLECTOR").post(at, body, content_type="application/json", headers=headers).status_code == 403
