"""Payments and reversals racing on one loan: what each worker does, and what must hold afterwards."""

import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from tests.integration.repayment.ledger_rows import DAY, NOW

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.operations import locked_books
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.operations.receipts import take_receipt

_RECENT = 5  # a bank takes back what came lately


def work(*, borrower_id: UUID, number: int, tries: int, stop_on: tuple[type[Exception], ...] = ()) -> dict[str, Any]:
    """Pay, and take back one of the last payments, again and again.

    Takes   stop_on  errors that are counted and passed over (of the control without locks)
    Gives   standing: what of this worker's money must be on the loan; stopped: how many tries were stopped
    """
    draw, standing, stopped = Random(number), [], 0
    for turn in range(tries):
        try:
            if standing and draw.random() < 0.4:
                receipt, _ = standing.pop(draw.randrange(max(0, len(standing) - _RECENT), len(standing)))
                reverse_receipt(
                    receipt_id=receipt, reversal_ref=f"back-{number}-{turn}", reason="RETURN", actor=SYSTEM, now=NOW
                )
            else:
                amount = Decimal(draw.randrange(1, 300)) / 100
                applied = take_receipt(
                    borrower_id=borrower_id, source="API", external_ref=f"{number}-{turn}", amount=amount,
                    currency="CNY", value_date=DAY + timedelta(days=draw.randrange(3) if turn % 20 == 0 else 2),
                    actor=SYSTEM, now=NOW,
                )  # fmt: skip
                standing.append((applied.receipt.id, amount))
        except stop_on:
            stopped += 1
    return {"standing": str(sum((amount for _, amount in standing), Decimal(0))), "stopped": stopped}


def without_lock(borrower_ids: Sequence[UUID]) -> list[locked_books.LedgerRow]:
    """Take the place of `lock_ledgers` in the control: the others read before we write."""
    rows = locked_books.read_ledgers(borrower_ids)
    time.sleep(0.002)
    return rows
