"""What we did outlives the next tape: done again until a tape shows it or a person decides, and listed meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, make_loan, owed, parts, pay

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import list_events
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import LedgerEvent, TapeDifference
from qingshou.features.repayment.operations.ledger_errors import (
    DifferenceSettled,
    NoSuchDifference,
    ReasonMissing,
)
from qingshou.features.repayment.operations.ledger_sync import Synced, sync_tape
from qingshou.features.repayment.operations.loan_acts import charge_costs, re_age, re_amortise, waive
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.operations.tape_differences import confirm_booked, take_ours_back
from qingshou.features.repayment.queries.statement import statement_of_loan
from qingshou.law.allocation.terms import PartKind

BY = {"actor": SYSTEM, "now": NOW}


def day(days):
    return DAY + timedelta(days=days)


def tape(loan, days, **changes):
    Loan.objects.filter(id=loan.id).update(as_of=day(days), **changes)
    return sync_tape(as_of=day(days), **BY)


def give_up(loan, amount="15", kind=PartKind.PENALTY):
    return waive(loan_id=loan.id, amounts={kind: Decimal(amount)}, reason="AGREED", under="plan 7", **BY)


def state():
    return [(one.kind, one.state, one.missing_since) for one in TapeDifference.objects.order_by("acted_on", "kind")]


def test_a_waiver_holds_until_the_core_system_shows_it(tenant):
    loan = make_loan()
    give_up(loan)
    assert state() == [("WAIVER", "OPEN", None)]
    assert owed(loan)["PENALTY"] == "5.00"
    assert tape(loan, 1) == Synced(ledgers=1)  # with ours on top they agree
    assert owed(loan)["PENALTY"] == "5.00"
    assert state() == [("WAIVER", "OPEN", day(1))]
    # two more accrue: owed
    assert tape(loan, 2, arrears=302, arrears_penalty=22) == Synced(ledgers=1, changed=1)
    assert owed(loan)["PENALTY"] == "7.00"
    lines = [
        (one.kind, f"{one.amount:.0f}") for one in statement_of_loan(loan_id=loan.id) if one.effective_date == day(2)
    ]
    assert lines == [("TAPE", "17"), ("WAIVER", "-15")]
    assert statement_of_loan(loan_id=loan.id)[-1].parts[0].reasons == ("WAIVED", "NOT_ON_TAPE")
    # booked, and one more accrues
    tape(loan, 3, arrears=288, arrears_penalty=8)
    assert owed(loan)["PENALTY"] == "8.00"
    assert state() == [("WAIVER", "BOOKED", day(1))]
    (row,) = TapeDifference.objects.all()
    assert (row.settled_by, row.settled_on, row.missing_as_of) == ("tape", day(3), day(2))
    tape(loan, 4, arrears=289, arrears_penalty=9)
    assert owed(loan)["PENALTY"] == "9.00"
    assert broken(tenant.id) == {}


def test_costs_hold_until_the_core_system_shows_them(tenant):
    loan = make_loan()
    charge_costs(loan_id=loan.id, amount=Decimal(30), reason="court", **BY)
    tape(loan, 1)
    assert owed(loan)["COSTS"] == "40.00"
    pay(loan, "40", on=day(1))
    # the core system lays it on its own 10 of costs and 30 of interest
    tape(loan, 2, arrears=260, arrears_fees=0, arrears_interest=40)
    assert sum(Decimal(one) for one in owed(loan).values()) == 10_100 + 30 - 40
    tape(loan, 3, arrears=290, arrears_fees=30, arrears_interest=40)
    assert owed(loan) == {"COSTS": "30.00", "INTEREST": "40.00", "PENALTY": "20.00", "PRINCIPAL": "10000.00"}
    assert state() == [("CHARGE", "BOOKED", day(1))]
    assert broken(tenant.id) == {}


def test_new_dates_hold_until_the_core_system_has_them(tenant):
    loan = make_loan()
    re_age(loan_id=loan.id, to=[(day(30), Decimal(300))], reason="x", **BY)
    tape(loan, 1)
    assert {due for (_, due), _ in parts(loan).items()} == {day(30), None}
    tape(loan, 29)
    assert {due for (_, due), _ in parts(loan).items()} == {day(30), None}
    tape(loan, 30)  # the day itself: nothing is left to differ
    assert state() == [("RE_AGE", "OVER", day(1))]
    assert broken(tenant.id) == {}


def test_a_core_system_that_books_new_dates_and_a_new_schedule(tenant):
    loan = make_loan()
    re_age(loan_id=loan.id, to=[(day(30), Decimal(300))], reason="x", **BY)
    re_amortise(loan_id=loan.id, to=[(day(60), Decimal(5_000)), (day(90), Decimal(5_000))], reason="x", **BY)
    tape(loan, 1, arrears=0, arrears_principal=0, arrears_interest=0, arrears_penalty=0, arrears_fees=0)
    assert state() == [("RE_AGE", "BOOKED", None), ("RE_AMORTISE", "OPEN", day(1))]
    assert parts(loan) == {("PRINCIPAL", day(60)): 5_000, ("PRINCIPAL", day(90)): 5_000}
    assert broken(tenant.id) == {}


def test_a_backdated_payment_and_its_reversal_are_done_on_what_holds(tenant):
    loan = make_loan()
    give_up(loan)
    tape(loan, 2)
    late = pay(loan, "100", on=day(1))  # not on the tape: 10, 70, 5, and 15 of principal
    assert owed(loan) == {"PRINCIPAL": "9985.00"}
    reverse_receipt(receipt_id=late.receipt.id, reversal_ref="r", reason="RETURN", **BY)
    assert sum(Decimal(one) for one in owed(loan).values()) == 10_085
    assert broken(tenant.id) == {}


def test_a_person_says_that_the_core_system_has_it(tenant):
    loan = make_loan()
    give_up(loan, "2")
    tape(loan, 1, arrears=303, arrears_penalty=21)  # booked, and three accrued: nobody can tell
    assert owed(loan)["PENALTY"] == "19.00"
    (row,) = TapeDifference.objects.all()
    with pytest.raises(ReasonMissing):
        confirm_booked(difference_id=row.id, reason=" ", on=day(1), **BY)
    confirm_booked(difference_id=row.id, reason="it stands in the core system", on=day(1), **BY)
    assert owed(loan)["PENALTY"] == "21.00"
    assert state() == [("WAIVER", "CONFIRMED", day(1))]
    (told,) = [
        one for one in list_events(subject_kind="LOAN", subject_id=loan.id) if one.action == "TAPE_DIFFERENCE_SETTLED"
    ]
    assert (told.facts["state"], Decimal(told.facts["owed"]) - Decimal(told.facts["before"])) == ("CONFIRMED", 2)
    with pytest.raises(DifferenceSettled):
        take_ours_back(difference_id=row.id, reason="again", on=day(1), **BY)
    tape(loan, 2, arrears=304, arrears_penalty=22)
    assert owed(loan)["PENALTY"] == "22.00"
    assert broken(tenant.id) == {}


def test_a_person_takes_ours_back(tenant):
    loan = make_loan()
    give_up(loan)
    tape(loan, 1)
    (row,) = TapeDifference.objects.all()
    with transaction.atomic():
        take_ours_back(difference_id=row.id, reason="entered on the wrong loan", on=day(1), **BY)
        transaction.set_rollback(True)
    assert (owed(loan)["PENALTY"], state()[0][1]) == ("5.00", "OPEN")
    take_ours_back(difference_id=row.id, reason="entered on the wrong loan", on=day(1), **BY)
    assert owed(loan)["PENALTY"] == "20.00"
    assert LedgerEvent.objects.filter(kind="WAIVER", is_undone=False).count() == 0
    assert state() == [("WAIVER", "TAKEN_BACK", day(1))]
    tape(loan, 2)
    assert owed(loan)["PENALTY"] == "20.00"
    assert broken(tenant.id) == {}
    with pytest.raises(NoSuchDifference):
        take_ours_back(difference_id=loan.id, reason="entered on the wrong loan", on=day(1), **BY)


def test_the_core_system_has_it_and_the_tape_agreed_with_ours_on_top(tenant):
    loan = make_loan()
    give_up(loan)
    tape(loan, 1)
    (row,) = TapeDifference.objects.all()
    confirm_booked(difference_id=row.id, reason="its figure is right as it is", on=day(1), **BY)
    assert owed(loan)["PENALTY"] == "20.00"
    assert tape(loan, 2) == Synced(ledgers=1)
    assert broken(tenant.id) == {}


def test_taken_back_before_any_tape(tenant):
    loan = make_loan()
    give_up(loan)
    (row,) = TapeDifference.objects.all()
    confirm_booked(difference_id=row.id, reason="done in the core system", on=DAY, **BY)
    assert owed(loan)["PENALTY"] == "5.00"  # the tape at hand cannot show it yet
    tape(loan, 1, arrears=285, arrears_penalty=5)
    assert owed(loan)["PENALTY"] == "5.00"
    assert broken(tenant.id) == {}
