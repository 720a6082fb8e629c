"""Acts on a ledger: waived, charged, moved, spread anew, charged off; each a step that is done again when it must."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, make_loan, owed, parts, pay

from qingshou.access.actors import actor_of
from qingshou.approvals import operations as approvals
from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.repayment.models import LedgerEvent, LoanLedger, Receipt, Transaction
from qingshou.features.repayment.operations import loan_acts
from qingshou.features.repayment.operations.ledger_approvals import (
    ask_charge_off,
    ask_refund,
    ask_reversal,
    ask_waiver,
)
from qingshou.features.repayment.operations.ledger_errors import (
    NeedsSecondPerson,
    NoSuchLoan,
    NothingOpen,
    ReceiptEnded,
    UnfitAct,
    UnfitAmount,
)
from qingshou.features.repayment.operations.loan_acts import charge_costs, charge_off, re_age, re_amortise, waive
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.law.allocation.terms import PartKind

BY = {"actor": SYSTEM, "now": NOW, "reason": "AGREED"}
LATER = DAY + timedelta(days=30)


def actions(loan):
    return [event.action for event in list_events(subject_kind="LOAN", subject_id=loan.id)][::-1]


def reverse(receipt):
    return reverse_receipt(receipt_id=receipt.id, reversal_ref="r", reason="RETURN", actor=SYSTEM, now=NOW)


def test_what_is_waived_is_owed_no_more(tenant):
    loan = make_loan()
    acted = waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(15)}, under="plan 7", **BY)
    assert (acted.amount, acted.owed, acted.redone) == (15, 10085, 0)
    assert owed(loan)["PENALTY"] == "5.00"
    assert actions(loan) == ["LEDGER_OPENED", "LOAN_WAIVED"]
    # what is more than open is not waived
    assert waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(15)}, under="plan 7", **BY).amount == 5
    with pytest.raises(NothingOpen):
        waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(15)}, under="plan 7", **BY)
    assert LedgerEvent.objects.filter(kind="WAIVER").count() == 2
    assert broken(tenant.id) == {}


def test_a_waiver_above_what_one_may_needs_another(tenant):
    loan = make_loan()
    with pytest.raises(NeedsSecondPerson):
        waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal("0.01")}, **BY)
    tenant.settings["repayment"] = {"waiver_alone_max": "10.00"}
    tenant.save()
    assert waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(10)}, **BY).amount == 10
    with pytest.raises(NeedsSecondPerson):
        waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal("10.01")}, **BY)


@pytest.mark.parametrize("amounts", [{}, {"COSTS": Decimal(1), "OTHER": Decimal(1)}])
def test_a_waiver_of_nothing_known_is_refused(tenant, amounts):
    with pytest.raises(UnfitAct):
        waive(loan_id=make_loan().id, amounts=amounts, under="x", **BY)


def test_amounts_and_loans_are_checked(tenant):
    loan = make_loan()
    for amount in ("0", "-1", "0.001"):
        with pytest.raises(UnfitAmount):
            charge_costs(loan_id=loan.id, amount=Decimal(amount), **BY)
    with pytest.raises(NoSuchLoan):
        charge_costs(loan_id=tenant.id, amount=Decimal(1), **BY)
    with pytest.raises(NoSuchLoan):
        charge_costs(loan_id=make_loan(balance=None).id, amount=Decimal(1), **BY)
    with pytest.raises(UnfitAct):
        charge_costs(loan_id=loan.id, amount=Decimal(1), kind=PartKind.PRINCIPAL, **BY)
    assert not LedgerEvent.objects.exclude(kind="TAPE").exists()


def test_a_backdated_payment_leaves_less_to_waive(tenant):
    loan = make_loan()
    waive(loan_id=loan.id, amounts={PartKind.INTEREST: Decimal(70)}, under="plan 7", on=LATER, **BY)
    assert "INTEREST" not in owed(loan)
    pay(loan, "80", on=DAY + timedelta(days=1))  # costs 10, interest 70: nothing of it is left to waive
    assert owed(loan) == {"PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    assert broken(tenant.id) == {}


def test_costs_are_added_and_paid_first(tenant):
    loan = make_loan()
    assert charge_costs(loan_id=loan.id, amount=Decimal("33.30"), **BY).amount == Decimal("33.30")
    assert parts(loan)["COSTS", DAY] == Decimal("33.3")
    pay(loan, "43.30", on=LATER)
    assert "COSTS" not in owed(loan)
    assert broken(tenant.id) == {}


def test_arrears_move_to_new_dates(tenant):
    loan = make_loan()
    dates = [(LATER, Decimal(100)), (LATER + timedelta(days=30), Decimal(0))]
    assert re_age(loan_id=loan.id, to=dates, **BY).amount == 300
    found = parts(loan)
    assert sum(amount for (_, due), amount in found.items() if due == LATER) == 100
    assert sum(amount for (_, due), amount in found.items() if due == LATER + timedelta(days=30)) == 200
    assert owed(loan) == {"COSTS": "10.00", "INTEREST": "70.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    with pytest.raises(NothingOpen):
        re_age(loan_id=loan.id, to=dates, **BY)
    assert broken(tenant.id) == {}


def test_principal_is_spread_over_a_new_schedule(tenant):
    loan = make_loan()
    dates = [(DAY + timedelta(days=30 * month), Decimal(2500)) for month in range(1, 5)]
    re_amortise(loan_id=loan.id, to=dates, on=LATER, **BY)
    assert {due: amount for (kind, due), amount in parts(loan).items() if kind == "PRINCIPAL"} == dict(dates)
    # a backdated payment leaves less to spread: the last takes less
    pay(loan, "1100", on=DAY)
    assert parts(loan)["PRINCIPAL", dates[-1][0]] == 1500
    assert broken(tenant.id) == {}


@pytest.mark.parametrize(
    "to", [[], [(LATER, Decimal(1)), (DAY, Decimal(1))], [(LATER, Decimal(1))] * 2, [(LATER, Decimal(-1))]]
)
def test_new_dates_come_in_order(tenant, to):
    with pytest.raises(UnfitAct):
        re_amortise(loan_id=make_loan().id, to=to, **BY)


def test_after_a_charge_off_money_is_recovered_at_most_what_was_charged_off(tenant):
    loan = make_loan()
    with pytest.raises(NeedsSecondPerson):
        charge_off(loan_id=loan.id, under="", **BY)
    charge_off(loan_id=loan.id, under="approval", **BY)
    assert owed(loan) == {}
    assert LoanLedger.objects.get().state == "CHARGED_OFF"
    late = pay(loan, "10150", on=LATER)
    assert (late.applied, late.unapplied) == (10100, 50)
    assert broken(tenant.id) == {}
    # of an earlier day, but not before the charge-off: it is recovered first, and less is left for the other
    pay(loan, "1000", on=DAY)
    late.receipt.refresh_from_db()
    assert late.receipt.account.balance == -1050
    assert broken(tenant.id) == {}


def test_a_charge_off_is_done_again_after_an_earlier_payment(tenant):
    loan = make_loan()
    charge_off(loan_id=loan.id, under="approval", on=LATER, **BY)
    late = pay(loan, "10150", on=LATER)
    early = pay(loan, "1000", on=DAY)
    assert (early.applied, early.redone) == (1000, 2)
    late.receipt.refresh_from_db()
    assert late.receipt.account.balance == -1050
    with pytest.raises(NothingOpen):
        charge_costs(loan_id=loan.id, amount=Decimal(1), on=LATER, **BY)
    reverse(early.receipt)
    late.receipt.refresh_from_db()
    assert late.receipt.account.balance == -50
    assert broken(tenant.id) == {}


def test_nothing_stays_where_the_record_fails(tenant, monkeypatch):
    loan = make_loan()
    pay(loan, "1")
    before, posted = owed(loan), Transaction.objects.count()

    def fail(**_):
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr(loan_acts, "record", fail)
    for act in (
        lambda: waive(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(1)}, under="x", **BY),
        lambda: charge_costs(loan_id=loan.id, amount=Decimal(1), **BY),
        lambda: re_age(loan_id=loan.id, to=[(LATER, Decimal(0))], **BY),
        lambda: re_amortise(loan_id=loan.id, to=[(LATER, Decimal(0))], **BY),
        lambda: charge_off(loan_id=loan.id, under="x", **BY),
    ):
        with pytest.raises(RuntimeError):
            act()
    assert (owed(loan), Transaction.objects.count()) == (before, posted)


def test_four_eyes_reverse_a_receipt(tenant, users):
    loan = make_loan()
    applied = pay(loan, "90")
    lead, officer = users["TEAM_LEAD"], users["RISK_OFFICER"]
    asked = ask_reversal(receipt_id=applied.receipt.id, reason="wrong money", actor=actor_of(lead), now=NOW)
    assert Receipt.objects.get().state == "APPLIED"
    with pytest.raises(approvals.ApprovalRefused):
        approvals.approve(request_id=asked.id, decider=lead, now=NOW)
    approvals.approve(request_id=asked.id, decider=officer, now=NOW)
    row = Receipt.objects.get()
    assert (row.state, row.reversal_ref) == ("REVERSED", f"approval:{asked.id}")
    with pytest.raises(ReceiptEnded):
        ask_reversal(receipt_id=applied.receipt.id, reason="again", actor=actor_of(lead), now=NOW)
    assert broken(tenant.id) == {}


def test_four_eyes_waive_charge_off_and_give_back(tenant, users):
    loan = make_loan()
    lead, officer = users["TEAM_LEAD"], users["RISK_OFFICER"]
    by = {"actor": actor_of(lead), "now": NOW, "reason": "as talked over"}
    asked = ask_waiver(loan_id=loan.id, amounts={PartKind.PENALTY: Decimal(20)}, **by)
    approvals.approve(request_id=asked.id, decider=officer, now=NOW)
    assert "PENALTY" not in owed(loan)
    left = pay(loan, "10100", on=DAY)
    asked = ask_refund(receipt_id=left.receipt.id, amount=Decimal(20), **by)
    approvals.approve(request_id=asked.id, decider=officer, now=NOW)
    left.receipt.refresh_from_db()
    assert left.receipt.account.balance == 0
    other = make_loan()
    asked = ask_charge_off(loan_id=other.id, **by)
    assert asked.amount == 10100
    approvals.approve(request_id=asked.id, decider=officer, now=NOW)
    assert owed(other) == {}
    assert broken(tenant.id) == {}
