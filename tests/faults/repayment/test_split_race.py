"""One receipt split by many at once, and many receipts split over the same debtors, joined and reversed meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connections
from tests.faults.repayment.racing import without_lock
from tests.integration.repayment.ledger_rows import NOW, broken, came_in, make_loan, owed

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.receipt_parts import Share, join_parts, reverse_whole, split_over_debtors
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import using

WORKERS, EACH = 6, 12  # a third of the receipts stay split


def _in_threads(tenant_id: UUID, work: Callable[[int], Any]) -> list[Any]:
    def one(number: int) -> Any:
        try:
            with using(tenant_id):
                return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def test_one_receipt_is_split_once(committed: Any) -> None:
    loans = [make_loan(), make_loan()]
    receipt = came_in("100")

    def work(number: int) -> bool:
        amounts = [Decimal(10 + number), Decimal(90 - number)]
        shares = [Share(loan.borrower_id, amount) for loan, amount in zip(loans, amounts, strict=True)]
        try:
            split_over_debtors(receipt_id=receipt.id, shares=shares[:: (-1) ** number], actor=SYSTEM, now=NOW)
        except QingshouError:
            return False
        return True

    assert sorted(_in_threads(committed.id, work)) == [False] * (WORKERS - 1) + [True]
    assert Receipt.objects.filter(whole=receipt.id).count() == 2
    assert broken(committed.id) == {}


def _race(tenant: Any, stop_on: tuple[type[Exception], ...]) -> tuple[list[Any], Decimal]:
    """Split, join and reverse receipts over three debtors; gives the loans, and what of it must stand on them."""
    loans = [make_loan() for _ in range(3)]
    receipts = [[came_in("3.00").id for _ in range(EACH)] for _ in range(WORKERS)]

    def work(number: int) -> Decimal:
        draw, standing = Random(number), Decimal(0)
        for turn, receipt in enumerate(receipts[number]):
            order = draw.sample(loans, 3)
            common: dict[str, Any] = {"receipt_id": receipt, "actor": SYSTEM, "now": NOW}
            try:
                split_over_debtors(shares=[Share(one.borrower_id, Decimal(1)) for one in order], **common)
                standing += 3
                if turn % 3 == 1:
                    join_parts(reason="RACE", **common)
                    standing -= 3
                elif turn % 3 == 2:
                    reverse_whole(reversal_ref=f"{number}-{turn}", reason="RETURN", **common)
                    standing -= 3
            except stop_on:
                continue
        return standing

    return loans, sum(_in_threads(tenant.id, work), Decimal(0))


def _paid(loans: list[Any]) -> Decimal:
    left = sum(Decimal(text) for loan in loans for text in owed(loan).values())
    return sum((loan.balance + loan.arrears_penalty + loan.arrears_fees + loan.arrears_interest for loan in loans),
               Decimal(0)) - left  # fmt: skip


def test_splits_over_the_same_debtors_lose_no_cent(committed: Any) -> None:
    loans, standing = _race(committed, ())
    assert _paid(loans) == standing == WORKERS * EACH
    assert broken(committed.id) == {}


def test_without_the_ledgers_locks_money_is_lost(committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: two read the same books, and the later writes over the earlier."""
    monkeypatch.setattr(locked_books, "lock_ledgers", without_lock)
    loans, standing = _race(committed, (QingshouError, DatabaseError))
    assert broken(committed.id) != {} or _paid(loans) != standing
