"""Eight workers pay and take back on one loan at once: every cent stays accounted for.

The negative control takes the lock away: then balances and postings part, which shows that the test can see it. The
full race (8 x 2,000, in processes) is benchmarks/ledger_race.py.
"""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection
from tests.faults.repayment import racing
from tests.integration.repayment.ledger_rows import broken, make_loan

from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import using

WORKERS, TRIES = 8, 40


def at_once(tenant: Any, work: Callable[[int], Any]) -> list[Any]:
    begin, answers, failures = threading.Barrier(WORKERS), [], []

    def one(number: int) -> None:
        try:
            with using(tenant.id):
                begin.wait()
                answers.append(work(number))
        except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert failures == []
    return answers


def test_payments_and_reversals_at_once_lose_nothing(committed: Any) -> None:
    loan = make_loan()
    answers = at_once(
        committed, lambda number: racing.work(borrower_id=loan.borrower_id, number=number, tries=TRIES)
    )  # fmt: skip
    assert [one["stopped"] for one in answers] == [0] * WORKERS
    standing = sum(Decimal(one["standing"]) for one in answers)
    assert owed_of_loan(loan_id=loan.id).total == 10_100 - standing
    assert broken(committed.id) == {}


def test_without_the_lock_the_books_part(committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loan = make_loan()
    racing.work(borrower_id=loan.borrower_id, number=99, tries=1)  # the ledger is open: only the lock is taken away
    monkeypatch.setattr(locked_books, "lock_ledgers", racing.without_lock)
    at_once(
        committed,
        lambda number: racing.work(
            borrower_id=loan.borrower_id,
            number=number,
            tries=TRIES,
            stop_on=(DatabaseError, QingshouError, ValueError, KeyError),
        ),
    )
    assert broken(committed.id).get("balances_not_sum_of_postings", 0) > 0


def test_two_who_open_a_ledger_at_once_open_one(committed: Any) -> None:
    loans = [make_loan() for _ in range(5)]
    for loan in loans:
        at_once(committed, lambda number, at=loan: racing.work(borrower_id=at.borrower_id, number=number, tries=1))
    assert broken(committed.id) == {}
    assert {owed_of_loan(loan_id=loan.id).has_ledger for loan in loans} == {True}


def test_the_same_receipt_from_many_sides_is_one(committed: Any) -> None:
    loan = make_loan()
    at_once(committed, lambda _number: racing.work(borrower_id=loan.borrower_id, number=7, tries=5))
    standing = sum(row.amount for row in Receipt.objects.exclude(state="REVERSED"))
    assert owed_of_loan(loan_id=loan.id).total == 10_100 - standing
    assert broken(committed.id) == {}
