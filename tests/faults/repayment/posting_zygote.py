"""The forking process for posting: makes a loan, takes payments, takes them back, tells how all stands."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.faults.day import zygote as base

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def found(*, code: str) -> dict[str, Any]:
    """Make a lender with one loan."""
    from tests.integration.repayment.ledger_rows import make_loan

    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        tenant = Tenant.objects.create(code=code, name="Lender", created_at=NOW)
    with using(tenant.id):
        loan = make_loan()
    return {"borrower": str(loan.borrower_id), "loan": str(loan.id)}


def post(*, code: str, borrower: str, payments: int, split: bool = False) -> dict[str, Any]:
    """Take payments 0 to `payments` - 1 of one cent more each; every fourth is taken back. Run again, it goes on.

    `split` records each receipt in a transaction of its own, before it is applied (the control).
    """
    from uuid import UUID

    from tests.integration.repayment.ledger_rows import DAY

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.repayment.faultpoints import reach
    from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
    from qingshou.features.repayment.operations.receipts import apply_receipt, record_receipt, take_receipt
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    done = 0
    with using(get_tenant_by_code(code=code).id):
        for number in range(payments):
            told = {"source": "API", "external_ref": f"p{number}", "amount": Decimal(number + 1) / 100,
                    "currency": "CNY", "value_date": DAY, "actor": SYSTEM, "now": NOW}  # fmt: skip
            if split:
                recorded = record_receipt(**told)
                reach("committed")
                if not recorded.is_repeat:
                    apply_receipt(receipt_id=recorded.receipt.id, borrower_id=UUID(borrower), actor=SYSTEM, now=NOW)
                continue
            receipt = take_receipt(borrower_id=UUID(borrower), **told).receipt
            if number % 4 == 3:
                reverse_receipt(
                    receipt_id=receipt.id, reversal_ref=f"b{number}", reason="RETURN", actor=SYSTEM, now=NOW
                )
            done += 1
    return {"done": done}


def dump(*, code: str, loan: str) -> dict[str, Any]:
    """Return what is owed, how receipts stand, and all that is wrong, in plain SQL and by the record's own check."""
    from uuid import UUID

    from tests.integration.repayment.ledger_rows import broken

    from qingshou.audit.verification import verify
    from qingshou.features.repayment.models import Receipt
    from qingshou.features.repayment.queries.owed import owed_of_loan
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    tenant_id = get_tenant_by_code(code=code).id
    with using(tenant_id):
        rows = Receipt.objects.order_by("amount").values_list("external_ref", "state", "amount", "account__balance")
        return {
            "owed": str(owed_of_loan(loan_id=UUID(loan)).total),
            "receipts": [" ".join(map(str, row)) for row in rows],
            "broken": broken(tenant_id),
            "findings": [one.code for one in verify().findings],
        }


DOINGS: dict[str, Callable[..., dict[str, Any]]] = {"found": found, "post": post, "dump": dump}

if __name__ == "__main__":
    base.DOINGS = DOINGS
    base.main()
