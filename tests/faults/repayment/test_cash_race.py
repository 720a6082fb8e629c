"""Cash taken at several desks at once: every number once and in a row; without the lock money is lost."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from tests.integration.repayment.ledger_rows import NOW, broken, make_loan

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations import cash
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.context import using

DESKS, EACH = 6, 5


def _desk(tenant_id: UUID, borrower_ids: list[UUID], keys: list[UUID]) -> int:
    """Take one unit of cash for each key; returns how many were stopped."""
    stopped = 0
    try:
        with using(tenant_id):
            for borrower, key in zip(borrower_ids, keys, strict=True):
                try:
                    cash.take_cash(
                        borrower_id=borrower, amount=Decimal(1), currency="CNY", form_key=key, actor=SYSTEM, now=NOW
                    )
                except QingshouError:
                    stopped += 1
    finally:
        connections.close_all()
    return stopped


def _race(tenant: Any, keys: list[list[UUID]]) -> int:
    debtors = [make_loan().borrower_id for _ in range(EACH)]
    with ThreadPoolExecutor(DESKS) as pool:
        done = [pool.submit(_desk, tenant.id, debtors[turn % EACH :] + debtors[: turn % EACH], one)
                for turn, one in enumerate(keys)]  # fmt: skip
        return sum(one.result() for one in done)


def _numbers() -> list[int]:
    return sorted(int(ref[-4:]) for ref in Receipt.objects.values_list("external_ref", flat=True))


def test_every_number_once_and_none_left_out(committed: Any) -> None:
    keys = [[uuid4() for _ in range(EACH)] for _ in range(DESKS)]
    assert _race(committed, keys) == 0
    assert _numbers() == list(range(1, DESKS * EACH + 1))
    assert broken(committed.id) == {}


def test_one_form_pressed_at_several_desks_is_one_receipt(committed: Any) -> None:
    same = [uuid4() for _ in range(EACH)]
    debtors = [make_loan().borrower_id for _ in range(EACH)]
    with ThreadPoolExecutor(DESKS) as pool:
        assert sum(pool.map(lambda _: _desk(committed.id, debtors, same), range(DESKS))) == 0
    assert len(_numbers()) == EACH


def test_without_the_lock_money_is_lost(committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: two desks find the same number free, and one's money is taken for the other's."""
    monkeypatch.setattr(cash, "_wait_for_number", lambda: None)
    keys = [[uuid4() for _ in range(EACH)] for _ in range(DESKS)]
    stopped = _race(committed, keys)
    assert stopped + len(_numbers()) < DESKS * EACH
