"""Payments of the tape beside our receipts: none twice, none that was taken back, none forgotten without a word."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from qingshou.features.repayment.rules.tape_payments import (
    OurReceipt,
    beside_receipts,
    name_of,
    out_of_reach,
    without_receipt,
)

D = Decimal
A, B = UUID(int=1), UUID(int=2)


def day(number):
    return date(2026, 11, number)


@dataclass
class Row:
    payment_ref: str
    paid_date: date
    amount: Decimal
    loan_id: UUID = A
    reverses_ref: str = ""


def row(ref, number, amount, loan=A, reverses=""):
    return Row(ref, day(number), D(amount), loan, reverses)


def ours(ref, number, amount):
    return OurReceipt((ref, "", ""), day(number), D(amount))


PAID = row("T1", 5, 500)
TABLE = [
    ("nothing of ours", [PAID], [], [], ["T1"]),
    ("our receipt by reference, on another day", [PAID], [ours("T1", 6, 499)], [], []),
    ("told under another number", [PAID], [ours("Z", 5, 500)], [], []),
    ("the day before", [PAID], [ours("Z", 4, 500)], [], ["T1"]),
    ("a cent less", [PAID], [ours("Z", 5, "499.99")], [], ["T1"]),
    ("two of a sum, one receipt", [PAID, row("T2", 5, 500)], [ours("Z", 5, 500)], [], ["T2"]),
    ("one number on two loans", [PAID, row("T1", 5, 200, B)], [ours("Z", 5, 700)], [], []),
    ("two numbers do not add up", [PAID, row("T2", 5, 200, B)], [ours("Z", 5, 700)], [], ["T1", "T2"]),
    ("taken back by number", [PAID, row("T1R", 6, -500, reverses="T1")], [], [], []),
    ("another loan's number", [PAID, row("T1R", 6, -500, B, "T1")], [], [], ["T1"]),
    ("taken back without a number", [PAID, row("N", 6, -500)], [], [], []),
    ("the latest of its sum is", [PAID, row("T2", 6, 500), row("N", 7, -500)], [], [], ["T1"]),
    ("taken back before it came", [row("N", 4, -500), PAID], [], [], ["T1"]),
    ("of another sum", [PAID, row("N", 6, -400)], [], [], ["T1"]),
    ("our receipt was taken back, the tape does not know yet", [PAID], [], [ours("T1", 5, 500)], []),
    ("the same under another number", [PAID], [], [ours("Z", 5, 500)], []),
    ("both took it back, and another of the sum and day came",
     [PAID, row("T2", 5, 500), row("R", 6, -500, reverses="T1")], [], [ours("Z", 5, 500)], ["T2"]),
    ("the same by reference",
     [PAID, row("T2", 5, 500), row("R", 6, -500, reverses="T1")], [], [ours("T1", 5, 500)], ["T2"]),
    ("booked anew under another number: our receipt stands for it",
     [PAID, row("R", 5, -500, reverses="T1"), row("T2", 5, 500)], [ours("Z", 5, 500)], [], []),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "standing", "ended", "left"), [one[1:] for one in TABLE], ids=[t[0] for t in TABLE])
def test_what_counts_beside_our_receipts(rows, standing, ended, left):
    found = beside_receipts(rows=rows, receipts=standing, ended=ended)
    assert [one.payment_ref for one in found] == left


def test_a_receipt_stands_for_the_rows_of_one_number_or_for_one_row():
    rows = [row("T1", 5, 300), row("T1", 5, 200, B), row("T2", 5, 300)]
    assert without_receipt(paid=rows, receipts=[ours("Z", 5, 500)]) == [rows[2]]
    assert without_receipt(paid=rows, receipts=[ours("Z", 5, 500), ours("Y", 5, 300)]) == []


@pytest.mark.parametrize(
    ("rows", "stays"),
    [
        ([], True),  # of a loan without payments the tape says nothing
        ([row("T9", 6, 10)], True),  # it lists from the day after on
        ([row("T9", 5, 10)], False),  # it reaches back to its day and leaves it out
        ([row("T9", 4, 10)], False),
        ([row("T9", 4, 10, B)], True),  # another loan's list
        ([PAID], False),  # it tells the payment itself
        ([row("R", 9, -500, reverses="T1")], False),  # it takes it back
    ],
)
def test_what_a_tape_does_not_reach_stands_as_it_was(rows, stays):
    assert out_of_reach(kept=[PAID], rows=rows) == ([PAID] if stays else [])


def test_a_number_is_one_loan_s():
    assert name_of(PAID) == name_of(row("T1", 9, 3)) != name_of(row("T1", 5, 500, B))
