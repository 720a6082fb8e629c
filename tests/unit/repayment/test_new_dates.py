"""New due dates: equal amounts a month apart; what cannot be taken; what principal may be spread."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from qingshou.features.repayment.rules.books import Slot
from qingshou.features.repayment.rules.new_dates import (
    SCHEDULE_MOST,
    NewDatesUnfit,
    PrincipalDue,
    new_dates,
    principal_to_spread,
)
from qingshou.law.allocation.terms import PartKind

ON = date(2026, 11, 23)
LOAN = UUID(int=1)


def laid(amount, *, first_on=date(2027, 1, 31), times=1, step="0.01", **more):
    return new_dates(first_on=first_on, instalments=times, amount=Decimal(amount), currency_step=Decimal(step), on=ON,
                     **more)  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "times", "step", "amounts"),
    [
        ("300", 1, "0.01", ["300"]),
        ("100", 3, "0.01", ["33.33", "33.33", "33.34"]),
        ("0.05", 2, "0.01", ["0.02", "0.03"]),
        ("100", 3, "1", ["33", "33", "34"]),  # yen
        ("1", 3, "0.001", ["0.333", "0.333", "0.334"]),  # dinar
    ],
)
def test_equal_amounts_a_month_apart_and_the_last_takes_the_rest(amount, times, step, amounts):
    found = laid(amount, times=times, step=step)
    assert [f"{part}" for _, part in found] == amounts
    assert [day for day, _ in found] == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)][:times]


@pytest.mark.parametrize(
    ("amount", "first_on", "times", "field"),
    [
        ("0", date(2026, 12, 1), 1, "loan"),
        ("5", ON, 1, "first_on"),
        ("5", date(2026, 11, 24), 0, "instalments"),
        ("5", date(2026, 11, 24), 61, "instalments"),
        ("0.01", date(2026, 11, 24), 2, "instalments"),  # nothing for the first
        ("0.03", date(2026, 11, 24), 5, "instalments"),  # nothing for the last
    ],
)
def test_what_cannot_be_taken(amount, first_on, times, field):
    with pytest.raises(NewDatesUnfit) as refusal:
        laid(amount, first_on=first_on, times=times)
    assert refusal.value.fields["field"] == field


def test_a_schedule_may_be_longer_than_arrears_moved():
    assert len(laid("4800", times=SCHEDULE_MOST, most=SCHEDULE_MOST)) == 480
    with pytest.raises(NewDatesUnfit):
        laid("4810", times=SCHEDULE_MOST + 1, most=SCHEDULE_MOST)


@pytest.mark.parametrize(("due", "found"), [(ON - timedelta(days=1), None), (ON, None), (ON + timedelta(days=1), 900)])
def test_principal_that_is_due_is_not_spread(due, found):
    parts = {
        Slot(LOAN, PartKind.PRINCIPAL, due): Decimal(300), Slot(LOAN, PartKind.PRINCIPAL, None): Decimal(600),
        Slot(LOAN, PartKind.INTEREST, ON - timedelta(days=9)): Decimal(70),
    }  # fmt: skip
    if found is not None:
        assert principal_to_spread(parts=parts, on=ON) == found
        return
    with pytest.raises(PrincipalDue) as refusal:
        principal_to_spread(parts=parts, on=ON)
    assert refusal.value.fields["due"] == "300"
