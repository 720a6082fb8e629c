"""Each statement of a movement of money fails in its turn, once and then for good: nothing is ever half done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, came_in, make_loan, owed, pay

from qingshou.audit.actors import SYSTEM
from qingshou.audit.verification import verify
from qingshou.features.repayment.models import LedgerEvent, Receipt, Transaction
from qingshou.features.repayment.operations.loan_acts import charge_off, re_age, waive
from qingshou.features.repayment.operations.receipt_returns import move_receipt, refund_unapplied, reverse_receipt
from qingshou.features.repayment.operations.receipts import take_receipt
from qingshou.law.allocation.terms import PartKind

STATEMENTS_MAX = 80
BY = {"actor": SYSTEM, "now": NOW}


class Reached(Exception):
    """The statement that was to fail was reached."""


@contextmanager
def failing(number: int, *, for_good: bool) -> Iterator[list[int]]:
    """Let the statement of that number fail, or every one from it on."""
    seen = [0]

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen[0] += 1
        if seen[0] == number or (for_good and seen[0] > number):
            raise OperationalError("the server went away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield seen


def paying(loan: Any) -> Callable[[], Any]:
    return lambda: take_receipt(
        borrower_id=loan.borrower_id, source="API", external_ref="swept", amount=Decimal(95), currency="CNY",
        value_date=DAY, **BY,
    )  # fmt: skip


def prepare_pay() -> tuple[Any, Callable[[], Any]]:
    loan = make_loan()
    pay(loan, "20", on=DAY + timedelta(days=2))
    return loan, paying(loan)


def prepare_first_pay() -> tuple[Any, Callable[[], Any]]:
    loan = make_loan()
    return loan, paying(loan)


def prepare_reversal() -> tuple[Any, Callable[[], Any]]:
    loan = make_loan()
    first = pay(loan, "20").receipt
    pay(loan, "75", on=DAY + timedelta(days=2))
    return loan, lambda: reverse_receipt(receipt_id=first.id, reversal_ref="swept", reason="RETURN", **BY)


def prepare_move() -> tuple[Any, Callable[[], Any]]:
    loan, right = make_loan(), make_loan()
    wrong = pay(loan, "20").receipt
    return loan, lambda: move_receipt(receipt_id=wrong.id, borrower_id=right.borrower_id, reason="WRONG", **BY)


def prepare_refund() -> tuple[Any, Callable[[], Any]]:
    loan, waiting = make_loan(), came_in("5")
    return loan, lambda: refund_unapplied(receipt_id=waiting.id, reason="NOT_OURS", **BY)


def prepare_waiver() -> tuple[Any, Callable[[], Any]]:
    loan = make_loan()
    pay(loan, "75", on=DAY + timedelta(days=2))
    return loan, lambda: waive(
        loan_id=loan.id, amounts={PartKind.INTEREST: Decimal(9)}, reason="AGREED", under="plan", on=DAY, **BY
    )


def prepare_re_age() -> tuple[Any, Callable[[], Any]]:
    loan = make_loan()
    to = [(DAY + timedelta(days=30), Decimal(0))]
    return loan, lambda: re_age(loan_id=loan.id, to=to, reason="AGREED", **BY)


def prepare_charge_off() -> tuple[Any, Callable[[], Any]]:
    loan = make_loan()
    pay(loan, "75", on=DAY + timedelta(days=2))
    return loan, lambda: charge_off(loan_id=loan.id, reason="AGREED", under="approval", **BY)


def standing(loan: Any) -> tuple[Any, ...]:
    return (
        owed(loan), Transaction.objects.count(), LedgerEvent.objects.count(),
        sorted(Receipt.objects.values_list("external_ref", "state")),
    )  # fmt: skip


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for_good"])
@pytest.mark.parametrize(
    "prepare",
    [prepare_pay, prepare_first_pay, prepare_reversal, prepare_move, prepare_refund, prepare_waiver, prepare_re_age,
     prepare_charge_off],
)  # fmt: skip
def test_every_statement_fails_in_its_turn(committed: Any, prepare: Callable[[], Any], for_good: bool) -> None:
    loan, act = prepare()
    before, failed = standing(loan), 0
    for number in range(1, STATEMENTS_MAX):
        try:
            with failing(number, for_good=for_good) as seen:
                act()
        except OperationalError:
            failed += 1
            assert standing(loan) == before, number
            assert broken(committed.id) == {}, number
            continue
        assert seen[0] < number
        break
    assert failed >= 5  # the fewest statements of any: a refund
    assert standing(loan) != before
    assert broken(committed.id) == {}
    assert not verify().findings
