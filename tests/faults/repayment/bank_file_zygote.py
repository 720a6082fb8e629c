"""The forking process for banks' files: makes a lender with debtors, takes one file in, tells how all stands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.day import zygote as base
from tests.faults.repayment.posting_zygote import NOW

LINES = 1200


def found(*, code: str, folder: str) -> dict[str, Any]:
    """Make a lender with three debtors, and a file of 1,200 lines: some theirs, one taken back."""
    from tests.integration.repayment.bank_rows import line, write
    from tests.integration.repayment.ledger_rows import make_loan

    from qingshou.features.repayment.operations.payment_references import give_reference
    from qingshou.tenancy.context import using
    from qingshou.tenancy.models import Tenant

    with using(None, scope="system"):
        tenant = Tenant.objects.create(code=code, name="Lender", created_at=NOW)
    with using(tenant.id):
        references = [give_reference(borrower_id=make_loan().borrower_id, now=NOW) for _ in range(3)]
    rows = [
        line(f"{number / 100 + 1:.2f}", name=f"N{number}", ref=f"R{number}",
             text=references[number % 3] if number % 100 == 0 else "")
        for number in range(LINES)
    ]  # fmt: skip
    rows.append(line("", "2.00", text="冲正", ref="B1", of="R100"))
    return {"file": str(write(Path(folder) / f"{code}.csv", *rows))}


def take(*, code: str, file: str) -> dict[str, Any]:
    """Take the file in; run again, it goes on."""
    from tests.integration.repayment.bank_rows import take as take_in

    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    with using(get_tenant_by_code(code=code).id):
        row = take_in(Path(file)).row
        return {"read": row.rows_read}


def dump(*, code: str) -> dict[str, Any]:
    """Return the file's counts, how receipts stand, and all that is wrong."""
    from tests.integration.repayment.ledger_rows import broken

    from qingshou.audit.verification import verify
    from qingshou.features.repayment.models import BankFile, Receipt
    from qingshou.tenancy.context import using
    from qingshou.tenancy.queries import get_tenant_by_code

    tenant_id = get_tenant_by_code(code=code).id
    with using(tenant_id):
        files = BankFile.objects.values_list(
            "rows_read", "rows_accepted", "rows_duplicate", "rows_no_credit", "rows_rejected", "totals"
        )
        rows = Receipt.objects.order_by("source_ref").values_list("source_ref", "state", "account__balance")
        return {
            "files": [list(map(str, row)) for row in files],
            "receipts": [" ".join(map(str, row)) for row in rows],
            "broken": broken(tenant_id),
            "findings": [one.code for one in verify().findings],
        }


DOINGS: dict[str, Callable[..., dict[str, Any]]] = {"found": found, "take": take, "dump": dump}

if __name__ == "__main__":
    base.DOINGS = DOINGS
    base.main()
