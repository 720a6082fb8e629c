"""Banks' files that were taken in."""

from typing import Any
from uuid import UUID

from qingshou.features.repayment.models import BankFile, Receipt
from qingshou.kernel.errors import NotFound


def list_bank_files(*, offset: int = 0, limit: int = 50) -> list[Any]:
    """Return the files, the latest first, without their refused rows."""
    return list(BankFile.objects.defer("rejects", "warnings").order_by("-taken_at", "id")[offset : offset + limit])


def count_bank_files() -> int:
    """Return how many files were taken in."""
    return BankFile.objects.count()


def get_bank_file(*, bank_file_id: UUID) -> Any:
    """Return one file; stops with NotFound."""
    found = BankFile.objects.filter(id=bank_file_id).first()
    if found is None:
        raise NotFound("There is no such file, or it is not for you.", name="bank_file")
    return found


def states_of_file(*, bank_file_id: UUID) -> dict[str, int]:
    """Return state -> how many of the file's receipts are in it now."""
    found: dict[str, int] = {}
    for state in Receipt.objects.filter(bank_file_id=bank_file_id).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found
